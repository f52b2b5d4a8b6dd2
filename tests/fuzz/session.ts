/** Fuzzes one target from its first input to its last, in the calling thread. */

import { type Corpus, inAscii } from "./corpus.ts";
import { inputsOf } from "./input.ts";
import { minimise } from "./minimise.ts";
import { processorMs } from "./processor_time.ts";
import type { Subject, Target } from "./target.ts";

/** Faults after which a run stops. */
const MAX_FAULTS = 5;
/** Bytes by which the heap may grow, for compiled code and caches. The runs of the gate grow by less than 0.5 MiB. */
export const MAX_GROWN_BYTES = 3 * 1024 * 1024;
/** The share of a run after which the heap is measured for the first time. */
const WARM_UP = 0.25;
/** Most outcomes that are counted separately. */
const MAX_OUTCOMES = 200;

export interface Order {
  readonly seed: number;
  /** Number of the first input. */
  readonly first: number;
  /** Limits of the run: the first one reached ends it. */
  readonly inputs: number;
  readonly ms: number;
  /** An input that takes longer is repeated twice, and a fault if each time needs so much processor time. */
  readonly maxInputMs: number;
  /** True to search for outcomes that the corpus lacks. */
  readonly discover: boolean;
}

export interface Fault {
  /** Number of the input; `undefined` for an entry of the corpus. */
  readonly number?: number;
  readonly what: string;
  readonly text: string;
}

export interface Report {
  readonly inputs: number;
  readonly ms: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly faults: readonly Fault[];
  readonly found: readonly string[];
  readonly slowestMs: number;
  /** `undefined` without `--v8-flags=--expose-gc`, and for runs that are too short. */
  readonly grownBytes?: number;
}

interface Trial {
  readonly outcome?: string;
  readonly fault?: string;
}

export class Session {
  readonly #target: Target;
  readonly #corpus: Corpus;
  readonly #outcomes = new Map<string, number>();
  readonly #faults: Fault[] = [];
  readonly #found: string[] = [];
  #subject: Subject;
  #slowestMs = 0;

  constructor(target: Target, corpus: Corpus) {
    this.#target = target;
    this.#corpus = corpus;
    this.#subject = target.open();
  }

  /** Calls `begin` with the number of each input before it runs; -1 for the corpus. */
  async run(order: Order, begin: (number: number) => void): Promise<Report> {
    begin(-1);
    for (const input of [...this.#corpus.parents, ...this.#corpus.found]) {
      if (this.#faults.length < MAX_FAULTS) await this.#take(input, { ...order, discover: false });
    }
    const started = performance.now();
    const inputAt = inputsOf(this.#target, order.seed, this.#corpus.parents);
    let heap: number | undefined;
    let count = 0;
    for (; count < order.inputs && this.#faults.length < MAX_FAULTS; count++) {
      const passed = performance.now() - started;
      if (passed >= order.ms) break;
      if (heap === undefined && Math.max(count / order.inputs, passed / order.ms) >= WARM_UP) heap = heapBytes();
      begin(order.first + count);
      await this.#take(inputAt(order.first + count), order, order.first + count);
    }
    const ms = performance.now() - started;
    this.#subject[Symbol.dispose]?.();
    return this.#report(count, ms, heap);
  }

  #report(inputs: number, ms: number, heap: number | undefined): Report {
    const now = heap === undefined ? undefined : heapBytes();
    const grownBytes = heap === undefined || now === undefined ? undefined : now - heap;
    if (grownBytes !== undefined && grownBytes > MAX_GROWN_BYTES) {
      this.#faults.push({ what: `The heap has grown by ${grownBytes} bytes`, text: "" });
    }
    const outcomes = Object.fromEntries([...this.#outcomes].sort(([, a], [, b]) => b - a));
    const faults = this.#faults;
    return { inputs, ms, outcomes, faults, found: this.#found, slowestMs: this.#slowestMs, grownBytes };
  }

  async #take(input: string, { discover, maxInputMs }: Order, number?: number): Promise<void> {
    const trial = (candidate: string) => this.#try(candidate, maxInputMs);
    const { outcome, fault } = await trial(input);
    if (fault !== undefined) {
      const fails = async (candidate: string) => (await trial(candidate)).fault !== undefined;
      const text = await this.#shortest(input, fails, fault.startsWith(SLOW) ? 8 : 1_000);
      this.#faults.push({ number, text, what: (await trial(text)).fault ?? fault });
    } else if (outcome !== undefined && this.#isNew(outcome) && discover) {
      const same = async (candidate: string) => (await trial(candidate)).outcome === outcome;
      this.#found.push(await this.#shortest(input, same, 300));
    }
  }

  #isNew(outcome: string): boolean {
    const known = this.#outcomes.get(outcome) ?? 0;
    if (known === 0 && this.#outcomes.size >= MAX_OUTCOMES) return false;
    this.#outcomes.set(outcome, known + 1);
    return known === 0;
  }

  async #shortest(input: string, fits: (candidate: string) => Promise<boolean>, tries: number): Promise<string> {
    // Long inputs take long to minimise.
    const affordable = Math.max(20, Math.min(tries, Math.floor(2_000_000 / (input.length + 1))));
    return await minimise(input, fits, this.#target.lines ? "\n" : "", affordable);
  }

  async #try(input: string, maxMs: number): Promise<Trial> {
    let fastest = Infinity;
    for (let attempt = 0; attempt < 3; attempt++) {
      // Processor time counts, since the clock goes on while other threads compute. It is slow to read, and coarse.
      const now = attempt === 0 ? () => performance.now() : processorMs;
      const started = now();
      try {
        const result = this.#subject.run(input);
        const outcome = typeof result === "string" ? result : await result;
        fastest = Math.min(fastest, now() - started);
        if (fastest <= maxMs) {
          this.#slowestMs = Math.max(this.#slowestMs, fastest);
          return { outcome };
        }
      } catch (error) {
        // State left by this input must not count against the next ones.
        this.#subject[Symbol.dispose]?.();
        this.#subject = this.#target.open();
        return { fault: error instanceof Error ? error.stack ?? error.message : String(error) };
      }
    }
    return { fault: `${SLOW} ${Math.round(fastest)} ms of processor time` };
  }
}

const SLOW = "Took";

function heapBytes(): number | undefined {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) return undefined;
  gc();
  gc();
  return Deno.memoryUsage().heapUsed;
}

/** Describes how to repeat a fault. */
export function faultLines(target: string, seed: number, { number, what, text }: Fault): string[] {
  const where = number === undefined
    ? "an entry of the corpus, or the run as a whole"
    : `--seed ${seed} --input ${number}`;
  return [`  ${target}: --target ${target} ${where}`, `    ${inAscii(text).slice(0, 2_000)}`, `    ${what}`];
}
