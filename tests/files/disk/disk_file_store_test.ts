import { assertEquals, assertGreater, assertMatch, assertRejects } from "@std/assert";
import { DiskFileStore } from "../../../src/files/disk/disk_file_store.ts";
import {
  assertFault,
  bytesOf,
  FALSE_KEYS,
  fileStoreContract,
  keep,
  readAll,
  sha256Of,
  uploadId,
} from "../../contracts/file_store_contract.ts";
import { smallDisk } from "../../helpers/small_disk.ts";
import { diskSubject, filesBelow } from "./disk_subject.ts";

fileStoreContract("DiskFileStore", diskSubject);

const ID = uploadId(1);
/** The hash of `bytesOf(10)`, in hexadecimal, is the name of its file. */
const HEX = Uint8Array.fromBase64(sha256Of(bytesOf(10)), { alphabet: "base64url" }).toHex();
const BLOB = `${HEX.slice(0, 2)}/${HEX}`;

Deno.test("uploads are in partial/, and blobs below the first two digits of their hash, for this user only", async () => {
  using subject = diskSubject();
  const store = await subject.open();
  await keep(store, ID, bytesOf(10));
  const upload = await store.openUpload(uploadId(2));
  await upload.append(bytesOf(20));
  assertEquals(filesBelow(subject.folder), { "files.lock": 0, [BLOB]: 10, [`partial/${uploadId(2)}`]: 20 });
  if (Deno.build.os !== "windows") {
    const modes = ["", "/partial", `/${HEX.slice(0, 2)}`, `/${BLOB}`, `/partial/${uploadId(2)}`, "/files.lock"]
      .map((path) => Deno.statSync(`${subject.folder}${path}`).mode! & 0o777);
    assertEquals(modes, [0o700, 0o700, 0o700, 0o600, 0o600, 0o600]);
  }
  await upload.close();
  await store.close();
});

Deno.test("a folder is used by one store at a time, and is free after close", async () => {
  using subject = diskSubject();
  const store = await subject.open();
  const error = await assertFault("busy", subject.open);
  assertMatch(error.message, /^Folder .*files is in use by another process: stop it first, or choose .* --files$/);
  await store.close();
  await (await subject.open()).close();
});

Deno.test("no id or hash of any form leads out of the folder, or to a file that is not the store's", async () => {
  using subject = diskSubject();
  const store = await subject.open();
  await keep(store, ID, bytesOf(10));
  for (const path of ["outside", "files/inside", "files/partial/inside", `files/${HEX.slice(0, 2)}/inside`]) {
    Deno.writeTextFileSync(`${subject.around}${path}`, path);
  }
  const before = filesBelow(subject.around);
  for (const key of [...FALSE_KEYS, "inside", "files.lock", "partial", BLOB, HEX]) {
    await assertRejects(() => store.openUpload(key), TypeError);
    assertEquals([await store.uploadedBytes(key), await store.openBlob(key)], [0, undefined]);
    await store.dropUpload(key);
    await store.removeBlob(key);
  }
  assertEquals(filesBelow(subject.around), before);
  assertEquals([store.usedBytes, (await Array.fromAsync(store.list())).length], [10, 1]);
  await store.close();
});

Deno.test("links and folders in the place of files are refused, not followed", async () => {
  if (Deno.build.os === "windows") return;
  using subject = diskSubject();
  const store = await subject.open();
  const sha256 = await keep(store, ID, bytesOf(10));
  Deno.writeTextFileSync(`${subject.around}secret`, "secret");
  Deno.removeSync(`${subject.folder}/${BLOB}`);
  Deno.symlinkSync("../../secret", `${subject.folder}/${BLOB}`);
  Deno.symlinkSync("../../secret", `${subject.folder}/partial/${ID}`);
  Deno.mkdirSync(`${subject.folder}/partial/${uploadId(2)}`);
  assertEquals(await store.openBlob(sha256), undefined);
  for (const id of [ID, uploadId(2)]) {
    assertMatch((await assertFault("failed", () => store.openUpload(id))).message, /is not a file: remove it$/);
    assertEquals(await store.uploadedBytes(id), 0);
    await store.dropUpload(id);
  }
  assertEquals(await Array.fromAsync(store.list()), []);
  assertEquals(Deno.readTextFileSync(`${subject.around}secret`), "secret");
  await store.close();
});

Deno.test("a blob that is shorter than it was fails when it is read, and is mended when the same bytes come again", async () => {
  using subject = diskSubject();
  const store = await subject.open();
  const sha256 = await keep(store, ID, bytesOf(10));
  const blob = (await store.openBlob(sha256))!;
  Deno.truncateSync(`${subject.folder}/${BLOB}`, 7);
  const error = await assertFault("failed", () => blob.read(0, new Uint8Array(10)));
  assertMatch(error.message, /is shorter than it was: restore it from a backup, or send it again$/);
  const start = new Uint8Array(5);
  assertEquals([await blob.read(0, start), start], [5, bytesOf(10).slice(0, 5)]);
  blob.close();
  await store.close();
  const again = await subject.open();
  assertEquals(again.usedBytes, 7);
  assertEquals([await keep(again, ID, bytesOf(10)), again.usedBytes], [sha256, 10]);
  assertEquals(await readAll(again, sha256), bytesOf(10));
  await again.close();
});

/** Windows needs ten times as long to make one. */
const FILES = Deno.build.os === "windows" ? 1_000 : 10_000;

Deno.test(`${FILES} files are counted and listed while the event loop goes on`, async () => {
  using subject = diskSubject();
  Deno.mkdirSync(subject.folder);
  // Makes the files in half a second, where it is possible.
  using _memory = smallDisk(subject.folder, "size=100m");
  await (await subject.open()).close();
  for (let nth = 0; nth < FILES / 2; nth++) {
    const name = sha256Of(new Uint8Array(new Uint32Array([nth]).buffer));
    const hex = Uint8Array.fromBase64(name, { alphabet: "base64url" }).toHex();
    Deno.mkdirSync(`${subject.folder}/${hex.slice(0, 2)}`, { recursive: true });
    Deno.writeFileSync(`${subject.folder}/${hex.slice(0, 2)}/${hex}`, new Uint8Array(3));
    Deno.writeFileSync(`${subject.folder}/partial/${uploadId(nth)}`, new Uint8Array(2));
  }
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const store = await subject.open();
  assertEquals(store.usedBytes, FILES / 2 * 5);
  let entries = 0;
  for await (const { size } of store.list()) entries += size > 0 ? 1 : 0;
  clearInterval(timer);
  assertEquals(entries, FILES);
  assertGreater(turns, FILES / 200);
  await store.close();
});

Deno.test("a folder that cannot be made or written is an error that names it", async () => {
  using subject = diskSubject();
  Deno.writeTextFileSync(`${subject.around}taken`, "");
  const open = (path: string) => DiskFileStore.open({ folder: `${subject.around}${path}` });
  assertMatch((await assertFault("failed", () => open("taken/files"))).message, /^Cannot use .*taken\/files: /);
  Deno.mkdirSync(`${subject.around}closed`);
  using disk = smallDisk(`${subject.around}closed`, "ro");
  if (disk === undefined && Deno.build.os === "windows") return;
  if (disk === undefined) Deno.chmodSync(`${subject.around}closed`, 0o500);
  const { message } = await assertFault("failed", () => open("closed/files"));
  assertMatch(message, /^Cannot use .*closed\/files: .*; (?:give this user|choose another folder with --files)/);
});

Deno.test("a folder with files of one chat is refused to another, which would remove them as unknown", async () => {
  using subject = diskSubject();
  const open = (owner?: string) => DiskFileStore.open({ folder: subject.folder, owner });
  const first = await open("one");
  const sha256 = await keep(first, ID, bytesOf(10));
  await first.close();
  assertMatch(
    (await assertFault("failed", () => open("other"))).message,
    /files has the files of another chat: choose/,
  );
  const again = await open("one");
  const blob = await again.openBlob(sha256);
  assertEquals(blob?.size, 10);
  blob!.close();
  await again.close();
  Deno.removeSync(`${subject.folder}/files.lock`);
  await (await open("other")).close();
  await assertFault("failed", () => open("one"));
});

/**
 * Descriptors of this process that are open on files of the folder. Other tests run beside this one. Another program
 * lists them, for Deno reads `/proc` with all permissions only.
 */
function descriptorsIn(folder: string): number {
  const { stdout } = new Deno.Command("ls", { args: ["-l", `/proc/${Deno.pid}/fd`], stderr: "null" }).outputSync();
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line.includes(` -> ${folder}/`)).length;
}

Deno.test("failures leave no file open", async () => {
  if (Deno.build.os !== "linux") return;
  using subject = diskSubject();
  const store = await subject.open();
  const sha256 = await keep(store, ID, bytesOf(10));
  Deno.mkdirSync(`${subject.folder}/partial/${uploadId(2)}`);
  const openFiles = () => descriptorsIn(subject.folder);
  assertEquals(openFiles(), 1);
  for (let round = 0; round < 20; round++) {
    await assertFault("busy", subject.open);
    await assertFault("failed", () => store.openUpload(uploadId(2)));
    const upload = await store.openUpload(ID);
    await assertFault("busy", () => store.openUpload(ID));
    await upload.append(bytesOf(10));
    await upload.complete();
    await upload.close();
    const dropped = await store.openUpload(ID);
    await store.dropUpload(ID);
    await dropped.close();
    (await store.openBlob(sha256))!.close();
    await Array.fromAsync(store.list());
  }
  assertEquals(openFiles(), 1);
  const left = await store.openUpload(ID);
  const opening = store.openUpload(uploadId(3));
  await store.close();
  const opened = await opening;
  assertEquals(openFiles(), 0);
  await Promise.all([left.close(), opened.close()]);
});
