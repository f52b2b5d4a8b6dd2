/** Runs everything of a simulation in one order, which follows from a seed, on a clock that never waits. */

/** How many promises may follow from one another after an event. */
const MICROTASKS = 20;

interface Event {
  readonly at: number;
  readonly nth: number;
  readonly run: () => void;
}

export class VirtualTime {
  /** Milliseconds since the start. */
  now = 0;
  readonly #heap: Event[] = [];
  #count = 0;

  /** Runs the work after so many milliseconds. Works of one time run in the order of the calls. */
  after(ms: number, run: () => void): void {
    const heap = this.#heap;
    let at = heap.push({ at: this.now + ms, nth: ++this.#count, run }) - 1;
    for (let parent = at - 1 >> 1; at > 0 && isBefore(heap[at]!, heap[parent]!); at = parent, parent = at - 1 >> 1) {
      [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
    }
  }

  /** Runs all events up to this time, and after each one the promises that it has settled. */
  async runUntil(end: number): Promise<void> {
    while (this.#heap.length > 0 && this.#heap[0]!.at <= end) {
      const { at, run } = this.#take();
      this.now = at;
      run();
      for (let count = 0; count < MICROTASKS; count++) await undefined;
    }
    this.now = end;
  }

  #take(): Event {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    heap[0] = last;
    for (let at = 0;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (left < heap.length && isBefore(heap[left]!, heap[least]!)) least = left;
      if (right < heap.length && isBefore(heap[right]!, heap[least]!)) least = right;
      if (least === at) return first;
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.nth < other.nth);
}
