/** The member that first had each name, so that another member with the same name is marked as new. */

import type { MemberInfo, ServerEvent } from "../../protocol/messages/messages.ts";
import { foldName } from "../../protocol/text/names.ts";
import { dropOldest } from "./drop_oldest.ts";

/** Maximum number of names with their members. The least recently seen is dropped first. */
export const MAX_NAMES_REMEMBERED = 1_000;
/** Maximum number of marked members. The oldest is dropped first. */
const MAX_STRANGERS = 1_000;

/** A folded name and the id of the member who had it first. */
export type KnownName = readonly [name: string, id: string];

export class KnownNames {
  /** Folded names and member ids, least recently seen first. */
  readonly #ids = new Map<string, string>();
  /** Ids of members that use another member's name, with that name. Their messages are marked. */
  readonly #strangers = new Map<string, string>();
  readonly #changed: () => void;

  /** `changed` is called when there is a new name to remember. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Restores the names that an earlier client knew. */
  restore(names: readonly KnownName[]): void {
    for (const [name, id] of names) this.#note(name, id);
  }

  /** Least recently seen first. */
  get names(): KnownName[] {
    return [...this.#ids];
  }

  /** Forgets everything: another server has other members. */
  forget(): void {
    this.#ids.clear();
    this.#strangers.clear();
  }

  /** Returns the event with `new` set exactly on the members whose name belonged to another member. */
  mark(event: ServerEvent): ServerEvent {
    switch (event.type) {
      case "joined":
        this.#noteOwn(event.you);
        return { ...event, members: this.#markAll(event.members) };
      case "members":
        return { ...event, members: this.#markAll(event.members) };
      case "presence":
        return { ...event, joined: this.#markAll(event.joined) };
      case "join":
      case "rename":
        return { ...event, member: this.#markMember(event.member) };
      case "message":
      case "edited":
      case "deleted":
      case "reacted":
        return this.#isStranger(event.from) ? { ...event, from: { ...event.from, new: true } } : event;
      default:
        return event;
    }
  }

  #isStranger({ id, name }: MemberInfo): boolean {
    const stranger = this.#strangers.get(id);
    return stranger !== undefined && stranger === foldName(name);
  }

  #markAll(members: readonly MemberInfo[]): MemberInfo[] {
    return members.map((member) => this.#markMember(member));
  }

  #markMember(member: MemberInfo): MemberInfo {
    const name = foldName(member.name);
    const known = this.#ids.get(name);
    if (known === undefined) this.#changed();
    if (known === undefined || known === member.id) this.#note(name, member.id);
    const wasStranger = this.#strangers.get(member.id) === name;
    const isStranger = known === undefined ? member.new === true : known !== member.id || wasStranger;
    if (!isStranger) {
      this.#strangers.delete(member.id);
      return withoutMark(member);
    }
    this.#strangers.set(member.id, name);
    dropOldest(this.#strangers, MAX_STRANGERS);
    return { ...member, new: true };
  }

  #noteOwn({ name, id }: MemberInfo): void {
    const folded = foldName(name);
    if (this.#ids.get(folded) !== id) this.#changed();
    this.#note(folded, id);
  }

  #note(name: string, id: string): void {
    this.#ids.delete(name);
    this.#ids.set(name, id);
    dropOldest(this.#ids, MAX_NAMES_REMEMBERED);
  }
}

function withoutMark({ new: _, ...member }: MemberInfo): MemberInfo {
  return member;
}
