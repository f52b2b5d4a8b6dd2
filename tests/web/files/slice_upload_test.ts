import { assertEquals, assertRejects } from "@std/assert";
import { TransferError } from "../../../src/client/files/transfer_error.ts";
import { FILE_PIECE_BYTES } from "../../../src/protocol/limits.ts";
import { newFileHash } from "../../../src/web/files/file_hash.ts";
import { HashedFile, type SlicedFile } from "../../../src/web/files/uploads/hashed_file.ts";
import { SliceUpload } from "../../../src/web/files/uploads/slice_upload.ts";
import { bytesOf, chosenFile, FakeUploadServer, reply, sha256Of, vanishingFile } from "./fake_upload_server.ts";

const SLICE_BYTES = 3 * FILE_PIECE_BYTES / 2;
const BYTES = bytesOf(2 * SLICE_BYTES + 10);

function begin(bytes = BYTES, file: SlicedFile = chosenFile(bytes)) {
  const server = new FakeUploadServer(bytes.length);
  const hashed = new HashedFile(file, newFileHash());
  const upload = new SliceUpload({
    path: "/files/1",
    token: "t-1",
    file: hashed,
    send: server.send,
    sliceBytesAt: () => SLICE_BYTES,
  });
  const cancel = new AbortController();
  const told: number[] = [];
  const attempt = () => upload.attempt({ signal: cancel.signal, progress: (count) => told.push(count) });
  return { server, upload, cancel, told, attempt };
}

async function fails(attempt: Promise<unknown>, kind: TransferError["kind"], message: string): Promise<void> {
  assertEquals((await assertRejects(() => attempt, TransferError, message)).kind, kind);
}

Deno.test("a file goes up in slices, the last of which says that it is the last, and the server's hash is compared", async () => {
  const { server, told, attempt } = begin();
  assertEquals(await attempt(), { sha256: sha256Of(BYTES), media: "image/png" });
  assertEquals(server.requests, ["PATCH 0 ?0", `PATCH ${SLICE_BYTES} ?0`, `PATCH ${2 * SLICE_BYTES} ?1`]);
  assertEquals([server.headers["Authorization"], server.headers["Content-Type"]], [
    "Bearer t-1",
    "application/partial-upload",
  ]);
  assertEquals(told, [0, SLICE_BYTES, 2 * SLICE_BYTES, BYTES.length]);
});

Deno.test("after a break at any place, a file goes on from where the server is, and its hash is that of the whole file", async () => {
  for (const arrived of [0, 1, SLICE_BYTES - 1, SLICE_BYTES]) {
    const { server, upload, attempt } = begin();
    server.fault = () => arrived;
    await fails(attempt(), "broken", "The connection is lost");
    server.fault = () => undefined;
    assertEquals((await attempt()).sha256, sha256Of(BYTES));
    assertEquals(server.requests.slice(1, 3), ["HEAD", `PATCH ${arrived} ?0`]);
    assertEquals(upload.moved >= arrived, true);
  }
});

Deno.test("an upload that was complete before the connection broke gets its answer again", async () => {
  const bytes = bytesOf(100);
  const { server, attempt } = begin(bytes);
  server.fault = () => bytes.length;
  await fails(attempt(), "broken", "The connection is lost");
  server.fault = () => undefined;
  assertEquals((await attempt()).sha256, sha256Of(bytes));
  assertEquals(server.requests, ["PATCH 0 ?1", "HEAD", "PATCH 100 ?1"]);
});

Deno.test("answers that cannot be right end an upload with a sentence", async () => {
  const cases: readonly (readonly [ReturnType<typeof reply>, TransferError["kind"], string])[] = [
    [reply(201, "<html>"), "invalid", "The server's answer is not valid: it does not say what it stored"],
    [reply(201, "null"), "invalid", "it does not say what it stored"],
    [reply(201, '{"sha256":"x","size":1,"media":"image/png"}'), "invalid", "The server has stored other bytes"],
    [reply(204), "invalid", "it has not taken what was sent"],
    [reply(204, "", { "upload-offset": "1e3" }), "invalid", "it has not taken what was sent"],
    [reply(204, "", { "upload-offset": "10" }), "invalid", "it has not taken what was sent"],
    [reply(200, "hello"), "refused", "hello"],
    [reply(413, "Too large"), "refused", "Too large"],
    [reply(302), "refused", "302"],
    [reply(423, "", { "retry-after": "2" }), "busy", "423"],
    [reply(409, "Elsewhere", { "upload-offset": "3" }), "busy", "Elsewhere"],
  ];
  for (const [answer, kind, message] of cases) {
    const { server, attempt } = begin();
    server.fault = () => answer;
    await fails(attempt(), kind, message);
  }
});

Deno.test("a slot that is gone, or that has more than was sent, ends the upload", async () => {
  const cases: readonly (readonly [ReturnType<typeof reply>, TransferError["kind"], string])[] = [
    [reply(404), "gone", "The server has no place for this file any more: send it again"],
    [reply(401), "gone", "The server has no place for this file any more"],
    [reply(204), "invalid", "it has more of the file than was sent"],
    [reply(204, "", { "upload-offset": String(SLICE_BYTES + 1) }), "invalid", "it has more of the file than was sent"],
  ];
  for (const [answer, kind, message] of cases) {
    const { server, attempt } = begin();
    server.fault = () => 5;
    await fails(attempt(), "broken", "The connection is lost");
    server.fault = () => answer;
    await fails(attempt(), kind, message);
  }
});

Deno.test("a file that changes while it is sent ends the upload, and the server gets no last slice", async () => {
  const message = "photo.png was changed or removed while it was sent: choose it again";
  const { server, attempt } = begin(BYTES, vanishingFile(BYTES, 3));
  await assertRejects(attempt, Error, message);
  assertEquals(server.requests, ["PATCH 0 ?0"]);
  const shorter = new File([BYTES.subarray(0, 10)], "photo.png");
  const lying = { name: "photo.png", size: BYTES.length, slice: shorter.slice.bind(shorter) };
  await assertRejects(begin(BYTES, lying).attempt, Error, message);
});

Deno.test("a cancelled upload sends nothing more", async () => {
  const { server, cancel, attempt } = begin();
  server.fault = () => void cancel.abort();
  await fails(attempt(), "cancelled", "Cancelled");
  assertEquals(server.requests, ["PATCH 0 ?0"]);
});
