import type { LogEntry } from "../command_log.ts";

/** A range of keys as the gateway takes it, in Base64. */
export interface KeyRange {
  readonly key: string;
  readonly range_end: string;
}

/**
 * The keys of one cluster in etcd. All begin with `/confab/CLUSTER/`, and are in Base64, as the gateway takes them.
 * `log/S/N` holds entry N of incarnation S, `trimmed` the position up to which entries were removed, `birth` a random
 * value that is there before the first entry, and `founded/NAME` a founding record.
 */
export class EtcdKeys {
  readonly log: KeyRange;
  readonly birth: string;
  readonly trimmed: string;
  readonly #prefix: string;

  constructor(cluster: string) {
    this.#prefix = `/confab/${cluster}/`;
    // "0" is the character after "/".
    this.log = { key: btoa(`${this.#prefix}log/`), range_end: btoa(`${this.#prefix}log0`) };
    this.birth = btoa(`${this.#prefix}birth`);
    this.trimmed = btoa(`${this.#prefix}trimmed`);
  }

  entry({ s, n }: Pick<LogEntry, "s" | "n">): string {
    return btoa(`${this.#prefix}log/${s}/${n}`);
  }

  founded(name: string): string {
    return btoa(`${this.#prefix}founded/${name}`);
  }

  /** Returns `undefined` for a key that no server of this cluster writes. */
  readEntry(key: string): Pick<LogEntry, "s" | "n"> | undefined {
    const text = atob(key);
    const start = `${this.#prefix}log/`;
    const [, s, n] = text.startsWith(start)
      ? /^([1-9]\d{0,15})\/([1-9]\d{0,15})$/.exec(text.slice(start.length)) ?? []
      : [];
    const numbers = { s: Number(s), n: Number(n) };
    return Number.isSafeInteger(numbers.s) && Number.isSafeInteger(numbers.n) ? numbers : undefined;
  }
}
