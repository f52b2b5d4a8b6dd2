/**
 * Makes an empty file that only this user can read, where there is none. Never opens one that exists:
 * closing it again would take from SQLite, within this process, the locks it holds on it.
 */
export function createPrivately(path: string): void {
  try {
    Deno.openSync(path, { createNew: true, write: true, mode: 0o600 }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}
