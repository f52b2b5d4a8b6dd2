import { assertEquals, assertRejects } from "@std/assert";
import { FileDownload } from "../../../src/client/files/file_download.ts";
import { TransferError } from "../../../src/client/files/transfer_error.ts";
import { FILE_PIECE_BYTES } from "../../../src/protocol/limits.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { bytesOf, FakeLinks, MemorySink, sha256Of } from "./fake_link.ts";

const BYTES = bytesOf(1_000);

function begin(bytes = BYTES, sink = new MemorySink()) {
  const links = new FakeLinks();
  const told: number[] = [];
  let fetched = 0;
  const clock = new FakeClock();
  const download = new FileDownload({
    openLink: links.open,
    clock,
    signal: new AbortController().signal,
    file: { id: "f-1", size: bytes.length, sha256: sha256Of(bytes) },
    sink,
    fetch: (id) => Promise.resolve({ path: `/files/${id}/grant-${++fetched}` }),
    progress: (count) => void told.push(count),
  });
  return { links, sink, told, clock, download };
}

async function fails(promise: Promise<unknown>, kind: TransferError["kind"], message: string): Promise<void> {
  assertEquals((await assertRejects(() => promise, TransferError, message)).kind, kind);
}

Deno.test("a file comes down, is checked, and gets its name", async () => {
  const bytes = bytesOf(FILE_PIECE_BYTES * 2 + 5);
  const { links, sink, told, clock, download } = begin(bytes);
  const attempt = download.attempt();
  const link = await links.next();
  assertEquals(await link.request(), "GET /files/f-1/grant-1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  link.reply(["HTTP/1.1 200 OK"], bytes);
  assertEquals(await attempt, "/downloads/a.txt");
  assertEquals([sink.bytes, sink.finished], [bytes, true]);
  assertEquals([told[0], told.at(-1)], [0, bytes.length]);
  assertEquals([link.isClosed, clock.timers], [true, 0]);
});

Deno.test("an empty file, and one that is here already, need no request", async () => {
  for (const bytes of [new Uint8Array(0), BYTES]) {
    const { links, sink, download } = begin(bytes, new MemorySink(bytes));
    assertEquals(await download.attempt(), "/downloads/a.txt");
    assertEquals([links.count, sink.finished], [0, true]);
  }
});

Deno.test("after a break the rest is asked for with another path, wherever the break was", async () => {
  for (const cut of [1, 400, 999]) {
    const { links, sink, download } = begin();
    const first = download.attempt();
    const link = await links.next();
    await link.request();
    link.send(`HTTP/1.1 200 OK\r\nContent-Length: ${BYTES.length}\r\n\r\n`);
    link.send(BYTES.slice(0, cut));
    link.end();
    await fails(first, "broken", "in the middle of the file");
    assertEquals([sink.size, download.moved, sink.finished], [cut, cut, false]);
    const second = download.attempt();
    const next = await links.next();
    assertEquals(
      await next.request(),
      `GET /files/f-1/grant-2 HTTP/1.1\r\nHost: localhost\r\nRange: bytes=${cut}-\r\n\r\n`,
    );
    next.reply(["HTTP/1.1 206 Partial Content", `Content-Range: bytes ${cut}-999/1000`], BYTES.slice(cut));
    await second;
    assertEquals([sink.bytes, sink.restarts], [BYTES, 0]);
  }
});

Deno.test("what arrives while the disk works is kept, too, if the link breaks then", async () => {
  const disk = Promise.withResolvers<void>();
  const sink = new MemorySink();
  const append = sink.append.bind(sink);
  sink.append = (bytes) => disk.promise.then(() => append(bytes));
  const { links, download } = begin(BYTES, sink);
  const attempt = download.attempt();
  const link = await links.next();
  await link.request();
  link.send(`HTTP/1.1 200 OK\r\nContent-Length: ${BYTES.length}\r\n\r\n`);
  for (const part of [BYTES.slice(0, 100), BYTES.slice(100, 300), BYTES.slice(300, 450)]) link.send(part);
  link.break();
  disk.resolve();
  await fails(attempt, "broken", "Connection lost");
  assertEquals(sink.bytes, BYTES.slice(0, 450));
});

Deno.test("a server that sends the whole file again is read from the start", async () => {
  const { links, sink, download } = begin(BYTES, new MemorySink(BYTES.slice(0, 10)));
  const attempt = download.attempt();
  const link = await links.next();
  await link.request();
  link.reply(["HTTP/1.1 200 OK"], BYTES);
  await attempt;
  assertEquals([sink.bytes, sink.restarts], [BYTES, 1]);
});

Deno.test("parts that were not asked for, and other sizes, are refused before a byte of them is kept", async () => {
  const ranges = ["bytes 9-999/1000", "bytes 10-998/1000", "bytes 10-999/1001", "bytes 11-1000/1001", "x"];
  for (const range of ranges) {
    const { links, sink, download } = begin(BYTES, new MemorySink(BYTES.slice(0, 10)));
    const attempt = download.attempt();
    const link = await links.next();
    await link.request();
    link.reply(["HTTP/1.1 206 Partial Content", `Content-Range: ${range}`], BYTES.slice(10));
    await fails(attempt, "invalid", "another part of the file");
    assertEquals([sink.size, sink.finished], [10, false]);
  }
  for (const body of [BYTES.slice(1), bytesOf(1_001)]) {
    const { links, sink, download } = begin();
    const attempt = download.attempt();
    const link = await links.next();
    await link.request();
    link.reply(["HTTP/1.1 200 OK"], body);
    await fails(attempt, "invalid", `${body.length} bytes instead of 1000`);
    assertEquals(sink.size, 0);
  }
});

Deno.test("bytes beyond the end of the file are not read", async () => {
  const { links, sink, download } = begin();
  const attempt = download.attempt();
  const link = await links.next();
  await link.request();
  link.reply(["HTTP/1.1 200 OK"], BYTES);
  link.send(new Uint8Array(FILE_PIECE_BYTES));
  await attempt;
  assertEquals(sink.bytes, BYTES);
});

Deno.test("a file with another hash is not shown, and nothing of it is kept", async () => {
  const { links, sink, download } = begin();
  const attempt = download.attempt();
  const link = await links.next();
  await link.request();
  link.reply(["HTTP/1.1 200 OK"], BYTES.toReversed());
  await fails(attempt, "invalid", "its SHA-256 differs");
  assertEquals([sink.size, sink.finished], [0, false]);
});

Deno.test("bytes of an earlier attempt that belong to another file are replaced", async () => {
  for (const earlier of [BYTES.slice(1, 500), BYTES.toReversed(), bytesOf(2_000)]) {
    const { links, sink, download } = begin(BYTES, new MemorySink(earlier));
    const attempt = download.attempt();
    if (earlier.length < BYTES.length) {
      const first = await links.next();
      await first.request();
      first.reply(["HTTP/1.1 206 Partial Content", "Content-Range: bytes 499-999/1000"], BYTES.slice(499));
    }
    const link = await links.next();
    assertEquals((await link.request()).includes("Range"), false);
    link.reply(["HTTP/1.1 200 OK"], BYTES);
    await attempt;
    assertEquals([sink.bytes, sink.finished], [BYTES, true]);
  }
});

Deno.test("a path that has ended is asked for again, and other refusals say why", async () => {
  const { links, download } = begin();
  const first = download.attempt();
  const link = await links.next();
  await link.request();
  link.reply(["HTTP/1.1 404 Not Found"], "gone");
  await fails(first, "broken", "no file at the path");
  const second = download.attempt();
  const next = await links.next();
  await next.request();
  next.reply(["HTTP/1.1 403 Forbidden"], "not \x1b[31mfor you");
  const error = await assertRejects(() => second, TransferError);
  assertEquals([error.kind, error.message.includes("\x1b")], ["refused", false]);
});

Deno.test("an error of the disk ends the attempt", async () => {
  const sink = new MemorySink();
  sink.append = () => Promise.reject(new Error("disk full"));
  const { links, download } = begin(BYTES, sink);
  const attempt = download.attempt();
  const link = await links.next();
  await link.request();
  link.reply(["HTTP/1.1 200 OK"], BYTES);
  await assertRejects(() => attempt, Error, "disk full");
  assertEquals(link.isClosed, true);
});
