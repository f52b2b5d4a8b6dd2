import { assertEquals, assertRejects } from "@std/assert";
import { makeCertificate, readCertificate, trusted } from "../../src/cli/hosting/certificate.ts";
import type { Connection, Listener } from "../../src/transports/connection.ts";
import { dialTcp, listenTcp } from "../../src/transports/tcp.ts";
import { dialTls, lookAtCertificate } from "../../src/transports/tls.ts";
import { listenTls } from "../../src/transports/tls_listener.ts";
import { openZoneRelay } from "../../src/transports/zone_relay.ts";
import { FrameReader, lines } from "../contracts/connection_contract.ts";

/** A link-local address of this machine with its zone; Windows knows zones by number only. */
const LOCAL = Deno.networkInterfaces().filter(({ address }) => /^fe80:/i.test(address))
  .map(({ address, name, scopeid }) => `${address}%${Deno.build.os === "windows" ? scopeid : name}`)[0];
const HOST = LOCAL ?? "";
const ignore = LOCAL === undefined;
if (ignore) console.log("Tests of link-local addresses are skipped: this machine has none");

function portOf({ address }: Listener): number {
  return Number(address.split(":").at(-1));
}

async function assertCarries(listener: Listener, dial: (port: number) => Promise<Connection>): Promise<void> {
  const [there, here] = await Promise.all([listener.accept(), dial(portOf(listener))]);
  await here.write(lines("hello"));
  assertEquals(await new FrameReader(there!).next(), "hello");
  for (const end of [here, there!, listener]) end.close();
}

Deno.test("a link-local address with its zone can be dialed without TLS", { ignore }, async () => {
  await assertCarries(listenTcp(HOST, 0), (port) => dialTcp(HOST, port));
});

Deno.test(
  "a link-local address with its zone can be dialed with TLS, after a look at the certificate",
  { ignore },
  async () => {
    const pair = await makeCertificate([HOST], new Date());
    const listener = listenTls(HOST, 0, pair);
    const looking = lookAtCertificate(HOST, portOf(listener));
    const looked = (await listener.accept())!;
    const certificate = readCertificate(await looking);
    assertEquals(certificate.der, readCertificate(pair.cert).der);
    assertEquals(await new FrameReader(looked).rest(), []);
    looked.close();
    await assertCarries(listener, (port) => dialTls(HOST, port, { trusted: trusted(certificate) }));
  },
);

Deno.test("an abort ends the look at a certificate at a link-local address", { ignore }, async () => {
  const listener = listenTcp(HOST, 0);
  const control = new AbortController();
  const looking = lookAtCertificate(HOST, portOf(listener), control.signal);
  const there = (await listener.accept())!;
  const reader = there.frames.getReader();
  await reader.read();
  control.abort(new Error("enough"));
  await assertRejects(() => looking, Error, "enough");
  while (!(await reader.read().catch(() => ({ done: true }))).done);
  for (const end of [there, listener]) end.close();
});

Deno.test("a relay that nobody uses leaves nothing open", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const relay = await openZoneRelay("127.0.0.1", listener.addr.port);
  const there = await listener.accept();
  relay[Symbol.dispose]();
  assertEquals(await there.read(new Uint8Array(1)), null);
  for (const end of [there, listener]) end.close();
});
