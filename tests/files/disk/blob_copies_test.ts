import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { copyBlobs } from "../../../src/files/disk/blob_copies.ts";
import { DiskFileStore } from "../../../src/files/disk/disk_file_store.ts";
import { FolderLayout } from "../../../src/files/disk/folder_layout.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";

const newId = () => crypto.randomUUID();

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64url");
}

/** Stores the bytes, and returns their hash. */
async function store(files: DiskFileStore, bytes: Uint8Array): Promise<string> {
  const upload = await files.openUpload(newId());
  await upload.append(bytes);
  const { sha256 } = await upload.complete();
  await upload.close();
  return sha256;
}

Deno.test("blobs are copied once, a missing one is told, and a damaged one leaves nothing behind", async () => {
  using folder = temporaryFolder();
  const [from, to] = [`${folder.path}/from`, `${folder.path}/to`];
  const source = await DiskFileStore.open({ folder: from });
  const contents = [new Uint8Array(600_000).fill(7), new Uint8Array(0), new Uint8Array(10).fill(1)];
  const hashes: string[] = [];
  for (const bytes of contents) hashes.push(await store(source, bytes));
  // The disk has changed a byte.
  Deno.writeFileSync(new FolderLayout(from).blobPath(hashes[2]!)!, new Uint8Array(10).fill(2));
  const target = await DiskFileStore.open({ folder: to });
  const wanted = [...hashes, hashOf(new Uint8Array(3)), "../../etc/passwd"];
  // The source is in use meanwhile.
  const first = await copyBlobs(wanted, { from, to: target, newId });
  assertEquals(first, { copied: 2, present: 0, missing: 2, damaged: 1, bytes: 600_000 });
  assertEquals(target.usedBytes, 600_000);
  const second = await copyBlobs(wanted, { from, to: target, newId });
  assertEquals(second, { copied: 0, present: 2, missing: 2, damaged: 1, bytes: 0 });
  assertEquals((await Array.fromAsync(target.list())).map(({ type, size }) => [type, size]).sort(), [
    ["blob", 0],
    ["blob", 600_000],
  ]);
  await source.close();
  await target.close();
});
