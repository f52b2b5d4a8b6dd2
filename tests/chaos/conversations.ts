/** The conversations of a chaos run: what each device has shown of them, and whether they kept their promises. */

import type { Client } from "../../src/client/client.ts";
import { type DirectEntry, placeKey } from "../../src/protocol/messages/messages.ts";

/** The first characters of a direct message's text. */
export const WHISPER = "@";

/** The entries of all conversations that one device has shown, in order. */
export class ShownConversations {
  readonly #byKey = new Map<string, DirectEntry[]>();

  add(entry: DirectEntry): void {
    const key = placeKey(entry);
    const shown = this.#byKey.get(key) ?? [];
    this.#byKey.set(key, shown);
    shown.push(entry);
  }

  /** Forgets what a killed client had not saved: it will be shown again. `lastSeqs` is what it saved. */
  forgetUnsaved(lastSeqs: readonly (readonly [key: string, seq: number, id?: string])[]): void {
    const saved = new Map(lastSeqs.map(([key, seq]) => [key, seq]));
    for (const [key, shown] of this.#byKey) {
      while (shown.length > 0 && shown.at(-1)!.seq > (saved.get(key) ?? 0)) shown.pop();
    }
  }

  get all(): ReadonlyMap<string, readonly DirectEntry[]> {
    return this.#byKey;
  }

  /** The seq of the newest entry of the conversation. */
  newest(key: string): number {
    return this.#byKey.get(key)?.at(-1)?.seq ?? 0;
  }
}

/** An acknowledged direct message. */
export interface Whisper {
  readonly text: string;
  readonly id: string;
  readonly seq: number;
}

/**
 * Returns one sentence for each entry of a conversation that a device of one of its two members did not show once and in
 * order, from the first one that it showed: a device without a memory begins where its member has read.
 */
export function findConversationFaults(
  who: string,
  shown: ReadonlyMap<string, readonly DirectEntry[]>,
  whispers: ReadonlyMap<string, readonly Whisper[]>,
): string[] {
  const faults: string[] = [];
  for (const [key, entries] of shown) {
    for (const [index, { seq }] of entries.entries()) {
      if (index > 0 && seq !== entries[index - 1]!.seq + 1) faults.push(`${who} showed ${seq} of ${key} out of order`);
    }
  }
  for (const [key, sent] of whispers) {
    const entries = shown.get(key) ?? [];
    const first = entries[0]?.seq ?? Infinity;
    const ids = new Map(entries.map((entry) => [entry.id, entry.seq]));
    for (const { text, id, seq } of sent) {
      if (seq >= first && ids.get(id) !== seq) {
        faults.push(`${who} did not show ${text} of ${key} as ${seq}, but as ${ids.get(id)}`);
      }
    }
  }
  return faults;
}

/**
 * Whether the device knows that its member has read the conversation up to this seq, and has shown it up to there, if it has
 * shown any of it.
 */
export function isRead(client: Client | undefined, shown: ShownConversations, key: string, seq: number): boolean {
  const isShown = shown.newest(key) >= seq || shown.newest(key) === 0;
  return isShown && (client?.state.conversations.get(key)?.mark?.seq ?? 0) >= seq;
}
