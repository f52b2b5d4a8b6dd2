/** Checks the signatures of what is shown, after it is shown and without blocking a frame of a browser. */

import { MAX_SIGNATURES_WAITING } from "../../protocol/limits.ts";
import { type Reading, type SignedEntryText, signedTextOf } from "../../protocol/identity/signed_entry.ts";
import type { Entry } from "../../protocol/messages/messages.ts";
import type { Clock } from "../clock.ts";
import { dropOldest } from "../state/drop_oldest.ts";

/**
 * Whether the signature is that of the text by the key. Must not reject. What it computes in this thread, it computes before
 * it returns, except for the first text.
 */
export type VerifySignature = (signed: SignedEntryText) => Promise<boolean>;

export interface SignatureCheckerOptions {
  readonly clock: Clock;
  readonly verify: VerifySignature;
  /** Called for each entry with a false signature. */
  readonly onFalse: (entry: Entry) => void;
}

/** The results of checking one member's last messages. */
export interface SignatureRecord {
  /** At most `RECORDED_MESSAGES`. */
  readonly messages: number;
  /** With a genuine signature. */
  readonly signed: number;
  readonly false: number;
  /** Signed with a key that is not among the member's keys. */
  readonly otherKey: number;
}

/** `key` is the one of a genuine signature. */
type Outcome = { readonly key: string } | "unsigned" | "false";

/** Messages of each member whose signatures are counted. */
export const RECORDED_MESSAGES = 20;
/** Members with such a record. The one whose first message is oldest is dropped first. */
const MAX_RECORDS = 1_000;
/** Signatures that are checked at once at first, and at most. Each batch may have four times as many as the last one. */
const FIRST_BATCH = 4;
const MAX_BATCH = 256;
/**
 * After this time in its thread, a batch gets no more signatures. A frame of a browser has 16 ms. Shorter batches are slower
 * together: browsers wait 4 ms between them.
 */
const BATCH_MS = 8;

interface Waiting {
  readonly entry: Entry;
  readonly signed: SignedEntryText;
}

export class SignatureChecker {
  readonly #options: SignatureCheckerOptions;
  readonly #waiting: Waiting[] = [];
  readonly #records = new Map<string, Outcome[]>();
  readonly #stopped = new AbortController();
  #batch = FIRST_BATCH;
  /** Whether a batch is being checked, or waits to be. */
  #running = false;
  /** Resolves when the last batch that has begun is checked. */
  #begun: Promise<void> | undefined;

  constructor(options: SignatureCheckerOptions) {
    this.#options = options;
  }

  /**
   * Checks the entry soon. One beyond `MAX_SIGNATURES_WAITING` is not checked, and counts as unsigned: a server that sends
   * more than the client can check costs it no more memory.
   */
  check(entry: Entry, reading: Reading): void {
    if (this.#stopped.signal.aborted) return;
    const signed = this.#waiting.length < MAX_SIGNATURES_WAITING ? signedTextOf(entry, reading) : undefined;
    if (signed === undefined) return this.#note(entry, "unsigned");
    this.#waiting.push({ entry, signed });
    if (this.#running) return;
    this.#running = true;
    this.#begun = Promise.resolve().then(() => this.#run());
  }

  /** Checks and reports nothing more. Resolves when the batch that may have begun is checked. */
  async stop(): Promise<void> {
    this.#waiting.length = 0;
    this.#stopped.abort();
    await this.#begun;
  }

  /** Forgets the members of another server. */
  forget(): void {
    this.#records.clear();
  }

  /** Returns the results for a member's last messages; `undefined` for nothing. `keys` are the member's present ones, if known. */
  record(memberId: string, keys: readonly string[] | undefined): SignatureRecord | undefined {
    const outcomes = this.#records.get(memberId);
    if (outcomes === undefined) return undefined;
    const used = outcomes.flatMap((outcome) => typeof outcome === "string" ? [] : [outcome.key]);
    return {
      messages: outcomes.length,
      signed: used.length,
      false: outcomes.filter((outcome) => outcome === "false").length,
      otherKey: keys === undefined ? 0 : used.filter((key) => !keys.includes(key)).length,
    };
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    const end = clock.now() + BATCH_MS;
    const batch: Promise<void>[] = [];
    do batch.push(this.#verify(this.#waiting.shift()!)); while (
      this.#waiting.length > 0 && batch.length < this.#batch && clock.now() < end
    );
    this.#batch = Math.min(MAX_BATCH, 4 * this.#batch);
    await Promise.all(batch);
    if (this.#waiting.length === 0) this.#running = false;
    else clock.after(0, () => this.#begun = this.#run(), this.#stopped.signal);
  }

  async #verify({ entry, signed }: Waiting): Promise<void> {
    const isGenuine = await this.#options.verify(signed);
    if (this.#stopped.signal.aborted) return;
    this.#note(entry, isGenuine ? { key: signed.key } : "false");
    if (!isGenuine) this.#options.onFalse(entry);
  }

  /** Only messages are counted. A deleted message has no signature any more. */
  #note(entry: Entry, outcome: Outcome): void {
    if (entry.type !== "message" || entry.deleted) return;
    const outcomes = this.#records.get(entry.from.id) ?? [];
    outcomes.push(outcome);
    if (outcomes.length > RECORDED_MESSAGES) outcomes.shift();
    this.#records.set(entry.from.id, outcomes);
    dropOldest(this.#records, MAX_RECORDS);
  }
}
