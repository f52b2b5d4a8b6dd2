import { assert, assertEquals } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import type { FileStore } from "../../../src/files/file_store.ts";
import { bytesOf, readAll, sha256Of, uploadId } from "../../contracts/file_store_contract.ts";
import { diskSubject } from "./disk_subject.ts";
import { UPLOAD_BYTES } from "./upload_process.ts";

const KILLS = Deno.build.os === "windows" ? 2 : 5;

/** Runs a process that uploads, kills it after it has printed `lines` lines, and returns its last line. */
async function uploadAndKill(folder: string, first: number, lines: number): Promise<[nth: number, state: string]> {
  const script = new URL("./upload_process.ts", import.meta.url).href;
  const config = `${import.meta.dirname}/../../../deno.json`;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--allow-read", "--allow-write", "--allow-env", "--config", config],
      ...[script, folder, String(first)],
    ],
    stdout: "piped",
  }).spawn();
  let last = "";
  let left = lines;
  for await (const line of child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
    if (line !== "") last = line;
    if (--left === 0) child.kill("SIGKILL");
  }
  await child.status;
  const [nth, state] = last.split(" ");
  return [Number(nth), state!];
}

/** Checks that each blob has the bytes that its name promises. Returns their number. */
async function checkBlobs(store: FileStore): Promise<number> {
  let blobs = 0;
  for await (const entry of store.list()) {
    if (entry.type !== "blob") continue;
    blobs++;
    assertEquals(sha256Of((await readAll(store, entry.sha256))!), entry.sha256);
  }
  return blobs;
}

Deno.test("a killed process loses no byte that an append has confirmed, and leaves no blob that is wrong", async () => {
  using subject = diskSubject();
  let first = 1;
  for (let kill = 0; kill < KILLS; kill++) {
    const [nth, state] = await uploadAndKill(subject.folder, first, 1 + kill * 5);
    const store = await subject.open();
    const complete = state === "complete" ? nth : nth - 1;
    assert(await checkBlobs(store) >= complete);
    for (let done = 1; done <= complete; done++) {
      assertEquals((await readAll(store, sha256Of(bytesOf(UPLOAD_BYTES, done))))?.length, UPLOAD_BYTES);
    }
    const bytes = bytesOf(UPLOAD_BYTES, complete + 1);
    const upload = await store.openUpload(uploadId(complete + 1));
    // If it was killed after its blob got its name, the upload is gone.
    const isNamed = await readAll(store, sha256Of(bytes)) !== undefined;
    if (state !== "complete" && !isNamed) assert(upload.offset >= Number(state), `${upload.offset} of ${state}`);
    await upload.append(bytes.subarray(upload.offset));
    assertEquals((await upload.complete()).sha256, sha256Of(bytes));
    await upload.close();
    assertEquals(store.usedBytes, (complete + 1) * UPLOAD_BYTES + await leftOver(store));
    await store.close();
    first = complete + 2;
  }
});

/** Bytes of uploads that are not complete. */
async function leftOver(store: FileStore): Promise<number> {
  let bytes = 0;
  for await (const { type, size } of store.list()) bytes += type === "upload" ? size : 0;
  return bytes;
}
