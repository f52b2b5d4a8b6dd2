/** The reader's own state: the first unread message of each room, and the ignored members. */

import type { MemberInfo } from "../../protocol/messages/messages.ts";
import { foldName } from "../../protocol/text/names.ts";
import { type LastSeq, MAX_ROOMS_REMEMBERED } from "../delivery/receive_cursor.ts";

/** Maximum number of ignored members. */
export const MAX_IGNORED = 1_000;

/** A name as typed, and the id of the member that had it then; empty if no member had it. */
export type Ignored = readonly [name: string, id: string];

export class ReaderState {
  readonly #unread = new Map<string, LastSeq>();
  #ignored: readonly Ignored[] = [];
  readonly #changed: () => void;
  readonly #idBefore: (room: string, seq: number) => string | undefined;

  /**
   * `changed` is called when there is something else to remember. `idBefore` returns the id of the entry before the one
   * with this seq, if it is known.
   */
  constructor(changed: () => void, idBefore: (room: string, seq: number) => string | undefined) {
    this.#changed = changed;
    this.#idBefore = idBefore;
  }

  /** Restores the ignored members. Unread messages need no restoring: they are received again. */
  restore(ignored: readonly Ignored[]): void {
    this.#ignored = ignored;
  }

  /** Rooms, each with the seq of the oldest unread message, and the id of the entry before it. */
  get unread(): LastSeq[] {
    return [...this.#unread.values()];
  }

  /**
   * Sets the seq of the oldest unread message; `undefined` if all are read. The next client receives the messages from
   * there on once more.
   */
  keepUnread(room: string, seq: number | undefined): void {
    if (this.#unread.get(room)?.[1] === seq) return;
    if (seq === undefined) this.#unread.delete(room);
    else if (this.#unread.has(room) || this.#unread.size < MAX_ROOMS_REMEMBERED) {
      const id = this.#idBefore(room, seq);
      this.#unread.set(room, id === undefined ? [room, seq] : [room, seq, id]);
    }
    this.#changed();
  }

  /** Forgets the unread messages: another server numbers its messages differently. */
  forget(): void {
    this.#unread.clear();
  }

  get ignored(): readonly Ignored[] {
    return this.#ignored;
  }

  /** Throws an Error for users if `MAX_IGNORED` members are ignored already. */
  ignore(name: string, id = ""): void {
    const others = this.#without(name);
    if (others.length >= MAX_IGNORED) throw new Error(`You ignore ${MAX_IGNORED} people: /unignore one of them first`);
    this.#ignored = [...others, [name, id]];
    this.#changed();
  }

  /** False if no member of that name was ignored. */
  unignore(name: string): boolean {
    const others = this.#without(name);
    if (others.length === this.#ignored.length) return false;
    this.#ignored = others;
    this.#changed();
    return true;
  }

  /**
   * Matches by id or by name: a renamed member stays ignored, and so does an ignored name that another member takes.
   */
  ignores(member: MemberInfo): boolean {
    if (this.#ignored.length === 0) return false;
    const folded = foldName(member.name);
    return this.#ignored.some(([name, id]) => id === member.id || foldName(name) === folded);
  }

  #without(name: string): Ignored[] {
    const folded = foldName(name);
    return this.#ignored.filter(([other]) => foldName(other) !== folded);
  }
}
