import { assert, assertEquals, assertGreater, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import { type FileStore, FileStoreError, type FileStoreFault, type StoredEntry } from "../../src/files/file_store.ts";
import { FILE_PIECE_BYTES } from "../../src/protocol/limits.ts";

/** Keeps what its stores keep, so that a second `open` finds it again. Each test uses a new one. */
export interface FileStoreSubject extends Disposable {
  open(): Promise<FileStore>;
}

export function uploadId(nth: number): string {
  return `0190c3a1-7000-7000-8000-${nth.toString(16).padStart(12, "0")}`;
}

/** Bytes that differ at each place and for each seed. */
export function bytesOf(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = seed;
  for (let nth = 0; nth < words.length; nth++) words[nth] = state = Math.imul(state, 1_664_525) + 1_013_904_223 >>> 0;
  return new Uint8Array(words.buffer).subarray(0, length);
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64url");
}

/** Uploads the bytes in one append, and returns the hash of their blob. */
export async function keep(store: FileStore, id: string, bytes: Uint8Array): Promise<string> {
  const upload = await store.openUpload(id);
  await upload.append(bytes);
  const { sha256 } = await upload.complete();
  await upload.close();
  return sha256;
}

/** Reads a whole blob, a few bytes more than a piece at a time. */
export async function readAll(store: FileStore, sha256: string): Promise<Uint8Array | undefined> {
  const blob = await store.openBlob(sha256);
  if (blob === undefined) return undefined;
  const bytes = new Uint8Array(blob.size);
  for (let offset = 0; offset < blob.size;) {
    offset += await blob.read(offset, bytes.subarray(offset, offset + FILE_PIECE_BYTES + 7));
  }
  blob.close();
  return bytes;
}

export async function assertFault(kind: FileStoreFault, run: () => Promise<unknown>): Promise<FileStoreError> {
  const error = await assertRejects(run, FileStoreError);
  assertEquals(error.kind, kind, error.message);
  return error;
}

async function listed(store: FileStore): Promise<StoredEntry[]> {
  const keyOf = (entry: StoredEntry) => entry.type === "upload" ? entry.id : entry.sha256;
  return (await Array.fromAsync(store.list())).sort((a, b) => keyOf(a) < keyOf(b) ? -1 : 1);
}

const ID = uploadId(1);

/** Invalid ids and hashes, some of which would lead elsewhere as paths. */
export const FALSE_KEYS: readonly string[] = [
  ...["", ".", "..", "/", "../outside", "..\\outside", "/etc/passwd", "C:\\x", "a\0b", "x".repeat(10_000)],
  ...[`../${ID}`, `${ID}/../../outside`, ID.toUpperCase(), `${ID}\n`, ID.replaceAll("-", "")],
  ...[
    "_".repeat(43),
    `${"A".repeat(42)}/`,
    `../${"A".repeat(40)}`,
    "A".repeat(42),
    `${"A".repeat(42)}=`,
    "ab".repeat(32),
  ],
];

/** The contract of every `FileStore`. Each implementation runs it once in its own tests. */
export function fileStoreContract(name: string, create: () => FileStoreSubject): void {
  const test = (promise: string, run: (store: FileStore, reopen: () => Promise<FileStore>) => Promise<void>) =>
    Deno.test(`${name} ${promise}`, async () => {
      using subject = create();
      let store = await subject.open();
      await run(store, async () => {
        await store.close();
        return store = await subject.open();
      });
      await store.close();
    });

  test("starts empty, and removes what is not there without an error", async (store) => {
    assertEquals([store.usedBytes, await store.uploadedBytes(ID), await listed(store)], [0, 0, []]);
    assertEquals(await store.openBlob(sha256Of(bytesOf(1))), undefined);
    assertEquals(await store.removeBlob(sha256Of(bytesOf(1))), true);
    await store.dropUpload(ID);
  });

  test("names the bytes of an upload by their hash, whatever the lengths of its appends", async (store) => {
    const lengths = [0, 1, 63, 64, FILE_PIECE_BYTES - 1, FILE_PIECE_BYTES, FILE_PIECE_BYTES + 1, 700_001];
    for (const [nth, length] of lengths.entries()) {
      const bytes = bytesOf(length, nth + 1);
      const upload = await store.openUpload(uploadId(nth));
      for (let start = 0, step = 1; start < length; start += step, step = 3 * step + nth) {
        await upload.append(bytes.subarray(start, start + step));
        assertEquals(upload.offset, Math.min(start + step, length));
      }
      const blob = { sha256: sha256Of(bytes), size: length, media: "application/octet-stream" } as const;
      assertEquals(await upload.complete(), blob);
      assertEquals(await upload.complete(), blob);
      await upload.close();
      assertEquals(await readAll(store, blob.sha256), bytes);
    }
    assertEquals(store.usedBytes, lengths.reduce((sum, length) => sum + length));
  });

  test("finds the kind of media by the first bytes", async (store) => {
    const upload = await store.openUpload(ID);
    await upload.append(new TextEncoder().encode("GIF8"));
    await upload.append(new TextEncoder().encode("9a and more"));
    assertEquals((await upload.complete()).media, "image/gif");
    await upload.close();
  });

  test(
    "keeps what has arrived when an upload is closed, and goes on there, also after a restart",
    async (store, reopen) => {
      const bytes = bytesOf(600_000);
      let current = store;
      for (let start = 0; start < bytes.length; start += 100_000) {
        if (start % 200_000 === 0) current = await reopen();
        assertEquals([await current.uploadedBytes(ID), current.usedBytes], [start, start]);
        const upload = await current.openUpload(ID);
        assertEquals(upload.offset, start);
        await upload.append(bytes.subarray(start, start + 100_000));
        await upload.close();
        await upload.close();
      }
      const upload = await current.openUpload(ID);
      assertEquals((await upload.complete()).sha256, sha256Of(bytes));
      await upload.close();
    },
  );

  test("performs the calls of an upload in their order", async (store) => {
    const bytes = bytesOf(900_000);
    const upload = await store.openUpload(ID);
    const appends = [0, 300_000, 600_000].map((start) => upload.append(bytes.subarray(start, start + 300_000)));
    const complete = upload.complete();
    const closed = upload.close();
    assertEquals(await store.uploadedBytes(ID), 0);
    await Promise.all([...appends, closed]);
    assertEquals((await complete).sha256, sha256Of(bytes));
  });

  test("starts again after a truncate", async (store) => {
    const upload = await store.openUpload(ID);
    await upload.append(bytesOf(300_000));
    await upload.truncate();
    assertEquals([upload.offset, store.usedBytes, await store.uploadedBytes(ID)], [0, 0, 0]);
    await upload.append(bytesOf(10, 2));
    assertEquals((await upload.complete()).sha256, sha256Of(bytesOf(10, 2)));
    await upload.close();
  });

  test("takes no bytes after an upload is complete", async (store) => {
    const upload = await store.openUpload(ID);
    await upload.append(bytesOf(10));
    const { sha256 } = await upload.complete();
    await assertFault("busy", () => upload.append(bytesOf(1)));
    await assertFault("busy", () => upload.truncate());
    await upload.close();
    assertEquals(await readAll(store, sha256), bytesOf(10));
    assertEquals(await store.uploadedBytes(ID), 0);
  });

  test("stores the same bytes once", async (store) => {
    const bytes = bytesOf(100_000);
    const hashes = await Promise.all([1, 2, 3, 4].map((nth) => keep(store, uploadId(nth), bytes)));
    assertEquals([new Set(hashes).size, store.usedBytes], [1, bytes.length]);
    assertEquals((await listed(store)).map(({ type, size }) => [type, size]), [["blob", bytes.length]]);
    assertEquals(await readAll(store, hashes[0]!), bytes);
  });

  test("refuses a second opening of an upload until the first is closed", async (store) => {
    const upload = await store.openUpload(ID);
    await upload.append(bytesOf(10));
    await assertFault("busy", () => store.openUpload(ID));
    await upload.close();
    const again = await store.openUpload(ID);
    assertEquals(again.offset, 10);
    await again.close();
  });

  test("takes many uploads at the same time", async (store) => {
    const hashes = await Promise.all(Array.from({ length: 20 }, async (_, nth) => {
      const upload = await store.openUpload(uploadId(nth));
      for (let round = 0; round < 5; round++) await upload.append(bytesOf(10_000, 100 * nth + round + 1));
      const { sha256 } = await upload.complete();
      await upload.close();
      return sha256;
    }));
    for (const [nth, sha256] of hashes.entries()) {
      const parts = Array.from({ length: 5 }, (_, round) => [...bytesOf(10_000, 100 * nth + round + 1)]);
      assertEquals(sha256, sha256Of(Uint8Array.from(parts.flat())));
    }
    assertEquals([hashes.length, store.usedBytes], [20, 1_000_000]);
  });

  test("removes a dropped upload, also while it is open", async (store) => {
    const closed = await store.openUpload(ID);
    await closed.append(bytesOf(10));
    await closed.close();
    const open = await store.openUpload(uploadId(2));
    const append = open.append(bytesOf(500_000));
    await Promise.all([store.dropUpload(ID), store.dropUpload(uploadId(2)), append]);
    assertEquals([store.usedBytes, await store.uploadedBytes(ID), await listed(store)], [0, 0, []]);
    await assertFault("missing", () => open.append(bytesOf(1)));
    await assertFault("missing", () => open.complete());
    await open.close();
    const again = await store.openUpload(uploadId(2));
    assertEquals(again.offset, 0);
    await again.close();
  });

  test("reads a blob from any place on, one call at a time", async (store) => {
    const bytes = bytesOf(600_000);
    const blob = (await store.openBlob(await keep(store, ID, bytes)))!;
    assertEquals(blob.size, bytes.length);
    const ranges = [[0, 10], [10, 10], [599_999, 1], [100, 0], [1, FILE_PIECE_BYTES], [7, 500_000], [0, 600_000]];
    for (const [offset, length] of ranges as [number, number][]) {
      const buffer = new Uint8Array(length);
      assertEquals(await blob.read(offset, buffer), length);
      assertEquals(buffer, bytes.slice(offset, offset + length));
    }
    const buffer = new Uint8Array(100);
    assertEquals(await blob.read(599_950, buffer), 50);
    assertEquals(buffer.subarray(0, 50), bytes.subarray(599_950));
    assertEquals([await blob.read(600_000, buffer), await blob.read(1e12, buffer)], [0, 0]);
    const first = blob.read(0, buffer);
    await assertFault("busy", () => blob.read(0, buffer));
    assertEquals(await first, 100);
    const last = blob.read(7, buffer);
    blob.close();
    blob.close();
    assertEquals([await last, buffer], [100, bytes.slice(7, 107)]);
  });

  test("removes a blob, which an open reader still reads to its end", async (store) => {
    const bytes = bytesOf(400_000);
    const sha256 = await keep(store, ID, bytes);
    const blob = (await store.openBlob(sha256))!;
    assertEquals([await store.removeBlob(sha256), store.usedBytes], [true, 0]);
    assertEquals(await store.openBlob(sha256), undefined);
    const buffer = new Uint8Array(bytes.length);
    assertEquals([await blob.read(0, buffer), buffer], [bytes.length, bytes]);
    blob.close();
    assertEquals(await keep(store, ID, bytes), sha256);
    assertEquals(await readAll(store, sha256), bytes);
  });

  test("keeps a blob while an upload that completed to it is open", async (store) => {
    const sha256 = await keep(store, uploadId(2), bytesOf(10));
    const upload = await store.openUpload(ID);
    await upload.append(bytesOf(10));
    await upload.complete();
    assertEquals(await store.removeBlob(sha256), false);
    const removal = store.removeBlob(sha256);
    await upload.close();
    assertEquals([await removal, await readAll(store, sha256)], [false, bytesOf(10)]);
    assertEquals([await store.removeBlob(sha256), await readAll(store, sha256)], [true, undefined]);
  });

  test("lists all uploads and blobs with their sizes and times", async (store, reopen) => {
    const before = Date.now() - 10_000;
    const blobs = await Promise.all([3, 4, 5].map((nth) => keep(store, uploadId(nth), bytesOf(100 * nth, nth))));
    const upload = await store.openUpload(ID);
    await upload.append(bytesOf(77));
    const expected = [
      ["upload", ID, 77],
      ...blobs.map((sha256, nth) => ["blob", sha256, 100 * (nth + 3)]),
    ].sort(([, a], [, b]) => a! < b! ? -1 : 1);
    const found = await listed(store);
    assertEquals(
      found.map((entry) => [entry.type, entry.type === "upload" ? entry.id : entry.sha256, entry.size]),
      expected,
    );
    for (const { changedAt } of found) assertGreater(changedAt, before);
    await upload.close();
    const { usedBytes } = store;
    const again = await reopen();
    assertEquals([await listed(again), again.usedBytes], [found, usedBytes]);
  });

  test("finds and changes nothing by ids and hashes of another form", async (store) => {
    const sha256 = await keep(store, ID, bytesOf(10));
    for (const key of FALSE_KEYS) {
      await assertRejects(() => store.openUpload(key), TypeError);
      assertEquals([await store.uploadedBytes(key), await store.openBlob(key)], [0, undefined]);
      await store.dropUpload(key);
      assert(await store.removeBlob(key));
    }
    assertEquals((await listed(store)).map(({ type, size }) => [type, size]), [["blob", 10]]);
    assertEquals(await readAll(store, sha256), bytesOf(10));
  });
}
