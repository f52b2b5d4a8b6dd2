import type { ShownCallMember } from "./shown_call.ts";

/** Finds out who has come and gone since the last time. */
export class MembershipNews {
  /** Names by id; `undefined` before the first time. */
  #known: ReadonlyMap<string, string> | undefined;

  /** A sentence about the members who have entered or left; `undefined` without news. */
  next(members: readonly ShownCallMember[]): string | undefined {
    const before = this.#known;
    const now = new Map(members.filter(({ entered }) => entered).map(({ id, name }) => [id, name]));
    this.#known = now;
    if (before === undefined) return undefined;
    const news = [
      ...[...now].filter(([id]) => !before.has(id)).map(([, name]) => `${name} has entered the call`),
      ...[...before].filter(([id]) => !now.has(id)).map(([, name]) => `${name} has left the call`),
    ];
    return news.length === 0 ? undefined : news.join(", ");
  }
}
