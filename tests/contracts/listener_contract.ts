/** The contract of every `Listener`, on real sockets. */

import { assert, assertEquals } from "@std/assert";
import { LISTEN_BACKLOG } from "../../src/protocol/limits.ts";
import type { Connection, Listener } from "../../src/transports/connection.ts";
import { FrameReader, lines, type Transport } from "./connection_contract.ts";

const CROWD = 200;
/** More connections than Deno's default backlog. */
const LARGE_CROWD = 600;

export function listenerContract(name: string, transport: Transport): void {
  Deno.test(`${name}: 200 peers that connect and close at once do not affect others`, async () => {
    const listener = await transport.listen();
    for (let n = 0; n < CROWD; n++) (await transport.dialRaw(listener)).close();
    // A TLS handshake completes only after the connection is accepted.
    const dialing = transport.dial(listener).then(async (here) => {
      await here.write(lines("still here"));
      return here;
    });
    // A closed connection may be skipped or accepted and ended. Only the last connection sends a line.
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

  Deno.test(`${name}: 200 peers that reset while they are accepted do not affect others`, async () => {
    const listener = await transport.listen();
    const crowd = Array.from({ length: CROWD }, async () => {
      const raw = await transport.dialRaw(listener);
      await raw.write(lines("hi")).catch(() => {});
      raw.close();
    });
    const accepting = (async () => {
      for (let connection = await listener.accept(); connection !== undefined; connection = await listener.accept()) {
        const frame = await new FrameReader(connection).next();
        // The other end has closed without reading this, so its system resets the connection.
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

  Deno.test(`${name}: connections that arrive at the same time are all accepted`, async () => {
    const listener = await transport.listen();
    const dialing = Promise.all(Array.from({ length: 100 }, () => transport.dial(listener)));
    const there: (Connection | undefined)[] = [];
    while (there.length < 100) there.push(await listener.accept());
    const here = await dialing;
    assertEquals(there.filter((connection) => connection !== undefined).length, 100);
    for (const end of [...here, ...there]) end!.close();
    listener.close();
  });

  Deno.test(`${name}: a close ends a pending accept and all later ones`, async () => {
    const listener = await transport.listen();
    const waiting = listener.accept();
    listener.close();
    assertEquals([await waiting, await listener.accept()], [undefined, undefined]);
    listener.close();
  });

  Deno.test(`${name}: a close leaves accepted connections open`, async () => {
    const listener = await transport.listen();
    const [there, here] = await Promise.all([listener.accept(), transport.dial(listener)]);
    listener.close();
    await here.write(lines("hello"));
    assertEquals(await new FrameReader(there!).next(), "hello");
    for (const end of [here, there!]) end.close();
  });
}

/** The additional contract of listeners on a TCP port. */
export function crowdContract(name: string, listen: () => Listener): void {
  Deno.test({
    name: `${name}: a full backlog of unaccepted connections needs no retries (recent Linux only)`,
    ignore: maxBacklog() < LISTEN_BACKLOG,
    async fn() {
      const listener = listen();
      const [hostname, port] = listener.address.split(":");
      const crowd = Array.from({ length: LARGE_CROWD }, () => Deno.connect({ hostname, port: Number(port) }));
      for (const conn of await Promise.all(crowd)) conn.close();
      listener.close();
    },
  });
}

/** The system's maximum backlog of one listener; 0 if it is unknown. */
function maxBacklog(): number {
  try {
    const { stdout } = new Deno.Command("cat", { args: ["/proc/sys/net/core/somaxconn"], stderr: "null" }).outputSync();
    return Number(new TextDecoder().decode(stdout));
  } catch {
    return 0;
  }
}
