import { FileStoreError, type FileStoreFault } from "../file_store.ts";

interface Explanation {
  readonly matches: (error: Error & { readonly code?: unknown }) => boolean;
  readonly kind: FileStoreFault;
  /** The problem and the next step. */
  readonly text: string;
}

const EXPLANATIONS: readonly Explanation[] = [
  {
    // 28 is ENOSPC, 39 and 112 are ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL of Windows.
    matches: ({ code, message }) => code === "ENOSPC" || /no space left|os error (?:28|39|112)\)/i.test(message),
    kind: "full",
    text: "the disk is full; free some space",
  },
  {
    matches: ({ code, message }) => code === "EDQUOT" || /quota exceeded/i.test(message),
    kind: "full",
    text: "this user's quota of the disk is used up; free some space or raise the quota",
  },
  {
    matches: ({ code, message }) => code === "EROFS" || /read-only file system/i.test(message),
    kind: "failed",
    text: "the disk is read-only; choose another folder with --files",
  },
  {
    matches: (error) => error instanceof Deno.errors.PermissionDenied,
    kind: "failed",
    text: "it is not writable; give this user write permission, or choose another folder with --files",
  },
  {
    matches: ({ code, message }) => code === "EFBIG" || /file too large/i.test(message),
    kind: "failed",
    text: "the file system takes no file of this size; allow smaller files only with --max-file",
  },
  {
    matches: ({ code, message }) => code === "EMFILE" || code === "ENFILE" || /too many open files/i.test(message),
    kind: "failed",
    text: "too many files are open; raise the limit of open files of this process",
  },
  {
    matches: ({ code, message }) => code === "EIO" || /input\/output error/i.test(message),
    kind: "failed",
    text: "the disk reports an error; check the disk",
  },
];

/** Turns any error into a `FileStoreError` with one sentence for the operator. `path` is the file or folder concerned. */
export function fileStoreError(error: unknown, path: string): FileStoreError {
  if (error instanceof FileStoreError) return error;
  const { kind, text } = explain(error);
  return new FileStoreError(kind, `Cannot use ${path}: ${text}`, { cause: error });
}

function explain(error: unknown): Pick<Explanation, "kind" | "text"> {
  if (!(error instanceof Error)) return { kind: "failed", text: String(error) };
  if (error instanceof Deno.errors.NotCapable) {
    const flag = /--allow-[a-z]+/.exec(error.message)?.[0] ?? "--allow-write";
    return { kind: "failed", text: `Deno lacks the permission; run it with ${flag}` };
  }
  const known = EXPLANATIONS.find(({ matches }) => matches(error));
  return known ?? { kind: "failed", text: error.message.split("\n", 1)[0]! };
}
