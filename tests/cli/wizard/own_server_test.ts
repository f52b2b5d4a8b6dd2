import { assertEquals } from "@std/assert";
import { makeCertificate, readCertificate } from "../../../src/cli/hosting/certificate.ts";
import { listenForOwner } from "../../../src/cli/hosting/control_socket.ts";
import { findOnLoopback, findOwnServer } from "../../../src/cli/wizard/own_server.ts";
import { sharedPassword } from "../../../src/cli/invites/share.ts";
import { parseInvite } from "../../../src/protocol/address/invite_link.ts";
import type { Log } from "../../../src/server/monitor/log_events.ts";
import { listenTls } from "../../../src/transports/tls_listener.ts";

const WINDOWS = Deno.build.os === "windows";
const LOG: Log = () => {};

function inFolder(sentence: string, run: (folder: string) => Promise<void>, ignore = false): void {
  Deno.test(`the user's own server: ${sentence}`, { ignore }, async () => {
    const folder = await Deno.makeTempDir({ prefix: "confab-" });
    try {
      await run(folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

inFolder("it is reached by its control socket while it runs", async (folder) => {
  assertEquals(await findOwnServer(folder), undefined);
  const listener = (await listenForOwner(folder, { addresses: [], tls: false }, LOG))!;
  const [, own] = await Promise.all([listener.accept().then((there) => there!.close()), findOwnServer(folder)]);
  assertEquals(own, `unix:${folder}/control.sock`);
  listener.close();
  assertEquals(await findOwnServer(folder), undefined);
}, WINDOWS);

inFolder(
  "without a socket it is recognized by the certificate of its folder and joined by its password",
  async (folder) => {
    assertEquals(await findOnLoopback(folder), undefined);
    const pair = await makeCertificate([], new Date());
    const { fingerprint } = readCertificate(pair.cert);
    const listener = listenTls("127.0.0.1", 0, pair);
    const port = Number(listener.address.split(":").at(-1));
    const accepting = (async () => {
      for (let there = await listener.accept(); there !== undefined; there = await listener.accept()) {
        await there.handshake?.().catch(() => {});
        there.close();
      }
    })();
    const reach = (fp: string) => ({ addresses: [`192.168.1.26:${port}`], tls: true, fingerprint: fp });
    const tell = async (fp: string) => (await listenForOwner(folder, reach(fp), LOG))?.close();
    await tell(fingerprint);
    assertEquals(await findOnLoopback(folder), `https://127.0.0.1:${port}`);
    const secret = sharedPassword(folder);
    const invite = { host: "127.0.0.1", port, room: "lobby", fingerprint, secret };
    assertEquals(parseInvite((await findOnLoopback(folder))!), invite);
    // Another program uses the port now.
    await tell("3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assertEquals(await findOnLoopback(folder), undefined);
    listener.close();
    await accepting;
    await tell(fingerprint);
    assertEquals(await findOnLoopback(folder), undefined);
  },
);
