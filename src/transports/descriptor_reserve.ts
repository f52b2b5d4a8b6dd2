import type { DescriptorReserve } from "./connection.ts";

/** Each held descriptor is this file, opened: every system that limits descriptors has it, and opening it has no effect. */
const FILE = "/dev/null";

/** Holds `count` descriptors from `take` to `release`; none on Windows, which has no such limit. */
export class FileReserve implements DescriptorReserve {
  readonly #count: number;
  readonly #files: Deno.FsFile[] = [];

  constructor(count: number) {
    this.#count = Deno.build.os === "windows" ? 0 : count;
  }

  take(): boolean {
    // Otherwise Deno might ask the user.
    if (Deno.permissions.querySync({ name: "read", path: FILE }).state !== "granted") return false;
    try {
      while (this.#files.length < this.#count) this.#files.push(Deno.openSync(FILE));
      return true;
    } catch {
      // Too few are left: connections get all of them.
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
