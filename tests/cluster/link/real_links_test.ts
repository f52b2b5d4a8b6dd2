import { assert, assertEquals, assertRejects } from "@std/assert";
import { dialAsNewcomer, fetchSnapshot } from "../../../src/cluster/link/snapshot_fetch.ts";
import { systemClock } from "../../../src/client/clock.ts";
import { digest } from "../../../src/server/turn/ids.ts";
import type { TlsKeyPair } from "../../../src/transports/tls.ts";
import { TlsFault } from "../../../src/transports/tls.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";
import { sampleBytes } from "../../server/transfers/file_stage.ts";
import { answerOf, KEY, until } from "./link_ends.ts";
import { bytesOfSeed } from "./link_network.ts";
import { dialerOf, link, newCertificate, RealLinkedServer } from "./real_servers.ts";

const ID = "01900000-0000-7000-8000-000000000001";
const TOKEN = "a-token";
const CERTIFICATE = await newCertificate();

for (const [name, pair] of [["TCP", undefined], ["TLS", CERTIFICATE]] as const) {
  Deno.test(`${name}: an upload to one server is on the other before it is recorded, and is served by both`, async () => {
    await using one = new RealLinkedServer(1, pair);
    await using two = new RealLinkedServer(2, pair);
    await link(one, two);
    const bytes = sampleBytes(3_000_001) as Uint8Array<ArrayBuffer>;
    one.desk.slots.set(ID, { member: "ada", size: bytes.length, tokenDigest: digest(TOKEN) });
    const recorded = one.desk.uploaded.bind(one.desk);
    one.desk.uploaded = (id, blob) => {
      assertEquals(two.store.blobs.get(blob.sha256), bytes);
      return recorded(id, blob);
    };
    const client = pair && Deno.createHttpClient({ caCerts: [pair.cert] });
    const url = (server: RealLinkedServer, path: string) =>
      `${pair === undefined ? "http" : "https"}://${server.address}/files/${ID}${path}`;
    const headers = { Authorization: `Bearer ${TOKEN}` };
    const put = await fetch(url(one, ""), { method: "PUT", headers, body: bytes, ...client && { client } });
    await put.body?.cancel();
    assertEquals(put.status, 201);
    const [, { sha256, size, media }] = one.desk.done[0]!;
    for (const server of [one, two]) {
      // Each has lost its copy once.
      server.desk.grants.set(`${ID}/secret`, { member: "bob", name: "a.bin", size, sha256, media });
      server.store.blobs.delete(sha256);
      const get = await fetch(url(server, "/secret"), {
        headers: { Range: "bytes=1000000-1000009" },
        ...client && { client },
      });
      assertEquals(get.status, 206);
      assertEquals(await get.bytes(), bytes.subarray(1_000_000, 1_000_010));
    }
    client?.close();
  });

  Deno.test(`${name}: a server that joins fetches the database`, async () => {
    using folder = temporaryFolder();
    const copy = bytesOfSeed(21, 5_000_000);
    const snapshots = { open: () => Promise.resolve(answerOf(copy)) };
    await using one = new RealLinkedServer(1, pair, { snapshots });
    await link(one);
    const parts = { secret: { key: KEY, cluster: "chat" }, random: fillRandom, clock: systemClock };
    const newcomer = await dialAsNewcomer(parts, one.address, dialerOf(pair), new AbortController().signal);
    await fetchSnapshot(newcomer, `${folder.path}/confab.db`);
    assertEquals(Deno.readFileSync(`${folder.path}/confab.db`), copy);
    newcomer.close();
    await newcomer.closed;
  });

  Deno.test(`${name}: when a server dies, the link ends, and a new one begins when it is back`, async () => {
    await using one = new RealLinkedServer(1, pair);
    {
      await using two = new RealLinkedServer(2, pair);
      await link(one, two);
      assert(two.links.send(1, { type: "left", call: "c", stream: 0 }));
    }
    await until(() => one.links.linked.length === 0);
    await using three = new RealLinkedServer(3, pair);
    await link(one, three);
    assertEquals(one.links.linked, [3]);
  });
}

function fillRandom(bytes: Uint8Array<ArrayBuffer>): void {
  crypto.getRandomValues(bytes);
}

Deno.test("a server with another certificate than the shared one gets no link", async () => {
  const other: TlsKeyPair = await newCertificate();
  await using one = new RealLinkedServer(1, other);
  await link(one);
  const parts = { secret: { key: KEY, cluster: "chat" }, random: fillRandom, clock: systemClock };
  const dialing = () => dialAsNewcomer(parts, one.address, dialerOf(CERTIFICATE), new AbortController().signal);
  assertEquals((await assertRejects(dialing, TlsFault)).kind, "certificate");
});
