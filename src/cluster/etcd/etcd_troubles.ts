import type { EtcdFault, EtcdFaultKind } from "./etcd_fault.ts";

/** The most telling fault of several comes first. */
const URGENCY: readonly EtcdFaultKind[] = [
  ...["full", "refused", "foreign", "oversized", "expired"] as const,
  ...["busy", "unreachable", "compacted", "tooLarge", "open"] as const,
];

/** Tells an operator what keeps calls from succeeding, once for each change, and only what does not pass at once. */
export class EtcdTroubles {
  readonly #graceMs: number;
  readonly #tell: (trouble: string | undefined) => void;
  /** When calls of a kind began to fail, on the monotonic clock, and how. */
  readonly #troubles = new Map<string, { readonly since: number; readonly fault: EtcdFault }>();
  #told: string | undefined;

  constructor(graceMs: number, tell: (trouble: string | undefined) => void) {
    this.#graceMs = graceMs;
    this.#tell = tell;
  }

  /** The sentence that was told last; `undefined` if all is well. */
  get current(): string | undefined {
    return this.#told;
  }

  /** Calls of this kind have failed at all endpoints. Returns the most telling of these faults, of which there is one at least. */
  add(kind: string, faults: readonly EtcdFault[]): EtcdFault {
    const fault = faults.toSorted((a, b) => urgency(a) - urgency(b))[0]!;
    const since = this.#troubles.get(kind)?.since ?? performance.now();
    this.#troubles.set(kind, { since, fault });
    this.#update();
    return fault;
  }

  /** A call of this kind has succeeded. */
  end(kind: string): void {
    if (this.#troubles.delete(kind)) this.#update();
  }

  #update(): void {
    const now = performance.now();
    const lasting = [...this.#troubles.values()]
      .filter(({ since, fault }) => now - since >= this.#graceMs || urgency(fault) < URGENCY.indexOf("busy"))
      .map(({ fault }) => fault)
      .toSorted((a, b) => urgency(a) - urgency(b));
    const trouble = lasting[0]?.message;
    if (trouble === this.#told) return;
    this.#told = trouble;
    this.#tell(trouble);
  }
}

function urgency({ kind }: EtcdFault): number {
  return URGENCY.indexOf(kind);
}
