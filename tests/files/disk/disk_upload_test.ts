import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { WriteBytes } from "../../../src/files/disk/file_pieces.ts";
import type { FileStore } from "../../../src/files/file_store.ts";
import { FILE_PIECE_BYTES } from "../../../src/protocol/limits.ts";
import { assertFault, bytesOf, keep, readAll, sha256Of, uploadId } from "../../contracts/file_store_contract.ts";
import { smallDisk } from "../../helpers/small_disk.ts";
import { diskSubject, filesBelow, patch } from "./disk_subject.ts";

const ID = uploadId(1);
const PARTIAL = `partial/${ID}`;

function systemError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

/** Writes to a disk that has room for so many bytes. */
function boundedDisk(): { room: number; readonly write: WriteBytes } {
  const disk = {
    room: Number.POSITIVE_INFINITY,
    write: async (file: Deno.FsFile, bytes: Uint8Array) => {
      if (disk.room === 0) throw systemError("ENOSPC", "No space left on device (os error 28)");
      const written = await file.write(bytes.subarray(0, disk.room));
      disk.room -= written;
      return written;
    },
  };
  return disk;
}

/** Completes the upload and checks that its blob has exactly these bytes. */
async function assertCompletes(store: FileStore, id: string, bytes: Uint8Array): Promise<void> {
  const upload = await store.openUpload(id);
  await upload.append(bytes.subarray(upload.offset));
  const { sha256 } = await upload.complete();
  await upload.close();
  assertEquals(sha256, sha256Of(bytes));
  assertEquals(await readAll(store, sha256), bytes);
}

Deno.test("a disk that is full at any byte loses nothing that arrived before, and takes the same bytes once it has space", async () => {
  const disk = boundedDisk();
  using subject = diskSubject(disk);
  const store = await subject.open();
  const bytes = bytesOf(100 + 2 * FILE_PIECE_BYTES);
  const rooms = [0, 1, 17, FILE_PIECE_BYTES - 1, FILE_PIECE_BYTES, FILE_PIECE_BYTES + 1, bytes.length - 101];
  for (const room of rooms) {
    const used = store.usedBytes;
    const upload = await store.openUpload(ID);
    await upload.append(bytes.subarray(0, 100));
    disk.room = room;
    const error = await assertFault("full", () => upload.append(bytes.subarray(100)));
    assertMatch(error.message, /^Cannot use .*: the disk is full; free some space$/);
    assertEquals([upload.offset, store.usedBytes, filesBelow(subject.folder)[PARTIAL]], [100, used + 100, 100]);
    disk.room = Number.POSITIVE_INFINITY;
    await upload.append(bytes.subarray(100));
    assertEquals((await upload.complete()).sha256, sha256Of(bytes));
    await upload.close();
  }
  assertEquals(store.usedBytes, bytes.length);
  await store.close();
});

Deno.test("a write of the system that takes only some bytes is continued", async () => {
  let calls = 0;
  using subject = diskSubject({ write: (file, bytes) => file.write(bytes.subarray(0, 1 + calls++ * 1_000)) });
  const store = await subject.open();
  await assertCompletes(store, ID, bytesOf(300_000));
  assert(calls > 10);
  await store.close();
});

Deno.test("a full disk of the system is reported, and takes the rest of an upload once there is space", async () => {
  using subject = diskSubject();
  Deno.mkdirSync(subject.folder);
  using disk = smallDisk(subject.folder, "size=2m");
  if (disk === undefined) return;
  Deno.writeFileSync(`${subject.folder}/ballast`, new Uint8Array(1_000_000));
  const bytes = bytesOf(1_500_000);
  const store = await subject.open();
  const upload = await store.openUpload(ID);
  await upload.append(bytes.subarray(0, 500_000));
  await assertFault("full", () => upload.append(bytes.subarray(500_000)));
  assertEquals([upload.offset, filesBelow(subject.folder)[PARTIAL]], [500_000, 500_000]);
  await upload.close();
  Deno.removeSync(`${subject.folder}/ballast`);
  await assertCompletes(store, ID, bytes);
  await store.close();
});

Deno.test("an upload that a crash has cut at any byte goes on there, and gets the right hash", async () => {
  using subject = diskSubject();
  await (await subject.open()).close();
  const bytes = bytesOf(FILE_PIECE_BYTES + 300);
  const cuts = Array.from({ length: 130 }, (_, nth) => nth).flatMap((nth) => [nth, FILE_PIECE_BYTES - 65 + nth]);
  for (const cut of cuts) Deno.writeFileSync(`${subject.folder}/partial/${uploadId(cut)}`, bytes.subarray(0, cut));
  const store = await subject.open();
  for (const cut of cuts) {
    const upload = await store.openUpload(uploadId(cut));
    assertEquals(upload.offset, cut);
    await upload.append(bytes.subarray(cut));
    assertEquals((await upload.complete()).sha256, sha256Of(bytes), `cut at ${cut}`);
    await upload.close();
  }
  assertEquals([store.usedBytes, Object.keys(filesBelow(subject.folder)).length], [bytes.length, 2]);
  await store.close();
});

Deno.test("the parts of an upload cost their own bytes only, and a cut or dropped file is hashed again", async () => {
  using subject = diskSubject();
  const bytes = bytesOf(1_000);
  const store = await subject.open();
  const append = async (part: Uint8Array) => {
    const upload = await store.openUpload(ID);
    await upload.append(part);
    await upload.close();
  };
  const complete = async () => {
    const upload = await store.openUpload(ID);
    const { sha256 } = await upload.complete();
    await upload.close();
    return sha256;
  };
  let read = 0;
  const original = Deno.FsFile.prototype.read;
  {
    using _ = patch(Deno.FsFile.prototype, "read", async function (this: Deno.FsFile, buffer) {
      const length = await original.call(this, buffer);
      read += length ?? 0;
      return length;
    });
    for (let start = 0; start < bytes.length; start += 10) await append(bytes.subarray(start, start + 10));
  }
  assertEquals(read, 0);
  await Deno.truncate(`${subject.folder}/partial/${ID}`, 500);
  await append(bytes.subarray(500));
  assertEquals(await complete(), sha256Of(bytes));
  await append(bytes.subarray(0, 7));
  await store.dropUpload(ID);
  await append(bytes.subarray(0, 7));
  assertEquals(await complete(), sha256Of(bytes.subarray(0, 7)));
  await store.close();
});

Deno.test("a blob gets its name after its bytes are on the disk, and its folders are synced after that", async () => {
  using subject = diskSubject();
  const store = await subject.open();
  const calls: string[] = [];
  const { sync } = Deno.FsFile.prototype;
  const { rename } = Deno;
  using _sync = patch(Deno.FsFile.prototype, "sync", async function (this: Deno.FsFile) {
    await sync.call(this);
    calls.push(this.statSync().isDirectory ? "folder synced" : "bytes synced");
  });
  using _rename = patch(Deno, "rename", async (from, to) => {
    await rename(from, to);
    calls.push("named");
  });
  const folders = Deno.build.os === "windows" ? [] : ["folder synced", "folder synced"];
  await keep(store, ID, bytesOf(10));
  assertEquals(calls.splice(0), ["bytes synced", "named", ...folders]);
  await keep(store, ID, bytesOf(10));
  assertEquals(calls, ["bytes synced", ...folders]);
  await store.close();
});

Deno.test("an upload starts again if the disk does not confirm its bytes", async () => {
  using subject = diskSubject();
  const store = await subject.open();
  const upload = await store.openUpload(ID);
  await upload.append(bytesOf(300_000));
  {
    using _ = patch(Deno.FsFile.prototype, "sync", () => Promise.reject(systemError("EIO", "Input/output error")));
    assertStringIncludes((await assertFault("failed", () => upload.complete())).message, "check the disk");
  }
  assertEquals([upload.offset, store.usedBytes, filesBelow(subject.folder)[PARTIAL]], [0, 0, 0]);
  await upload.append(bytesOf(20));
  assertEquals((await upload.complete()).sha256, sha256Of(bytesOf(20)));
  await upload.close();
  await store.close();
});

Deno.test("an upload whose blob cannot be named keeps its bytes, takes no more, and completes later", async () => {
  using subject = diskSubject();
  const store = await subject.open();
  const upload = await store.openUpload(ID);
  await upload.append(bytesOf(10));
  {
    using _ = patch(Deno, "rename", () => Promise.reject(systemError("ENOSPC", "No space left on device")));
    await assertFault("full", () => upload.complete());
  }
  assertEquals(await store.openBlob(sha256Of(bytesOf(10))), undefined);
  await assertFault("busy", () => upload.append(bytesOf(1)));
  assertEquals([await store.uploadedBytes(ID), store.usedBytes], [10, 10]);
  assertEquals((await upload.complete()).sha256, sha256Of(bytesOf(10)));
  await upload.close();
  await store.close();
});

Deno.test("an upload that is dropped after its blob could not be named is missing from then on", async () => {
  using subject = diskSubject();
  const store = await subject.open();
  const upload = await store.openUpload(ID);
  await upload.append(bytesOf(10));
  {
    using _ = patch(Deno, "rename", () => Promise.reject(systemError("ENOSPC", "No space left on device")));
    await assertFault("full", () => upload.complete());
  }
  await store.dropUpload(ID);
  await assertFault("missing", () => upload.complete());
  await upload.close();
  assertEquals([store.usedBytes, filesBelow(subject.folder)], [0, { "files.lock": 0 }]);
  await store.close();
});

Deno.test("a blob whose folder the disk does not confirm is not reported as complete, and may be completed again", async () => {
  if (Deno.build.os === "windows") return;
  using subject = diskSubject();
  const store = await subject.open();
  const upload = await store.openUpload(ID);
  await upload.append(bytesOf(10));
  const { sync } = Deno.FsFile.prototype;
  {
    using _ = patch(Deno.FsFile.prototype, "sync", function (this: Deno.FsFile) {
      if (this.statSync().isDirectory) return Promise.reject(systemError("EIO", "Input/output error"));
      return sync.call(this);
    });
    await assertFault("failed", () => upload.complete());
  }
  await assertFault("busy", () => upload.append(bytesOf(1)));
  assertEquals((await upload.complete()).size, 10);
  await upload.close();
  assertEquals([store.usedBytes, await readAll(store, sha256Of(bytesOf(10)))], [10, bytesOf(10)]);
  await store.close();
});

Deno.test("an upload that cannot be cut back after a failed write goes on after it is opened again", async () => {
  const disk = boundedDisk();
  using subject = diskSubject(disk);
  const store = await subject.open();
  const bytes = bytesOf(300_000);
  const upload = await store.openUpload(ID);
  await upload.append(bytes.subarray(0, 100));
  disk.room = 50;
  {
    using _ = patch(Deno.FsFile.prototype, "truncate", () => Promise.reject(systemError("EIO", "Input/output error")));
    await assertFault("failed", () => upload.append(bytes.subarray(100)));
  }
  disk.room = Number.POSITIVE_INFINITY;
  await assertFault("missing", () => upload.append(bytes.subarray(100)));
  assertEquals([upload.offset, store.usedBytes], [150, 150]);
  await upload.close();
  await assertCompletes(store, ID, bytes);
  assertEquals(store.usedBytes, bytes.length);
  await store.close();
});
