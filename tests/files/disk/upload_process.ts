/**
 * Uploads into the store in a folder forever: `deno run upload_process.ts FOLDER FIRST`. The uploads are numbered from FIRST,
 * and each has its number as the seed of its bytes. Prints `NUMBER OFFSET` after each append, and `NUMBER complete` at the end.
 */

import { DiskFileStore } from "../../../src/files/disk/disk_file_store.ts";
import { bytesOf, uploadId } from "../../contracts/file_store_contract.ts";

/** Several appends, some of them longer than a piece. */
export const UPLOAD_BYTES = 1_500_000;
const APPEND_BYTES = 300_000;

if (import.meta.main) {
  const [folder, first] = Deno.args as [string, string];
  const store = await DiskFileStore.open({ folder });
  const encoder = new TextEncoder();
  const print = (line: string) => void Deno.stdout.writeSync(encoder.encode(`${line}\n`));
  for (let nth = Number(first);; nth++) {
    const bytes = bytesOf(UPLOAD_BYTES, nth);
    const upload = await store.openUpload(uploadId(nth));
    while (upload.offset < bytes.length) {
      await upload.append(bytes.subarray(upload.offset, upload.offset + APPEND_BYTES));
      print(`${nth} ${upload.offset}`);
    }
    await upload.complete();
    print(`${nth} complete`);
    await upload.close();
  }
}
