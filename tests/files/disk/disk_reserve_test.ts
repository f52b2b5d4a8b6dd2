import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { DiskReserve } from "../../../src/files/disk/disk_reserve.ts";
import { FileStoreError } from "../../../src/files/file_store.ts";
import { FILES_DISK_LOOK_BYTES, MIN_FREE_DISK_BYTES } from "../../../src/protocol/limits.ts";
import { diskSubject } from "./disk_subject.ts";

const ID = "0190c3a1-7000-7000-8000-000000000001";

/** A disk that counts how often it was looked at. */
function diskOf(free: number) {
  const disk = { free, looks: 0 };
  const reserve = new DiskReserve(() => {
    disk.looks++;
    return Promise.resolve(disk.free);
  });
  return { disk, reserve };
}

Deno.test("files leave the reserve of the disk free, to the byte", async () => {
  const { disk, reserve } = diskOf(MIN_FREE_DISK_BYTES + 100);
  await reserve.take(60);
  await reserve.take(40);
  disk.free = MIN_FREE_DISK_BYTES;
  const error = await assertRejects(() => reserve.take(1), FileStoreError);
  assertEquals(error.kind, "full");
  assertMatch(error.message, /^Less than 64 MB of the disk are free, which the chat needs: free some space$/);
  disk.free = MIN_FREE_DISK_BYTES + 1;
  await reserve.take(1);
});

Deno.test("the disk is looked at once in so many bytes, also by uploads at the same time", async () => {
  const { disk, reserve } = diskOf(Infinity);
  const piece = FILES_DISK_LOOK_BYTES / 16;
  await Promise.all(Array.from({ length: 16 }, () => reserve.take(piece)));
  assertEquals(disk.looks, 1);
  for (let index = 0; index < 32; index++) await reserve.take(piece);
  assertEquals(disk.looks, 3);
});

Deno.test("an upload that the reserve stops keeps what it has, and goes on once there is space", async () => {
  let free = MIN_FREE_DISK_BYTES + 1_000;
  using subject = diskSubject({ freeBytes: () => Promise.resolve(free) });
  const store = await subject.open();
  const upload = await store.openUpload(ID);
  await upload.append(new Uint8Array(900));
  free -= 900;
  const error = await assertRejects(() => upload.append(new Uint8Array(200)), FileStoreError);
  assertEquals([error.kind, upload.offset, store.usedBytes], ["full", 900, 900]);
  free += 1_000;
  await upload.append(new Uint8Array(200));
  assertEquals((await upload.complete()).size, 1_100);
  await upload.close();
  await store.close();
});
