import { assert, assertEquals, assertRejects } from "@std/assert";
import type { FileSource } from "../../../src/client/files/file_ports.ts";
import { FileUpload } from "../../../src/client/files/file_upload.ts";
import { TransferError } from "../../../src/client/files/transfer_error.ts";
import { FILE_PIECE_BYTES, TRANSFER_STALL_MS } from "../../../src/protocol/limits.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { bytesOf, type FakeLink, FakeLinks, makeHash, sha256Of, sourceOf } from "./fake_link.ts";

const SLOT = { path: "/files/1", token: "t-1" };
const HALF = new Uint8Array(0);

function begin(bytes: Uint8Array, source: FileSource = sourceOf(bytes), continues = false) {
  const links = new FakeLinks();
  const clock = new FakeClock();
  const cancel = new AbortController();
  const told: number[] = [];
  const progress = (count: number) => void told.push(count);
  const { signal } = cancel;
  const upload = new FileUpload({
    ...{ openLink: links.open, clock, signal, slot: SLOT, source, continues, hash: makeHash(), progress },
  });
  return { links, clock, cancel, told, upload };
}

function stored(link: FakeLink, bytes: Uint8Array, change: Record<string, unknown> = {}): void {
  const found = { sha256: sha256Of(bytes), size: bytes.length, media: "image/png", ...change };
  link.reply(["HTTP/1.1 201 Created", "Upload-Complete: ?1"], JSON.stringify(found));
}

/** A first attempt that breaks. */
async function broken(upload: FileUpload, links: FakeLinks): Promise<void> {
  const first = upload.attempt();
  const link = await links.next();
  await link.request();
  link.break();
  assertEquals((await assertRejects(() => first, TransferError)).kind, "broken");
}

async function fails(promise: Promise<unknown>, kind: TransferError["kind"], message: string): Promise<void> {
  assertEquals((await assertRejects(() => promise, TransferError, message)).kind, kind);
}

Deno.test("a file goes up by one PUT, and the server's hash is compared", async () => {
  const bytes = bytesOf(FILE_PIECE_BYTES + 10);
  const { links, clock, told, upload } = begin(bytes);
  const attempt = upload.attempt();
  const link = await links.next();
  const request = await link.request(bytes.length);
  assertEquals(
    request.slice(0, request.indexOf("\r\n\r\n")),
    `PUT /files/1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t-1\r\nContent-Length: ${bytes.length}`,
  );
  assertEquals(Uint8Array.from(request.slice(-10), (char) => char.charCodeAt(0)), bytes.slice(-10));
  stored(link, bytes);
  assertEquals(await attempt, { sha256: sha256Of(bytes), media: "image/png" });
  assertEquals(told, [0, FILE_PIECE_BYTES, bytes.length]);
  assertEquals([link.isClosed, clock.timers], [true, 0]);
});

Deno.test("an empty file goes up", async () => {
  const { links, upload } = begin(HALF);
  const attempt = upload.attempt();
  const link = await links.next();
  await link.request();
  stored(link, HALF);
  assertEquals((await attempt).sha256, sha256Of(HALF));
});

Deno.test("after a break the file continues where the server says, and its hash is still that of the whole file", async () => {
  const bytes = bytesOf(FILE_PIECE_BYTES * 2);
  for (const offset of [0, 1, FILE_PIECE_BYTES, FILE_PIECE_BYTES + 7, bytes.length]) {
    const { links, upload } = begin(bytes);
    await broken(upload, links);
    const second = upload.attempt();
    const link = await links.next();
    assertEquals((await link.request()).split("\r\n")[0], "HEAD /files/1 HTTP/1.1");
    link.send(`HTTP/1.1 204 No Content\r\nUpload-Offset: ${offset}\r\nUpload-Complete: ?0\r\n\r\n`);
    const request = await link.request(bytes.length - offset);
    const [head, body] = request.split("\r\n\r\n") as [string, string];
    assertEquals(head.split("\r\n"), [
      "PATCH /files/1 HTTP/1.1",
      "Host: localhost",
      "Authorization: Bearer t-1",
      "Content-Type: application/partial-upload",
      `Upload-Offset: ${offset}`,
      "Upload-Complete: ?1",
      `Content-Length: ${bytes.length - offset}`,
    ]);
    assertEquals(body.length, bytes.length - offset);
    assertEquals(upload.moved, offset);
    stored(link, bytes);
    assertEquals((await second).sha256, sha256Of(bytes));
  }
});

Deno.test("a response that names another hash, another size, or nothing, ends the upload", async () => {
  const bytes = bytesOf(10);
  const answers: readonly (readonly [Record<string, unknown>, string])[] = [
    [{ sha256: sha256Of(HALF) }, "other bytes than were sent"],
    [{ size: 11 }, "other bytes than were sent"],
    [{ media: 7 }, "does not say what it stored"],
  ];
  for (const [change, message] of answers) {
    const { links, upload } = begin(bytes);
    const attempt = upload.attempt();
    const link = await links.next();
    await link.request(bytes.length);
    stored(link, bytes, change);
    await fails(attempt, "invalid", message);
  }
  const { links, upload } = begin(bytes);
  const attempt = upload.attempt();
  const link = await links.next();
  await link.request(bytes.length);
  link.reply(["HTTP/1.1 201 Created"], "[");
  await fails(attempt, "invalid", "does not say what it stored");
});

Deno.test("offsets that cannot be right end the upload", async () => {
  for (const field of ["Upload-Offset: 11", "Upload-Offset: x", "A: b"]) {
    const { links, upload } = begin(bytesOf(10));
    await broken(upload, links);
    const second = upload.attempt();
    const link = await links.next();
    await link.request();
    link.send(`HTTP/1.1 204 No Content\r\n${field}\r\n\r\n`);
    await fails(second, "invalid", "more of the file than was sent");
  }
});

Deno.test("a file that the server has, but that was not sent to it, is not accepted", async () => {
  const bytes = bytesOf(FILE_PIECE_BYTES * 4);
  const { links, upload } = begin(bytes);
  await broken(upload, links);
  const second = upload.attempt();
  const link = await links.next();
  await link.request();
  link.send(`HTTP/1.1 204 No Content\r\nUpload-Offset: ${bytes.length}\r\n\r\n`);
  await link.request();
  stored(link, bytes);
  await fails(second, "invalid", "a file that was not sent");
});

Deno.test("a slot that is gone ends the upload, and one in use is tried again", async () => {
  const put = begin(bytesOf(10));
  const attempt = put.upload.attempt();
  const link = await put.links.next();
  await link.request(10);
  link.reply(["HTTP/1.1 423 Locked", "Retry-After: 2"], "in use");
  const error = await assertRejects(() => attempt, TransferError, "in use");
  assertEquals([error.kind, error.retryAfterMs], ["busy", 2_000]);
  const second = put.upload.attempt();
  const next = await put.links.next();
  await next.request();
  next.send("HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n");
  await fails(second, "gone", "no place for this file any more: send it again");
});

Deno.test("an upload of an earlier client goes on where that was, and the hash is that of the whole file", async () => {
  const bytes = bytesOf(2 * FILE_PIECE_BYTES + 10);
  for (const offset of [0, 1, FILE_PIECE_BYTES + 3, bytes.length]) {
    const { links, clock, told, upload } = begin(bytes, sourceOf(bytes), true);
    const attempt = upload.attempt();
    for (const nth of [1, 2]) {
      const link = await links.next();
      assertEquals((await link.request()).split(" ")[0], "HEAD", `${nth}`);
      link.send(`HTTP/1.1 204 No Content\r\nUpload-Offset: ${offset}\r\n\r\n`);
      if (nth === 1) continue;
      const request = await link.request(bytes.length - offset);
      assert(request.startsWith("PATCH /files/1 HTTP/1.1\r\n") && request.includes(`Upload-Offset: ${offset}\r\n`));
      stored(link, bytes);
    }
    assertEquals(await attempt, { sha256: sha256Of(bytes), media: "image/png" });
    assertEquals([told[0], told.at(-1), links.count, clock.timers], [offset, bytes.length, 2, 0]);
  }
});

Deno.test("bytes of an earlier client that arrive after the first question are in the hash, too", async () => {
  const bytes = bytesOf(FILE_PIECE_BYTES + 10);
  for (const late of [11, FILE_PIECE_BYTES + 3, bytes.length]) {
    const { links, upload } = begin(bytes, sourceOf(bytes), true);
    const attempt = upload.attempt();
    for (const offset of [10, late]) {
      const link = await links.next();
      await link.request();
      link.send(`HTTP/1.1 204 No Content\r\nUpload-Offset: ${offset}\r\n\r\n`);
      if (offset !== late) continue;
      await link.request(bytes.length - late);
      stored(link, bytes);
    }
    assertEquals((await attempt).sha256, sha256Of(bytes));
  }
});

Deno.test("an upload of an earlier client whose file has other bytes than before does not become a message", async () => {
  const [bytes, changed] = [bytesOf(20), Uint8Array.from(bytesOf(20), (byte) => byte ^ 1)];
  const { links, upload } = begin(changed, sourceOf(changed), true);
  const attempt = upload.attempt();
  for (const nth of [1, 2]) {
    const link = await links.next();
    await link.request();
    link.send("HTTP/1.1 204 No Content\r\nUpload-Offset: 20\r\n\r\n");
    if (nth === 2) stored(link, bytes);
  }
  await fails(attempt, "invalid", "other bytes than were sent");
});

Deno.test("a file that becomes shorter while it is sent ends the upload with an error about the file", async () => {
  const bytes = bytesOf(10);
  const source = { ...sourceOf(bytes), size: 20 };
  const { links, upload } = begin(bytes, source);
  const attempt = upload.attempt();
  await links.next();
  const error = await assertRejects(() => attempt, Error, "File a.txt has become shorter");
  assertEquals(error instanceof TransferError, false);
});

Deno.test("a link without any movement is given up, and cancelling closes it at once", async () => {
  const stalled = begin(bytesOf(10));
  const attempt = stalled.upload.attempt();
  const link = await stalled.links.next();
  await link.request(10);
  stalled.clock.advance(TRANSFER_STALL_MS);
  await fails(attempt, "broken", "No data for 30 s");
  assertEquals([link.isClosed, stalled.clock.timers], [true, 0]);
  const cancelled = begin(bytesOf(10));
  const other = cancelled.upload.attempt();
  const open = await cancelled.links.next();
  await open.request(10);
  cancelled.cancel.abort();
  await fails(other, "cancelled", "Cancelled");
  assertEquals([open.isClosed, cancelled.clock.timers], [true, 0]);
});
