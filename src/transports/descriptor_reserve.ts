import type { DescriptorReserve } from "./connection.ts";

/** Held by opening this so often: it is there on every system that counts descriptors, and opening it has no effect. */
const FILE = "/dev/null";

/** Holds so many descriptors from `take` to `release`. Windows has no bound that would make it worth while: none there. */
export class FileReserve implements DescriptorReserve {
  readonly #count: number;
  readonly #files: Deno.FsFile[] = [];

  constructor(count: number) {
    this.#count = Deno.build.os === "windows" ? 0 : count;
  }

  take(): boolean {
    try {
      while (this.#files.length < this.#count) this.#files.push(Deno.openSync(FILE));
      return true;
    } catch {
      // Too few are left, or Deno was not given the right to read: all are left to connections.
      this.release();
      return false;
    }
  }

  release(): boolean {
    const held = this.#files.length > 0;
    for (const file of this.#files.splice(0)) file.close();
    return held;
  }
}
