/** A client's memory in the test, stored as JSON like on a disk. */

import { type ClientMemory, parseRemembered, type Remembered } from "../../src/client/client_memory.ts";

export class FakeMemory implements ClientMemory {
  saves = 0;
  closed = false;
  /** While true, saving fails. */
  full = false;
  #stored: string | undefined;

  get stored(): Remembered | undefined {
    return this.load();
  }

  get refs(): string[] {
    return this.stored?.pending.map(({ ref }) => ref) ?? [];
  }

  load(): Remembered | undefined {
    return this.#stored === undefined ? undefined : parseRemembered(JSON.parse(this.#stored));
  }

  save(remembered: Remembered): boolean {
    if (this.closed) throw new Error("Cannot save: the memory is closed");
    this.saves++;
    if (!this.full) this.#stored = JSON.stringify(remembered);
    return !this.full;
  }

  close(): void {
    this.closed = true;
  }

  /** The memory of the next client if the process crashes now. */
  survivor(): FakeMemory {
    const survivor = new FakeMemory();
    survivor.#stored = this.#stored;
    return survivor;
  }
}
