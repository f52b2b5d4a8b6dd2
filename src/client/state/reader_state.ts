/** The reader's own state: the members whom they ignore. */

import type { MemberInfo } from "../../protocol/messages/messages.ts";
import { foldName } from "../../protocol/text/names.ts";

/** Maximum number of ignored members. */
export const MAX_IGNORED = 1_000;

/**
 * A name as typed, and the id of the member that had it then; empty if no member had it. `true` if the server has confirmed
 * that it keeps their private messages back.
 */
export type Ignored = readonly [name: string, id: string, blocked?: true];

export class ReaderState {
  #ignored: readonly Ignored[] = [];
  readonly #changed: () => void;

  /** `changed` is called when there is something else to remember. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Restores the ignored members. */
  restore(ignored: readonly Ignored[]): void {
    this.#ignored = ignored;
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

  /** The ids of ignored members whom the server is not known to block. */
  get unblocked(): readonly string[] {
    return this.#ignored.flatMap(([, id, blocked]) => id === "" || blocked ? [] : [id]);
  }

  /** Notes that the server blocks this member. */
  blocked(id: string): void {
    if (!this.unblocked.includes(id)) return;
    this.#ignored = this.#ignored.map((ignored) => ignored[1] === id ? [ignored[0], id, true] : ignored);
    this.#changed();
  }

  /** Another server blocks nobody. */
  forgetBlocks(): void {
    this.#ignored = this.#ignored.map(([name, id]) => [name, id]);
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
  ignores(member: Pick<MemberInfo, "id" | "name">): boolean {
    if (this.#ignored.length === 0) return false;
    const folded = foldName(member.name);
    return this.#ignored.some(([name, id]) => id === member.id || foldName(name) === folded);
  }

  #without(name: string): Ignored[] {
    const folded = foldName(name);
    return this.#ignored.filter(([other]) => foldName(other) !== folded);
  }
}
