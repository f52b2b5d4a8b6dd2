import { assertEquals, assertRejects } from "@std/assert";
import { InProcessListener } from "../../src/transports/in_process.ts";
import { connectionContract, FrameReader, lines, type Transport } from "../contracts/connection_contract.ts";
import { listenerContract } from "../contracts/listener_contract.ts";

const IN_PROCESS: Transport = {
  listen: () => new InProcessListener(),
  dial: (listener) => (listener as InProcessListener).dial(),
  dialRaw: (listener) => Promise.resolve((listener as InProcessListener).dialRaw()),
};

connectionContract("In process", IN_PROCESS);
listenerContract("In process", IN_PROCESS);

Deno.test("In process: connections are privileged and have no address", async () => {
  const listener = new InProcessListener();
  const [there, here] = await Promise.all([listener.accept(), listener.dial()]);
  assertEquals([there!.privileged, there!.remoteAddress, here.privileged], [true, undefined, false]);
  for (const end of [there!, here, listener]) end.close();
});

Deno.test("In process: a write waits for a slow reader, and continues when it reads", async () => {
  const listener = new InProcessListener();
  const [there, here] = await Promise.all([listener.accept(), listener.dial()]);
  const line = lines("x".repeat(32_767));
  for (let n = 0; n < 2; n++) await here.write(line);
  let written = false;
  const third = here.write(line).then(() => written = true);
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  assertEquals(written, false);
  const reader = new FrameReader(there!);
  for (let n = 0; n < 3; n++) assertEquals((await reader.next())?.length, 32_767);
  await third;
  for (const end of [there!, here, listener]) end.close();
});

Deno.test("In process: after closing, dialing is refused, and waiting accepts end", async () => {
  const listener = new InProcessListener();
  const early = await listener.dial();
  listener.close();
  assertEquals(await new FrameReader(early).rest(), []);
  await assertRejects(() => listener.dial(), Deno.errors.ConnectionRefused);
  assertEquals(await listener.accept(), undefined);
});
