import { join } from "node:path";
import { preparePrivateFolder, readPrivateFile, replacePrivateFile } from "../platform/private_file.ts";

/** A file of one line for each server, which begins with its `host:port`. Only its owner can read it. */
export class ServerLines {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** The line of a server by `host:port`. Throws if the file cannot be read. */
  find(server: string): string | undefined {
    return this.all().find((line) => serverOf(line) === server);
  }

  /** All lines, oldest first. Throws if the file cannot be read. */
  all(): string[] {
    return (readPrivateFile(this.#path) ?? "").split("\n").filter((line) => line !== "");
  }

  /**
   * Replaces the line of the server, or removes it. More than `most` lines lose the oldest. Throws if the file cannot be
   * written.
   */
  keep(server: string, line: string | undefined, most = Infinity): void {
    preparePrivateFolder(join(this.#path, ".."));
    const lock = Deno.openSync(`${this.#path}.lock`, { create: true, write: true, mode: 0o600 });
    try {
      lock.lockSync(true);
      const others = this.all().filter((line) => serverOf(line) !== server);
      const kept = line === undefined ? others : [...others, line];
      replacePrivateFile(this.#path, [...kept.slice(-Math.min(most, kept.length)), ""].join("\n"));
    } finally {
      lock.close();
    }
  }
}

function serverOf(line: string): string {
  return line.split(" ", 1)[0]!;
}
