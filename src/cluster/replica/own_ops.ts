import type { Effect, SessionId } from "../../core/effect.ts";
import { utf8Length } from "../../protocol/text/utf8_length.ts";
import type { LoggedHubOp } from "../cluster_op.ts";

/** An op with what only this server knows about it, or effects that only this server shows. */
export type OwnItem<Local> =
  & { readonly nth: number }
  & (
    | { readonly op: LoggedHubOp; readonly json: string; readonly bytes: number; readonly local: Local | undefined }
    | { readonly effects: readonly Effect[] }
  );

/** Ops of one entry that was or will be written. */
export interface OwnEntry<Local> {
  readonly n: number;
  /** The sealed bytes that were written. */
  readonly data: Uint8Array;
  /** By the monotonic clock. */
  readonly wroteAt: number;
  readonly items: OwnItem<Local>[];
}

interface Waiting {
  readonly nth: number;
  readonly resolve: () => void;
}

/**
 * The ops of this server that are not applied yet, in the order in which they were submitted: first those in entries that
 * were written, then those that wait for the next entry. It forgets nothing by itself.
 */
export class OwnOps<Local> {
  /** Written entries that were not applied yet, oldest first. */
  readonly entries: OwnEntry<Local>[] = [];
  #queue: OwnItem<Local>[] = [];
  #added = 0;
  #queuedBytes = 0;
  readonly #pending = new Map<SessionId, number>();
  readonly #waiting: Waiting[] = [];

  add(op: LoggedHubOp, local: Local | undefined): void {
    const json = JSON.stringify(op);
    const bytes = utf8Length(json) + 1;
    this.#queue.push({ nth: ++this.#added, op, json, bytes, local });
    this.#queuedBytes += bytes;
    if ("session" in op) this.#pending.set(op.session, (this.#pending.get(op.session) ?? 0) + 1);
  }

  addEffects(effects: readonly Effect[]): void {
    this.#queue.push({ nth: ++this.#added, effects });
  }

  /** Bytes of the ops that wait for an entry. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Whether anything waits for an entry. */
  get isQueued(): boolean {
    return this.#queue.length > 0;
  }

  isPending(session: SessionId): boolean {
    return this.#pending.has(session);
  }

  /** Resolves when everything added so far was applied or dropped. */
  settled(): Promise<void> {
    if (this.#oldest === undefined) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ nth: this.#added, resolve });
    return promise;
  }

  /** Takes ops for an entry of at most `maxBytes`, with the effects between and after them, in order. At least one op, if any waits. */
  take(maxBytes: number): OwnItem<Local>[] {
    let bytes = 0;
    let end = 0;
    for (; end < this.#queue.length; end++) {
      const item = this.#queue[end]!;
      if (!("op" in item)) continue;
      if (bytes > 0 && bytes + item.bytes > maxBytes) break;
      bytes += item.bytes;
    }
    this.#queuedBytes -= bytes;
    const taken = end === this.#queue.length ? this.#queue : this.#queue.slice(0, end);
    this.#queue = this.#queue.slice(end);
    return taken;
  }

  /** Takes the effects before the first op that waits. */
  takeEffects(): OwnItem<Local>[] {
    const first = this.#queue.findIndex((item) => "op" in item);
    return this.#queue.splice(0, first < 0 ? this.#queue.length : first);
  }

  /** Marks items of an entry as applied. Call it before their effects are shown. */
  finish(items: readonly OwnItem<Local>[]): void {
    for (const item of items) {
      if (!("op" in item) || !("session" in item.op)) continue;
      const { session } = item.op;
      const left = this.#pending.get(session)! - 1;
      if (left === 0) this.#pending.delete(session);
      else this.#pending.set(session, left);
    }
  }

  /** Resolves the promises of `settled` for all that is neither written nor waits any more. */
  settle(): void {
    const oldest = this.#oldest ?? Infinity;
    while (this.#waiting.length > 0 && this.#waiting[0]!.nth < oldest) this.#waiting.shift()!.resolve();
  }

  /** The written entries will never be applied. Keeps the ops without a session for later entries, and drops all others. */
  dropSessions(): void {
    const all = [...this.entries.splice(0).flatMap(({ items }) => items), ...this.#queue];
    this.finish(all);
    this.#queue = all.filter((item) => "op" in item && !("session" in item.op));
    this.#queuedBytes = this.#queue.reduce((sum, item) => sum + ("op" in item ? item.bytes : 0), 0);
    this.settle();
  }

  /** Drops everything. */
  clear(): void {
    this.entries.length = 0;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#pending.clear();
    this.settle();
  }

  get #oldest(): number | undefined {
    return (this.entries.find(({ items }) => items.length > 0)?.items[0] ?? this.#queue[0])?.nth;
  }
}
