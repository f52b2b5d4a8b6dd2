import { assert, assertEquals, assertRejects } from "@std/assert";
import { LinkFault, RequestRefused } from "../../../src/cluster/link/wire/link_fault.ts";
import { askRemoval, askSecrets, askStatus, type SharedSecrets } from "../../../src/cluster/link/admin_requests.ts";
import { dialAsNewcomer, fetchSnapshot } from "../../../src/cluster/link/snapshot_fetch.ts";
import {
  HELD_COPY_MS,
  LINK_LONGEST_RETRY_MS,
  LINK_RETRY_MS,
  LINK_YIELD_MS,
  MAX_NEWCOMER_LINKS,
} from "../../../src/protocol/limits.ts";
import { setImmediate } from "node:timers";
import { FileStoreError } from "../../../src/files/file_store.ts";
import { MemoryFileStore } from "../../helpers/memory_file_store.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";
import { answerOf, KEY, randomBytes, until } from "./link_ends.ts";
import { bytesOfSeed, LinkNetwork } from "./link_network.ts";

const NOTE = { type: "entered", call: "c", stream: 1 } as const;

Deno.test("three servers keep one link to each other, and the ones that joined first have dialed", async () => {
  await using network = new LinkNetwork();
  const servers = [network.add(1), network.add(2), network.add(3)];
  await network.meet(...servers);
  network.clock.advance(LINK_YIELD_MS);
  assertEquals(servers.map(({ dialed }) => dialed.length), [2, 1, 0]);
  assert(servers[2]!.links.send(1, NOTE));
  await until(() => servers[0]!.notes.length === 1);
  assertEquals(servers[2]!.links.send(4, NOTE), false);
});

Deno.test("a link works however its bytes are cut", async () => {
  await using network = new LinkNetwork();
  network.cutBytes = 1;
  const [one, two] = [network.add(1), network.add(2)];
  await network.meet(one, two);
  const { sha256, size } = two.store.addBlob(bytesOfSeed(4, 1_000));
  assertEquals(await one.links.blobs.fetch(sha256, size), "stored");
  const note = { type: "media", call: "c", bytes: bytesOfSeed(3, 300) } as const;
  assert(one.links.send(2, note) && two.links.send(1, note));
  await until(() => one.notes.length === 1 && two.notes.length === 1);
  assertEquals([one.notes, two.notes], [[note], [note]]);
});

Deno.test("two servers that dial at once agree on one connection", async () => {
  await using network = new LinkNetwork();
  const [one, two] = [network.add(1), network.add(2)];
  two.links.update({ own: 2, others: [{ server: 1, addresses: ["1"] }] });
  network.clock.advance(LINK_YIELD_MS);
  // Both dial in the same turn.
  one.links.update({ own: 1, others: [{ server: 2, addresses: ["2"] }] });
  await until(() => one.dialed.length === 1 && two.dialed.length === 1);
  // Until one of both has been closed, a note may go by the one that is not kept.
  await until(() => two.dialed[0]!.isClosed);
  for (let nth = 0; nth < 50; nth++) await new Promise((resolve) => setImmediate(resolve));
  await until(() => one.links.linked.length === 1 && two.links.linked.length === 1);
  assertEquals([one.links.linked, two.links.linked, one.dialed[0]!.isClosed], [[2], [1], false]);
  assert(one.links.send(2, NOTE) && two.links.send(1, NOTE));
  await until(() => one.notes.length === 1 && two.notes.length === 1);
});

Deno.test("a link that breaks is opened again, and both servers are told", async () => {
  await using network = new LinkNetwork();
  const [one, two] = [network.add(1), network.add(2)];
  await network.meet(one, two);
  one.dialed[0]!.close();
  await until(() => one.lost.length === 1 && two.lost.length === 1);
  // A link that has ended at once is not opened again at once.
  assertEquals(one.dialed.length, 1);
  network.clock.advance(LINK_RETRY_MS);
  await until(() => one.links.linked.length === 1 && two.links.linked.length === 1);
  assertEquals(one.dialed.length, 2);
  network.clock.advance(LINK_YIELD_MS);
  one.dialed[1]!.close();
  await until(() => one.reports.length === 5 && two.links.linked.length === 1);
  assertEquals(one.reports.map(({ type }) => type), ["opened", "lost", "opened", "lost", "opened"]);
});

Deno.test("a server that does not answer is dialed again with growing pauses", async () => {
  await using network = new LinkNetwork();
  const one = network.add(1);
  one.links.update({ own: 1, others: [{ server: 2, addresses: ["2", "3"] }] });
  const pauses: number[] = [];
  let tries = 0;
  for (let ms = LINK_RETRY_MS; pauses.length < 7; ms = Math.min(2 * ms, LINK_LONGEST_RETRY_MS)) {
    tries += 2;
    await until(() => one.reports.length === tries && network.clock.timers === 1);
    network.clock.advance(0.75 * ms - 1);
    assertEquals(network.clock.timers, 1);
    network.clock.advance(1);
    pauses.push(ms);
  }
  assertEquals(one.reports.slice(0, 2).map((report) => "address" in report && report.address), ["2", "3"]);
});

Deno.test("a server that tells another address is dialed there, and a link to it stays", async () => {
  await using network = new LinkNetwork();
  const [one, two] = [network.add(1), network.add(2)];
  two.links.update({ own: 2, others: [{ server: 1, addresses: [] }] });
  one.links.update({ own: 1, others: [{ server: 2, addresses: ["9"] }] });
  await until(() => one.reports.length === 1);
  one.links.update({ own: 1, others: [{ server: 2, addresses: ["2"] }] });
  await until(() => one.links.linked.length === 1);
  one.links.update({ own: 1, others: [{ server: 2, addresses: ["2", "9"] }] });
  assertEquals([one.links.linked, one.lost], [[2], []]);
});

Deno.test("a server with another incarnation than the one that is meant gets no link", async () => {
  await using network = new LinkNetwork();
  const [one, two] = [network.add(1), network.add(2)];
  two.links.update({ own: 5, others: [{ server: 1, addresses: [] }] });
  one.links.update({ own: 1, others: [{ server: 2, addresses: ["2"] }] });
  await until(() => two.reports.length === 1);
  assertEquals(two.reports[0]!.type, "refused");
  assertEquals(one.links.linked, []);
});

Deno.test("a server that has left loses its link, and one that joins may come before the news of it", async () => {
  await using network = new LinkNetwork();
  const [one, two, three] = [network.add(1), network.add(2), network.add(3)];
  await network.meet(one, two);
  three.links.update({ own: 3, others: [{ server: 1, addresses: ["1"] }] });
  network.clock.advance(LINK_YIELD_MS);
  await until(() => one.links.linked.length === 2);
  one.links.update({ own: 1, others: [{ server: 3, addresses: ["3"] }] });
  await until(() => two.lost.length === 1);
  assertEquals(one.links.linked, [3]);
  // Server 2 does not know it yet, dials it, and is not let in again.
  network.clock.advance(LINK_YIELD_MS);
  await until(() => two.reports.at(-1)?.type === "not opened");
  assertEquals([one.links.linked, two.links.linked], [[3], []]);
});

Deno.test("with a new incarnation all links begin again", async () => {
  await using network = new LinkNetwork();
  const [one, two] = [network.add(1), network.add(2)];
  await network.meet(one, two);
  one.links.update({ own: 7, others: [{ server: 2, addresses: ["2"] }] });
  two.links.update({ own: 2, others: [{ server: 7, addresses: ["1"] }] });
  await until(() => two.lost.length === 1);
  network.clock.advance(LINK_YIELD_MS);
  await until(() => one.links.linked.length === 1 && two.links.linked.length === 1);
  assertEquals([one.links.linked, two.links.linked], [[2], [7]]);
});

Deno.test("a blob is fetched from the server that has it, once for all who ask", async () => {
  await using network = new LinkNetwork();
  const [one, two, three] = [network.add(1), network.add(2), network.add(3)];
  await network.meet(one, two, three);
  const { sha256, size } = three.store.addBlob(bytesOfSeed(5, 700_000));
  const outcomes = await Promise.all([1, 2, 3].map(() => one.links.blobs.fetch(sha256, size)));
  assertEquals(outcomes, ["stored", "stored", "stored"]);
  assertEquals(one.store.blobs.get(sha256), three.store.blobs.get(sha256));
  assertEquals([one.store.partial.size, one.store.openUploads.size, three.store.openBlobs], [0, 0, 0]);
});

Deno.test("a blob that no server has is missing, and out of reach while one does not answer", async () => {
  await using network = new LinkNetwork();
  const [one, two] = [network.add(1), network.add(2)];
  await network.meet(one, two);
  const { sha256, size } = new MemoryFileStore().addBlob(bytesOfSeed(6, 10));
  assertEquals(await one.links.blobs.fetch(sha256, size), "missing");
  one.links.update({ own: 1, others: [{ server: 2, addresses: ["2"] }, { server: 9, addresses: [] }] });
  assertEquals(await one.links.blobs.fetch(sha256, size), "unreachable");
});

Deno.test("a blob on a disk that fails is out of reach, and not missing", async () => {
  await using network = new LinkNetwork();
  const [one, two] = [network.add(1), network.add(2)];
  await network.meet(one, two);
  const { sha256, size } = two.store.addBlob(bytesOfSeed(6, 10));
  const failure = new FileStoreError("failed", "The disk has failed");
  const { openBlob } = two.store;
  two.store.openBlob = () => Promise.reject(failure);
  assertEquals(await one.links.blobs.fetch(sha256, size), "unreachable");
  two.store.openBlob = openBlob;
  two.store.fault = failure;
  assertEquals(await one.links.blobs.fetch(sha256, size), "unreachable");
  two.store.fault = undefined;
  assertEquals(await one.links.blobs.fetch(sha256, size), "stored");
});

Deno.test("bytes with another hash or size are not stored", async () => {
  await using network = new LinkNetwork();
  const [one, two] = [network.add(1), network.add(2)];
  await network.meet(one, two);
  const { sha256, size } = two.store.addBlob(bytesOfSeed(7, 1_000));
  two.store.blobs.set(sha256, bytesOfSeed(8, 1_000));
  assertEquals(await one.links.blobs.fetch(sha256, size), "missing");
  assertEquals(await one.links.blobs.fetch(sha256, size + 1), "missing");
  assertEquals([one.store.blobs.size, one.store.partial.size], [0, 0]);
});

Deno.test("a copy is on the other server when it is confirmed, and nothing removes it before the chat must know it", async () => {
  await using network = new LinkNetwork();
  const [one, two] = [network.add(1), network.add(2)];
  await network.meet(one, two);
  const blob = one.store.addBlob(bytesOfSeed(9, 300_000));
  assert(await one.links.blobs.copy(blob));
  assertEquals(two.store.blobs.get(blob.sha256), one.store.blobs.get(blob.sha256));
  assert(!await two.store.removeBlob(blob.sha256));
  // It is kept for as long again if it was there before.
  assert(await one.links.blobs.copy(blob));
  await passAlive(network, HELD_COPY_MS, () => two.store.openUploads.size === 0);
  assert(await two.store.removeBlob(blob.sha256));
});

/** Lets time pass while the links live. */
async function passAlive(network: LinkNetwork, ms: number, over: () => boolean): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1_000) {
    network.clock.advance(1_000);
    for (let nth = 0; nth < 5; nth++) await new Promise((resolve) => setImmediate(resolve));
  }
  await until(over);
}

Deno.test("if no other server takes a copy, the server goes on alone", async () => {
  await using network = new LinkNetwork();
  const [one, two] = [network.add(1), network.add(2)];
  const blob = one.store.addBlob(bytesOfSeed(10, 300));
  assertEquals(await one.links.blobs.copy(blob), false);
  await network.meet(one, two);
  two.store.fault = new Error("disk");
  assertEquals(await one.links.blobs.copy(blob), false);
  assertEquals(two.store.openUploads.size, 0);
  two.store.fault = undefined;
  assert(await one.links.blobs.copy(blob));
});

Deno.test("a server that dies in the middle of a copy fails it, and leaves nothing", async () => {
  await using network = new LinkNetwork();
  const [one, two] = [network.add(1), network.add(2)];
  await network.meet(one, two);
  const gate = Promise.withResolvers<void>();
  one.store.gate = gate.promise;
  const blob = one.store.addBlob(bytesOfSeed(11, 2_000_000));
  const copied = one.links.blobs.copy(blob);
  await until(() => one.store.openBlobs === 1);
  one.dialed[0]!.close();
  gate.resolve();
  assertEquals(await copied, false);
  await until(() => one.store.openBlobs === 0 && two.store.openUploads.size === 0);
  assertEquals([two.store.blobs.size, two.store.partial.size], [0, 0]);
});

Deno.test("a server that joins fetches the database whole, or has none", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/copy.db`;
  const copy = bytesOfSeed(12, 1_500_000);
  let opened = 0, closed = 0;
  const snapshots = { open: () => Promise.resolve((opened++, answerOf(copy, { close: () => void closed++ }))) };
  await using network = new LinkNetwork();
  const [one, two] = [network.add(1, { snapshots }), network.add(2)];
  await network.meet(one, two);
  const link = await joining(network);
  const progress: number[] = [];
  const size = await fetchSnapshot(link, path, { progress: (bytes) => progress.push(bytes) });
  assertEquals([size, progress.at(-1)], [copy.length, copy.length]);
  assertEquals(Deno.readFileSync(path), copy);
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["copy.db"]);
  await assertRejects(() => fetchSnapshot(link, path), Deno.errors.AlreadyExists);
  await until(() => closed === opened);

  const stop = new AbortController();
  const other = `${folder.path}/other.db`;
  const given = fetchSnapshot(link, other, { signal: stop.signal, progress: () => stop.abort(new Error("enough")) });
  assertEquals((await assertRejects(() => given, Error)).message, "enough");
  await until(() => closed === opened);
  const broken = fetchSnapshot(link, other, { progress: () => link.close() });
  await assertRejects(() => broken, LinkFault);
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["copy.db"]);
  await until(() => closed === opened);
});

/** A link of a server that is not in the cluster yet to server 1. */
function joining(network: LinkNetwork, key = KEY) {
  const parts = { secret: { key, cluster: "chat" }, random: randomBytes(77), clock: network.clock };
  return dialAsNewcomer(parts, "1", (address) => network.dial(address), new AbortController().signal);
}

Deno.test("one copy of the database is made at a time, and the blob store serves who joins", async () => {
  await using network = new LinkNetwork();
  const begun = Promise.withResolvers<void>();
  const snapshots = { open: () => begun.promise.then(() => answerOf(bytesOfSeed(13, 10))) };
  const one = network.add(1, { snapshots });
  one.links.update({ own: 1, others: [] });
  const link = await joining(network);
  const first = link.ask({ ask: "snapshot" });
  const second = link.ask({ ask: "snapshot" });
  assertEquals((await assertRejects(() => second.size, RequestRefused)).reason, "busy");
  begun.resolve();
  assertEquals(await first.size, 10);
  first.cancel();
  const { sha256 } = one.store.addBlob(bytesOfSeed(14, 99));
  assertEquals(await link.ask({ ask: "blob", sha256 }).size, 99);
  const hold = link.ask({ ask: "hold", sha256, size: 99 });
  assertEquals((await assertRejects(() => hold.read(), RequestRefused)).reason, "failed");
  link.close();
});

Deno.test("servers that join are few, and send no notes", async () => {
  await using network = new LinkNetwork();
  const one = network.add(1);
  one.links.update({ own: 1, others: [] });
  const links = [];
  for (let nth = 0; nth < MAX_NEWCOMER_LINKS; nth++) links.push(await joining(network));
  links[0]!.note(NOTE);
  assertEquals((await assertRejects(() => joining(network), LinkFault)).kind, "closed");
  assertEquals(one.notes, []);
  for (const link of links) link.close();
});

Deno.test("an operator asks for the state, the shared secrets and the removal of a server", async () => {
  const removed: number[] = [];
  let secrets: SharedSecrets = {};
  const admin = {
    status: () => ({ servers: [1, 2], text: "ä".repeat(100_000) }),
    remove: (server: number) => void removed.push(server),
    sharedSecrets: () => secrets,
  };
  await using network = new LinkNetwork();
  const one = network.add(1, { admin });
  one.links.update({ own: 1, others: [] });
  const link = await joining(network);
  assertEquals(await askStatus(link), admin.status());
  assertEquals(await askSecrets(link), {});
  secrets = { certificate: { cert: "c", key: "k" }, passphrase: "otter lamp crane" };
  assertEquals(await askSecrets(link), secrets);
  await askRemoval(link, 2);
  assertEquals(removed, [2]);
  link.close();
  const wrong = KEY.with(0, 1) as typeof KEY;
  await assertRejects(() => joining(network, wrong), LinkFault);
});

Deno.test("a server that is in no cluster, or not yet, opens no link", async () => {
  await using network = new LinkNetwork();
  network.add(1);
  await assertRejects(() => joining(network), LinkFault);
});
