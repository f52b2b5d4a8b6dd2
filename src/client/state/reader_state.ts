/** What is kept for whoever reads: from where on they have not read yet, and whom they do not want to read. */

import type { MemberInfo } from "../../protocol/messages/messages.ts";
import { foldCase } from "../../protocol/text/names.ts";
import { type LastSeq, MAX_ROOMS_REMEMBERED } from "../delivery/receive_cursor.ts";

export const MAX_IGNORED = 1_000;

/** The name as it was written, and the id of whoever had it then, empty where nobody had. */
export type Ignored = readonly [name: string, id: string];

export class ReaderState {
  readonly #unread = new Map<string, number>();
  #ignored: readonly Ignored[] = [];
  readonly #changed: () => void;

  /** `changed` is called when there is something else to remember. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Takes over what was kept. What was unread is none of it: it comes again. */
  restore(ignored: readonly Ignored[]): void {
    this.#ignored = ignored;
  }

  /** Rooms, each with the seq of the oldest message in it that was received and not read. */
  get unread(): LastSeq[] {
    return [...this.#unread];
  }

  /** `seq` of the oldest message that is not read, undefined where all is. The next client with this memory gets them again. */
  keepUnread(room: string, seq: number | undefined): void {
    if (this.#unread.get(room) === seq) return;
    if (seq === undefined) this.#unread.delete(room);
    else if (this.#unread.has(room) || this.#unread.size < MAX_ROOMS_REMEMBERED) this.#unread.set(room, seq);
    this.#changed();
  }

  /** Another server numbers its messages anew. */
  forget(): void {
    this.#unread.clear();
  }

  get ignored(): readonly Ignored[] {
    return this.#ignored;
  }

  /** Throws an Error for people where there are too many. */
  ignore(name: string, id = ""): void {
    const others = this.#without(name);
    if (others.length >= MAX_IGNORED) throw new Error(`You ignore ${MAX_IGNORED} people: /unignore one of them first`);
    this.#ignored = [...others, [name, id]];
    this.#changed();
  }

  /** False where nobody of that name was ignored. */
  unignore(name: string): boolean {
    const others = this.#without(name);
    if (others.length === this.#ignored.length) return false;
    this.#ignored = others;
    this.#changed();
    return true;
  }

  /** By either of the two: whoever takes another name stays ignored, and so does a name that comes back as somebody else. */
  ignores(member: MemberInfo): boolean {
    if (this.#ignored.length === 0) return false;
    const folded = foldCase(member.name);
    return this.#ignored.some(([name, id]) => id === member.id || foldCase(name) === folded);
  }

  #without(name: string): Ignored[] {
    const folded = foldCase(name);
    return this.#ignored.filter(([other]) => foldCase(other) !== folded);
  }
}
