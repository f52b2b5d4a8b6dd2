import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FileTransfers } from "../../../src/client/files/file_transfers.ts";
import { TransferError } from "../../../src/client/files/transfer_error.ts";
import { MAX_TRANSFERS } from "../../../src/protocol/limits.ts";
import type { ClientCommand, MessageFile } from "../../../src/protocol/messages/messages.ts";
import { AT, type FakeServer, Harness } from "../harness.ts";
import { bytesOf, FakeLinks, makeHash, MemorySink, sha256Of, sourceOf } from "./fake_link.ts";

const ID = "0190c3a1-7000-7000-8000-000000000001";
const BYTES = bytesOf(100);
const FILE: MessageFile = { id: ID, name: "a.txt", size: 100, media: "image/png", sha256: sha256Of(BYTES) };
const LOBBY = { room: "lobby" };

/** A client that is online, with transfers, and its server. */
async function online() {
  const links = new FakeLinks();
  let changes = 0;
  const transfers: FileTransfers = new FileTransfers({
    client: () => harness.client,
    openLink: links.open,
    makeHash,
    clock: { now: () => 0, wall: () => 0, after: () => {} },
    random: () => 0,
    changed: () => changes++,
  });
  const shown: string[] = [];
  const { harness, server }: { harness: Harness; server: FakeServer } = await Harness.online({
    onEvent: transfers.following((event) => {
      if (event.type === "received") shown.push(event.event?.type ?? "?");
    }),
  });
  return { harness, server, links, transfers, shown, changes: () => changes };
}

function slotFor(command: ClientCommand | undefined): void {
  assertEquals(command?.type, "offer");
}

/** Lets everything run that waits for a promise. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

async function upload(links: FakeLinks, bytes = BYTES): Promise<void> {
  const link = await links.next();
  await link.request(bytes.length);
  link.reply(
    ["HTTP/1.1 201 Created"],
    JSON.stringify({ sha256: sha256Of(bytes), size: bytes.length, media: "image/png" }),
  );
}

Deno.test("a file is offered, goes up, and then a message with it goes out like any other", async () => {
  const { harness, server, links, transfers, shown, changes } = await online();
  const source = sourceOf(BYTES, "folder\\a.txt");
  const sent = transfers.send(source, { target: LOBBY, text: "look" });
  const offer = await server.next();
  slotFor(offer);
  assertEquals(offer, { type: "offer", room: "lobby", name: "folder_a.txt", size: 100, ref: "file-1" });
  assertEquals(transfers.states.map(({ number, direction, stage }) => [number, direction, stage]), [[
    1,
    "send",
    "running",
  ]]);
  server.send({ type: "slot", ref: "file-1", id: ID, token: "t", path: "/files/f-1", until: AT });
  await upload(links);
  await sent;
  const file = { ...FILE, name: "folder_a.txt" };
  const message = await server.next();
  assertEquals(message, { type: "message", ref: "ref-1", room: "lobby", text: "look", file });
  const again = await harness.redial(server);
  await again.admit();
  assertEquals(await again.next(), message);
  assertEquals([transfers.states, source.closed, shown.includes("slot"), changes() > 2], [[], true, false, true]);
  await harness.finish(again);
});

Deno.test("a file may go without a text, and a message without both is refused", async () => {
  const { harness, server } = await online();
  harness.client.send(LOBBY, "", undefined, FILE);
  assertEquals(await server.next(), { type: "message", ref: "ref-1", room: "lobby", text: "", file: FILE });
  assertThrows(() => harness.client.send(LOBBY, ""), Error, "empty");
  await harness.finish(server);
});

Deno.test("a refused offer ends the transfer with the server's reason, which is not shown a second time", async () => {
  const { harness, server, transfers, shown } = await online();
  const source = sourceOf(BYTES);
  const sent = transfers.send(source, { target: { to: "bob" }, text: "" });
  assertEquals(await server.next(), { type: "offer", to: "bob", name: "a.txt", size: 100, ref: "file-1" });
  server.send({ type: "error", ref: "file-1", code: "file_too_large", message: "At most 50 bytes" });
  const error = await assertRejects(() => sent, TransferError, "At most 50 bytes");
  assertEquals([error.kind, source.closed, shown.includes("error")], ["refused", true, false]);
  await harness.finish(server);
});

Deno.test("a file is fetched, comes down, and gets its name", async () => {
  const { harness, server, links, transfers, shown } = await online();
  const sink = new MemorySink();
  const received = transfers.receive(FILE, sink);
  assertEquals(await server.next(), { type: "fetch", id: ID, ref: "file-1" });
  server.send({ type: "url", ref: "file-1", id: ID, path: "/files/f-1/g", until: AT });
  const link = await links.next();
  await link.request();
  link.reply(["HTTP/1.1 200 OK"], BYTES);
  assertEquals(await received, "/downloads/a.txt");
  assertEquals([sink.bytes, sink.closed, shown.includes("url")], [BYTES, true, false]);
  await harness.finish(server);
});

Deno.test("a transfer that asks while the chat is not connected goes on when it is", async () => {
  const { harness, server, transfers } = await online();
  const received = transfers.receive(FILE, new MemorySink(BYTES.slice(0, 5)));
  assertEquals((await server.next())?.type, "fetch");
  server.close();
  await harness.untilStatus("waiting");
  await settled();
  assertEquals(transfers.states.map(({ stage, reason }) => [stage, reason]), [
    ["paused", "There is no connection right now"],
  ]);
  harness.clock.advance(60_000);
  const again = await harness.dialed();
  await again.admit();
  assertEquals((await again.next())?.type, "fetch");
  const ended = assertRejects(() => received, TransferError, "gone");
  again.send({ type: "error", ref: "file-2", code: "no_such_file", message: "gone" });
  await ended;
  await harness.finish(again);
});

Deno.test("a cancelled transfer ends at once, also while it waits for a reply, which is not shown later", async () => {
  const { harness, server, transfers, shown } = await online();
  const sink = new MemorySink();
  const received = transfers.receive(FILE, sink);
  await server.next();
  assertEquals([transfers.cancel(7), transfers.cancel(1)], [0, 1]);
  await assertRejects(() => received, TransferError, "Cancelled");
  assertEquals([sink.closed, transfers.states], [true, []]);
  server.send({ type: "url", ref: "file-1", id: ID, path: "/files/f-1/g", until: AT });
  await server.commands();
  assertEquals(shown.includes("url"), false);
  await harness.finish(server);
});

Deno.test("a cancelled upload gives its slot back, also a slot that comes later; a sent one does not", async () => {
  const { harness, server, links, transfers } = await online();
  const slot = (nth: number) =>
    server.send({ type: "slot", ref: `file-${nth}`, id: ID, token: `t${nth}`, path: `/files/f-${nth}`, until: AT });
  const isReturned = async (nth: number) => {
    const link = await links.next();
    assertEquals((await link.request()).split("\r\n").slice(0, 3), [
      `DELETE /files/f-${nth} HTTP/1.1`,
      "Host: localhost",
      `Authorization: Bearer t${nth}`,
    ]);
    link.reply(["HTTP/1.1 204 No Content"]);
  };
  const send = () => transfers.send(sourceOf(BYTES), { target: LOBBY, text: "" });
  const uploading = assertRejects(send, TransferError, "Cancelled");
  await server.next();
  slot(1);
  const link = await links.next();
  await link.request(BYTES.length);
  transfers.cancel();
  await Promise.all([uploading, isReturned(1)]);
  assertEquals(link.isClosed, true);
  const offering = assertRejects(send, TransferError, "Cancelled");
  await server.next();
  transfers.cancel();
  await offering;
  slot(2);
  await isReturned(2);
  const done = send();
  await server.next();
  slot(3);
  await upload(links);
  await Promise.all([done, transfers.settled]);
  transfers.cancel();
  assertEquals(links.count, 4);
  await harness.finish(server);
});

Deno.test("a file that the server has wrong gives its slot back, and the end of the program keeps the slot", async () => {
  const { harness, server, links, transfers } = await online();
  const wrong = assertRejects(
    () => transfers.send(sourceOf(BYTES), { target: LOBBY, text: "" }),
    TransferError,
    "other bytes",
  );
  await server.next();
  server.send({ type: "slot", ref: "file-1", id: ID, token: "t", path: "/files/f-1", until: AT });
  const link = await links.next();
  await link.request(BYTES.length);
  link.reply(["HTTP/1.1 201 Created"], JSON.stringify({ sha256: "x", size: 100, media: "image/png" }));
  await wrong;
  const ending = await links.next();
  assertEquals((await ending.request()).slice(0, 8), "DELETE /");
  ending.break();
  await transfers.settled;
  const stopped = assertRejects(
    () => transfers.send(sourceOf(BYTES), { target: LOBBY, text: "" }),
    TransferError,
    "Cancelled",
  );
  await server.next();
  server.send({ type: "slot", ref: "file-2", id: ID, token: "t", path: "/files/f-2", until: AT });
  await links.next();
  transfers.stop();
  await Promise.all([stopped, transfers.settled]);
  assertEquals(links.count, 3);
  await harness.finish(server);
});

Deno.test("more transfers than the limit are refused, and numbers begin again when all are done", async () => {
  const { harness, server, transfers } = await online();
  const all = Array.from({ length: MAX_TRANSFERS }, () => transfers.receive(FILE, new MemorySink()));
  const ended = Promise.allSettled(all);
  await assertRejects(() => transfers.receive(FILE, new MemorySink()), Error, "transfers already");
  assertEquals(transfers.states.at(-1)?.number, MAX_TRANSFERS);
  assertEquals(transfers.states.filter(({ stage }) => stage === "running").length, 3);
  assertEquals(transfers.cancel(), MAX_TRANSFERS);
  await ended;
  const last = transfers.receive(FILE, new MemorySink());
  assertEquals(transfers.states.map(({ number }) => number), [1]);
  transfers.cancel();
  await assertRejects(() => last);
  await harness.finish(server);
});
