/** What a client remembers, held by the test, and gone through JSON as it would on a disk. */

import { type ClientMemory, parseRemembered, type Remembered } from "../../src/client/client_memory.ts";

export class FakeMemory implements ClientMemory {
  saves = 0;
  closed = false;
  /** The disk is full. */
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

  /** What is left when the process dies now. */
  survivor(): FakeMemory {
    const survivor = new FakeMemory();
    survivor.#stored = this.#stored;
    return survivor;
  }
}
