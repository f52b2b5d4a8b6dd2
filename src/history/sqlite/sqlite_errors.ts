import { StoreError } from "../store.ts";

/** The problem and the next step, by SQLite's primary result code (https://sqlite.org/rescode.html). */
const NEXT_STEPS: ReadonlyMap<number, string> = new Map([
  [5, "another program is using it; close that program and try again"],
  [6, "another program is using it; close that program and try again"],
  [8, "it is not writable; give this user write permission, or choose another folder with --data"],
  [10, "the disk reports an error; check the disk, and restore the newest backup if it does not go away"],
  [11, "it is damaged; move it away and put a backup in its place"],
  [13, "the disk is full; free some space and try again"],
  [14, "it cannot be opened; check that the folder exists and that this user may write to it"],
  [26, "it is damaged, or not a Confab file; move it away and put a backup in its place"],
]);

/** Result codes by SQLite's message, for calls of `node:sqlite` whose errors have no code. */
const CODES_BY_TEXT: readonly (readonly [RegExp, number])[] = [
  [/not a database/, 26],
  [/malformed/, 11],
  [/is full/, 13],
  [/is locked/, 5],
  [/readonly/, 8],
  [/unable to open/, 14],
  [/disk I\/O error/, 10],
];

/**
 * Turns any error into a `StoreError` with one sentence for
 * the operator. `path` is the file or folder concerned.
 */
export function storeError(error: unknown, path: string): StoreError {
  if (error instanceof StoreError) return error;
  return new StoreError(`Cannot use ${path}: ${explain(error)}`, { cause: error });
}

/** SQLite's primary result code; `undefined` for an error that is not from SQLite. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { errcode } = error as { errcode?: unknown };
  if (typeof errcode === "number") return errcode & 0xff;
  return CODES_BY_TEXT.find(([pattern]) => pattern.test(error.message))?.[1];
}

function explain(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) {
    const flag = /--allow-[a-z]+/.exec(error.message)?.[0] ?? "--allow-write";
    return `Deno lacks the permission; run it with ${flag}`;
  }
  if (error instanceof Deno.errors.PermissionDenied) return NEXT_STEPS.get(8)!;
  const known = NEXT_STEPS.get(sqliteCode(error) ?? -1);
  if (known !== undefined) return known;
  if (isFull(error)) return NEXT_STEPS.get(13)!;
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n", 1)[0]!;
}

function isFull(error: unknown): boolean {
  return error instanceof Error && /no space left|ENOSPC|os error (28|112)\b/i.test(error.message);
}
