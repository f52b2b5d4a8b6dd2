import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { FileStoreError } from "../../../src/files/file_store.ts";
import { FILE_PIECE_BYTES, TRANSFER_RECHECK_BYTES } from "../../../src/protocol/limits.ts";
import { headOf } from "../../helpers/http_end.ts";
import { FileStage, sampleBytes } from "./file_stage.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

Deno.test("a file is served to be saved, with nothing that lets it act as a page", async () => {
  await using files = new FileStage();
  const bytes = sampleBytes(1_000);
  const path = files.share(bytes, "größe 1.html");
  const end = files.dial();
  const answer = await end.ask(`GET ${path}`);
  assertEquals([answer.status, answer.body], [200, bytes]);
  assertEquals(Object.fromEntries(answer.headers), {
    "content-length": "1000",
    "content-type": "application/octet-stream",
    "content-disposition": `attachment; filename="gr__e 1.html"; filename*=UTF-8''gr%C3%B6%C3%9Fe%201.html`,
    "content-security-policy": "sandbox; default-src 'none'",
    "cache-control": "private, max-age=300",
    "accept-ranges": "bytes",
    "etag": answer.headers.get("etag")!,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "connection": "keep-alive",
  });
  const head = await end.ask(`HEAD ${path}`);
  assertEquals([head.status, head.headers], [200, answer.headers]);
  assertEquals((await end.ask(`GET ${path}`)).body, bytes);
});

Deno.test("only media that were checked are served as what they are", async () => {
  await using files = new FileStage();
  const path = files.share(sampleBytes(1));
  const end = files.dial();
  for (const media of ["image/svg+xml", "text/html", "image/png, text/html", "", "image/png", "application/pdf"]) {
    const [key, grant] = [...files.desk.grants][0]!;
    files.desk.grants.set(key, { ...grant, media });
    const expected = ["image/png", "application/pdf"].includes(media) ? media : "application/octet-stream";
    assertEquals((await end.ask(`GET ${path}`)).headers.get("content-type"), expected);
  }
});

Deno.test("a range is served as a part, and nonsense as the whole file", async () => {
  await using files = new FileStage();
  const bytes = sampleBytes(100);
  const path = files.share(bytes);
  const end = files.dial();
  const parts: readonly (readonly [string, number, number])[] = [
    ["bytes=0-0", 0, 1],
    ["bytes=10-19", 10, 20],
    ["bytes=90-", 90, 100],
    ["bytes=99-1000", 99, 100],
    ["bytes=-1", 99, 100],
    ["bytes=-1000", 0, 100],
  ];
  for (const [range, from, to] of parts) {
    const answer = await end.ask(`GET ${path}`, { Range: range });
    assertEquals([answer.status, answer.headers.get("content-range")], [206, `bytes ${from}-${to - 1}/100`], range);
    assertEquals(answer.body, bytes.subarray(from, to));
  }
  for (const range of ["bytes=0-1,5-6", "bytes=9-1", "lines=1-2", "x", "bytes=--1"]) {
    const answer = await end.ask(`GET ${path}`, { Range: range });
    assertEquals([answer.status, answer.body], [200, bytes], range);
  }
  for (const range of ["bytes=100-", "bytes=-0", "bytes=999-1000"]) {
    const answer = await end.ask(`GET ${path}`, { Range: range });
    assertEquals([answer.status, answer.headers.get("content-range")], [416, "bytes */100"], range);
  }
  assertEquals((await end.ask(`HEAD ${path}`, { Range: "bytes=0-0" })).status, 200);
});

Deno.test("a client that has the file does not get it again, and a part only of the same file", async () => {
  await using files = new FileStage();
  const path = files.share(sampleBytes(100));
  const end = files.dial();
  const etag = (await end.ask(`GET ${path}`)).headers.get("etag")!;
  for (const tags of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
    const answer = await end.ask(`GET ${path}`, { "If-None-Match": tags });
    assertEquals([answer.status, answer.headers.get("etag"), answer.headers.has("content-length")], [304, etag, false]);
  }
  assertEquals((await end.ask(`GET ${path}`, { "If-None-Match": '"x"' })).status, 200);
  assertEquals((await end.ask(`GET ${path}`, { "If-Range": etag, Range: "bytes=0-0" })).status, 206);
  for (const other of ['"x"', `W/${etag}`, "Mon, 30 Nov 2026 00:00:00 GMT"]) {
    assertEquals((await end.ask(`GET ${path}`, { "If-Range": other, Range: "bytes=0-0" })).status, 200);
  }
});

Deno.test("an unknown grant, another file's grant and a removed file are not found", async () => {
  await using files = new FileStage();
  const [path, other] = [files.share(sampleBytes(10)), files.share(sampleBytes(11))];
  files.desk.grants.set(`${other.split("/")[2]}/theirs`, [...files.desk.grants.values()][1]!);
  const end = files.dial();
  for (
    const wrong of [`${path}x`, path.replace("secret", "theirs"), `${path}/x`, "/files/x", "/files/", `${path}?/..`]
  ) {
    const { status } = await end.ask(`GET ${wrong}`);
    assertEquals(status, wrong.includes("?") ? 200 : 404, wrong);
  }
  files.store.blobs.clear();
  assertEquals((await end.ask(`GET ${path}`)).status, 404);
  assertEquals((await end.ask(`PUT ${path}`, {}, sampleBytes(1))).headers.get("allow"), "GET, HEAD");
});

Deno.test("a large file is sent in pieces, and read no faster than its client takes them", async () => {
  await using files = new FileStage();
  const bytes = sampleBytes(8 * FILE_PIECE_BYTES + 3);
  const path = files.share(bytes);
  const end = files.dial();
  const release = end.connection.other.stall();
  let reads = 0;
  const { work } = files.store;
  files.store.work = (count) => {
    reads++;
    return work.call(files.store, count);
  };
  await end.write(headOf(`GET ${path}`));
  for (let turns = 0; turns < 50; turns++) await turn();
  assert(reads <= 2, `${reads} pieces were read for a client that takes none`);
  release();
  const answer = await end.answer();
  assertEquals(answer.body, bytes);
  assertEquals([reads, files.store.largestPiece], [9, FILE_PIECE_BYTES]);
});

Deno.test("a download takes a small buffer for a small file", async () => {
  await using files = new FileStage();
  const end = files.dial();
  for (const size of [0, 1, 1_000]) {
    const bytes = sampleBytes(size);
    assertEquals((await end.ask(`GET ${files.share(bytes)}`)).body, bytes);
  }
  assertEquals(files.store.largestPiece, 1_000);
});

Deno.test("a kick, a ban or a deletion ends a running download", async () => {
  await using files = new FileStage();
  const size = 4 * TRANSFER_RECHECK_BYTES;
  const path = files.share(new Uint8Array(size), "a", "eve");
  const end = files.dial();
  await end.write(headOf(`GET ${path}`));
  await end.arrived(FILE_PIECE_BYTES);
  files.desk.banned.add("eve");
  const { length } = await end.rest();
  assert(length < 3 * TRANSFER_RECHECK_BYTES, `${length} bytes were sent`);
  assertNotEquals(files.desk.asked, 0);
});

Deno.test("a file that cannot be read ends the connection in the middle, and the error is logged", async () => {
  await using files = new FileStage();
  const path = files.share(new Uint8Array(10 * FILE_PIECE_BYTES));
  let reads = 0;
  files.store.work = () => {
    if (++reads > 3) return Promise.reject(new FileStoreError("failed", "The disk is broken"));
    return Promise.resolve();
  };
  const end = files.dial();
  await end.write(headOf(`GET ${path}`));
  assert((await end.rest()).length < 4 * FILE_PIECE_BYTES);
  await files.stage.deserted();
  assert(files.logged.some((line) => line.includes("The disk is broken")));
});

Deno.test("a client that goes away in the middle of a download leaves nothing open", async () => {
  await using files = new FileStage();
  const path = files.share(new Uint8Array(10 * FILE_PIECE_BYTES));
  const end = files.dial();
  await end.write(headOf(`GET ${path}`));
  await end.arrived(FILE_PIECE_BYTES);
  end.hangUp();
  await files.stage.deserted();
  assertEquals(files.store.openBlobs, 0);
});
