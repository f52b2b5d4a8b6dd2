import { assertEquals, assertRejects } from "@std/assert";
import { KeptUploads } from "../../../src/client/delivery/kept_uploads.ts";
import type { FileSource } from "../../../src/client/files/file_ports.ts";
import { FileTransfers } from "../../../src/client/files/file_transfers.ts";
import type { TransferError } from "../../../src/client/files/transfer_error.ts";
import { MAX_KEPT_PATH_CHARS, MAX_RUNNING_TRANSFERS, MAX_TRANSFERS } from "../../../src/protocol/limits.ts";
import { FakeMemory } from "../fake_memory.ts";
import { AT, Harness } from "../harness.ts";
import { bytesOf, FakeLinks, makeHash, sha256Of, sourceOf } from "./fake_link.ts";

const ID = "0190c3a1-7000-7000-8000-000000000001";
const BYTES = bytesOf(100);
const LOBBY = { room: "lobby" };
const SLOT = { id: ID, path: "/files/f-1", token: "t" };
const RECORD = { path: "/home/ada/a.txt", size: 100, modified: 5_000, target: LOBBY, text: "look" };

function fileOf(path = RECORD.path): FileSource & { closed: boolean } {
  return { ...sourceOf(BYTES), origin: { path, modified: 5_000 } };
}

/** A client that is online, with transfers, and its server. Without a server's answer it keeps its state in `memory`. */
async function online(memory: FakeMemory) {
  const links = new FakeLinks();
  const uploads = new KeptUploads();
  const transfers: FileTransfers = new FileTransfers({
    client: () => harness.client,
    openLink: links.open,
    makeHash,
    clock: { now: () => 0, wall: () => 0, after: () => {} },
    random: () => 0,
  });
  const harness = new Harness({ memory, uploads, onEvent: transfers.following(() => {}) });
  harness.client.start();
  const server = await harness.dialed();
  await server.admit();
  await harness.untilStatus("online");
  const send = () => transfers.send(fileOf(), { target: LOBBY, text: "look" });
  return { harness, server, links, transfers, uploads, memory, send };
}

type Scene = Awaited<ReturnType<typeof online>>;

async function giveSlot({ server }: Scene): Promise<void> {
  assertEquals((await server.next())?.type, "offer");
  server.send({ type: "slot", ref: "file-1", ...SLOT, until: AT });
}

/** The next client of the user after the process was killed, with the upload that it continues. */
async function restarted({ memory }: Scene) {
  const scene = await online(memory.survivor());
  const [upload] = scene.uploads.takeRestored();
  const { target, text } = upload!.record;
  return {
    ...scene,
    upload: upload!,
    resume: () => scene.transfers.send(fileOf(), { target, text }, { earlier: upload! }),
  };
}

/** Answers the requests of an upload that goes on. */
async function finish({ links }: Scene, offset = 40): Promise<void> {
  const head = "HTTP/1.1 204 No Content\r\nUpload-Offset: 40\r\n\r\n";
  const first = await links.next();
  await first.request();
  first.send(head);
  const link = await links.next();
  await link.request();
  link.send(head);
  await link.request(100 - offset);
  link.reply(["HTTP/1.1 201 Created"], JSON.stringify({ sha256: sha256Of(BYTES), size: 100, media: "image/png" }));
}

async function isGone({ links }: Scene): Promise<void> {
  const link = await links.next();
  assertEquals((await link.request()).split(" ")[0], "HEAD");
  link.send("HTTP/1.1 404 Not Found\r\n\r\n");
}

Deno.test("an upload is remembered before its first byte goes, and goes on after the process was killed", async () => {
  const scene = await online(new FakeMemory());
  const first = assertRejects(scene.send);
  scene.harness.client.save();
  assertEquals(scene.memory.stored?.uploads, [RECORD]);
  await giveSlot(scene);
  await (await scene.links.next()).request(40);
  assertEquals(scene.memory.stored?.uploads, [{ ...RECORD, slot: SLOT }]);
  const next = await restarted(scene);
  const second = next.resume();
  await finish(next);
  await second;
  const message = await next.server.next();
  assertEquals(message?.type === "message" && [message.text, message.file?.id], ["look", ID]);
  assertEquals([next.memory.stored?.uploads, next.memory.refs.length], [[], 1]);
  scene.transfers.stop();
  await first;
  for (const { harness, server } of [scene, next]) await harness.finish(server);
});

Deno.test("at every save, either the upload is kept or its message", async () => {
  const scene = await online(new FakeMemory());
  const kept: string[] = [];
  const save = scene.memory.save.bind(scene.memory);
  scene.memory.save = (remembered) => {
    kept.push(`${remembered.uploads?.length ?? 0} ${remembered.pending.length}`);
    return save(remembered);
  };
  const sent = scene.send();
  await giveSlot(scene);
  const link = await scene.links.next();
  await link.request(100);
  link.reply(["HTTP/1.1 201 Created"], JSON.stringify({ sha256: sha256Of(BYTES), size: 100, media: "image/png" }));
  await sent;
  await scene.server.next();
  assertEquals([...new Set(kept)], ["1 0", "0 1"]);
  await scene.harness.finish(scene.server);
});

Deno.test("what is cancelled or refused is forgotten, what is stopped with the program is not", async () => {
  for (const [end, left] of [["cancel", 0], ["refuse", 0], ["stop", 1]] as const) {
    const scene = await online(new FakeMemory());
    const sent = assertRejects(scene.send);
    assertEquals((await scene.server.next())?.type, "offer");
    if (end === "refuse") scene.server.send({ type: "error", ref: "file-1", code: "forbidden", message: "no" });
    else scene.transfers[end]();
    await sent;
    scene.harness.client.save();
    assertEquals(scene.memory.stored?.uploads?.length ?? 0, left, end);
    await scene.harness.finish(scene.server);
  }
});

Deno.test("a slot that has ended meanwhile leaves the upload to begin again, unless its message is there", async () => {
  for (const isSent of [false, true]) {
    const scene = await online(new FakeMemory());
    const first = assertRejects(scene.send);
    await giveSlot(scene);
    await (await scene.links.next()).request();
    const next = await restarted(scene);
    const second = next.resume().then(() => "sent", (error: TransferError) => error.kind);
    await isGone(next);
    assertEquals(await next.server.next(), { type: "fetch", id: ID, ref: "file-1" });
    if (isSent) next.server.send({ type: "url", ref: "file-1", id: ID, path: "/files/f-1/g", until: AT });
    else next.server.send({ type: "error", ref: "file-1", code: "no_such_file", message: "no" });
    assertEquals(await second, isSent ? "sent" : "gone");
    next.harness.client.save();
    assertEquals(next.memory.stored?.uploads, isSent ? [] : [RECORD]);
    assertEquals(next.harness.client.pending, []);
    scene.transfers.stop();
    await first;
    for (const { harness, server } of [scene, next]) await harness.finish(server);
  }
});

Deno.test("an upload that is given up gives its slot back", async () => {
  const scene = await online(new FakeMemory());
  const first = assertRejects(scene.send);
  await giveSlot(scene);
  await (await scene.links.next()).request();
  const next = await restarted(scene);
  next.transfers.abandon(next.upload);
  const link = await next.links.next();
  assertEquals((await link.request()).split("\r\n")[0], "DELETE /files/f-1 HTTP/1.1");
  link.send("HTTP/1.1 204 No Content\r\n\r\n");
  await next.transfers.settled;
  next.harness.client.save();
  assertEquals(next.memory.stored?.uploads, []);
  scene.transfers.stop();
  await first;
  for (const { harness, server } of [scene, next]) await harness.finish(server);
});

Deno.test("an upload that is cancelled before its turn gives its slot back, too", async () => {
  const scene = await online(new FakeMemory());
  const first = assertRejects(scene.send);
  await giveSlot(scene);
  await (await scene.links.next()).request();
  const next = await restarted(scene);
  const others = Array.from({ length: MAX_RUNNING_TRANSFERS }, () => assertRejects(next.send));
  const second = assertRejects(next.resume);
  next.transfers.cancel(MAX_RUNNING_TRANSFERS + 1);
  await second;
  const link = await next.links.next();
  assertEquals((await link.request()).split("\r\n")[0], "DELETE /files/f-1 HTTP/1.1");
  link.send("HTTP/1.1 204 No Content\r\n\r\n");
  for (const { transfers } of [scene, next]) transfers.stop();
  await Promise.all([first, ...others]);
  for (const { harness, server } of [scene, next]) await harness.finish(server);
});

Deno.test("a memory holds a limited number of uploads, and none that a later client could not read", async () => {
  const memory = new FakeMemory();
  const { harness, server, uploads } = await online(memory);
  assertEquals(uploads.keep({ ...RECORD, path: "x".repeat(MAX_KEPT_PATH_CHARS + 1) }), undefined);
  assertEquals(uploads.keep({ ...RECORD, text: "x".repeat(100_000) }), undefined);
  for (let index = 0; index < MAX_TRANSFERS; index++) uploads.keep(RECORD);
  assertEquals(uploads.keep(RECORD), undefined);
  harness.client.save();
  assertEquals(memory.stored?.uploads?.length, MAX_TRANSFERS);
  await harness.finish(server);
});
