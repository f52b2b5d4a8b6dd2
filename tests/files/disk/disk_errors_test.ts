import { assertEquals, assertStrictEquals } from "@std/assert";
import { fileStoreError } from "../../../src/files/disk/disk_errors.ts";
import { FileStoreError } from "../../../src/files/file_store.ts";

function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

Deno.test("an error of the system becomes one sentence with the file, the problem and the next step", () => {
  const cases: [unknown, string, string][] = [
    [coded("ENOSPC", "No space left on device (os error 28)"), "full", "the disk is full; free some space"],
    [new Error("There is not enough space on the disk. (os error 112)"), "full", "the disk is full; free some space"],
    [
      coded("EDQUOT", "Disk quota exceeded (os error 122)"),
      "full",
      "this user's quota of the disk is used up; free some space or raise the quota",
    ],
    [
      coded("EROFS", "Read-only file system (os error 30)"),
      "failed",
      "the disk is read-only; choose another folder with --files",
    ],
    [
      new Deno.errors.PermissionDenied("Permission denied (os error 13)"),
      "failed",
      "it is not writable; give this user write permission, or choose another folder with --files",
    ],
    [
      new Deno.errors.NotCapable('Requires write access to "x", run again with the --allow-write flag'),
      "failed",
      "Deno lacks the permission; run it with --allow-write",
    ],
    [
      coded("EFBIG", "File too large (os error 27)"),
      "failed",
      "the file system takes no file of this size; allow smaller files only with --max-file",
    ],
    [
      coded("EMFILE", "Too many open files (os error 24)"),
      "failed",
      "too many files are open; raise the limit of open files of this process",
    ],
    [coded("EIO", "Input/output error (os error 5)"), "failed", "the disk reports an error; check the disk"],
    [new Error("Something else\nwith more lines"), "failed", "Something else"],
    ["no error", "failed", "no error"],
  ];
  for (const [cause, kind, text] of cases) {
    const error = fileStoreError(cause, "/files/x");
    assertEquals([error.kind, error.message, error.cause], [kind, `Cannot use /files/x: ${text}`, cause]);
  }
});

Deno.test("an error of the store stays as it is", () => {
  const error = new FileStoreError("busy", "It is in use");
  assertStrictEquals(fileStoreError(error, "/files/x"), error);
});
