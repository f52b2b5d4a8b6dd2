/** What every Listener keeps to, on real sockets. */

import { assert, assertEquals } from "@std/assert";
import { LISTEN_BACKLOG } from "../../src/protocol/limits.ts";
import type { Connection, Listener } from "../../src/transports/connection.ts";
import { FrameReader, lines, type Transport } from "./connection_contract.ts";

const CROWD = 200;
/** More than Deno lets wait where nobody says how many. */
const LARGE_CROWD = 600;

export function listenerContract(name: string, transport: Transport): void {
  Deno.test(`${name}: 200 peers that connect and are gone at once harm nobody`, async () => {
    const listener = await transport.listen();
    for (let n = 0; n < CROWD; n++) (await transport.dialRaw(listener)).close();
    // A handshake comes to its end only once it is accepted.
    const dialing = transport.dial(listener).then(async (here) => {
      await here.write(lines("still here"));
      return here;
    });
    // Those who are gone may be passed over, or be accepted and end; the last one is the one that speaks.
    let frame: string | undefined;
    for (let n = 0; n <= CROWD && frame === undefined; n++) {
      const accepted = await listener.accept();
      assert(accepted !== undefined);
      frame = await new FrameReader(accepted).next();
      accepted.close();
    }
    assertEquals(frame, "still here");
    (await dialing).close();
    listener.close();
  });

  Deno.test(`${name}: 200 peers that reset at once while they are accepted harm nobody`, async () => {
    const listener = await transport.listen();
    const crowd = Array.from({ length: CROWD }, async () => {
      const raw = await transport.dialRaw(listener);
      await raw.write(lines("hi")).catch(() => {});
      raw.close();
    });
    const accepting = (async () => {
      for (let connection = await listener.accept(); connection !== undefined; connection = await listener.accept()) {
        const frame = await new FrameReader(connection).next();
        // A reset: closed with what was sent unread at the other end.
        await connection.write(lines("unread")).catch(() => {});
        connection.close();
        if (frame === "last") return;
      }
    })();
    await Promise.all(crowd);
    const here = await transport.dial(listener);
    await here.write(lines("last"));
    await accepting;
    here.close();
    listener.close();
  });

  Deno.test(`${name}: many who come at the same time are all accepted`, async () => {
    const listener = await transport.listen();
    const dialing = Promise.all(Array.from({ length: 100 }, () => transport.dial(listener)));
    const there: (Connection | undefined)[] = [];
    while (there.length < 100) there.push(await listener.accept());
    const here = await dialing;
    assertEquals(there.filter((connection) => connection !== undefined).length, 100);
    for (const end of [...here, ...there]) end!.close();
    listener.close();
  });

  Deno.test(`${name}: a close ends an accept that waits, and those that come later`, async () => {
    const listener = await transport.listen();
    const waiting = listener.accept();
    listener.close();
    assertEquals([await waiting, await listener.accept()], [undefined, undefined]);
    listener.close();
  });

  Deno.test(`${name}: a close leaves the connections that are there alone`, async () => {
    const listener = await transport.listen();
    const [there, here] = await Promise.all([listener.accept(), transport.dial(listener)]);
    listener.close();
    await here.write(lines("hello"));
    assertEquals(await new FrameReader(there!).next(), "hello");
    for (const end of [here, there!]) end.close();
  });
}

/** What a listener on a port keeps to besides. */
export function crowdContract(name: string, listen: () => Listener): void {
  Deno.test({
    name: `${name}: a crowd that comes while nobody accepts has not to try again (needs Linux of this day)`,
    ignore: mostWaiting() < LISTEN_BACKLOG,
    async fn() {
      const listener = listen();
      const [hostname, port] = listener.address.split(":");
      const crowd = Array.from({ length: LARGE_CROWD }, () => Deno.connect({ hostname, port: Number(port) }));
      for (const conn of await Promise.all(crowd)) conn.close();
      listener.close();
    },
  });
}

/** Connections that the system holds for one listener at most; 0 where it does not say. */
function mostWaiting(): number {
  try {
    const { stdout } = new Deno.Command("cat", { args: ["/proc/sys/net/core/somaxconn"], stderr: "null" }).outputSync();
    return Number(new TextDecoder().decode(stdout));
  } catch {
    return 0;
  }
}
