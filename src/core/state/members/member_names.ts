import { MAX_NAME_CHARS } from "../../../protocol/limits.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { foldName, nameKeys, parseName, quote } from "../../../protocol/text/names.ts";
import { isReserved } from "../../../protocol/text/reserved_names.ts";
import type { Accounts } from "../accounts.ts";
import type { Member } from "./member.ts";

/**
 * The names of present members. No two of them look alike, and none looks like the name of another
 * member's account.
 */
export class MemberNames {
  /** Present members, by each key of their name (see `nameKeys`). */
  readonly #byKey = new Map<string, Member>();
  readonly #accounts: Accounts;

  constructor(accounts: Accounts) {
    this.#accounts = accounts;
  }

  /** The present member with this name, ignoring case. Names that only look alike do not match. */
  find(name: string): Member | undefined {
    const member = this.#byKey.get(nameKeys(name)[0]!);
    return member !== undefined && foldName(member.name) === foldName(name) ? member : undefined;
  }

  take(member: Member): void {
    for (const key of nameKeys(member.name)) this.#byKey.set(key, member);
  }

  release(member: Member): void {
    for (const key of nameKeys(member.name)) {
      if (this.#byKey.get(key) === member) this.#byKey.delete(key);
    }
  }

  /**
   * Throws `name_taken` if `name` looks like the name of another present or registered member, and `name_invalid` if it
   * looks like a reserved name. Both suggest a free name. `self` is the member who wants the name.
   */
  checkFree(name: string, self: Member | undefined): void {
    if (isReserved(name)) {
      const suggestion = this.#suggest(name, self);
      const text = `Name ${quote(name)} is reserved for the chat itself: ${quote(suggestion)} is free`;
      throw new ProtocolError("name_invalid", text, { suggestion });
    }
    const holder = this.#holder(name, self);
    if (holder === undefined) return;
    const suggestion = this.#suggest(name, self);
    const taken = holder.name === name ? "is taken" : `is too similar to ${quote(holder.name)}`;
    const isRegistered = this.#accounts.named(name) !== undefined;
    const reason = isRegistered ? "is registered: log in with its password, or choose another name" : taken;
    throw new ProtocolError("name_taken", `Name ${quote(name)} ${reason}: ${quote(suggestion)} is free`, {
      suggestion,
    });
  }

  /** The present member or the account, other than `self`, whose name looks like this one. */
  #holder(name: string, self: Member | undefined): { readonly name: string } | undefined {
    for (const key of nameKeys(name)) {
      const holder = this.#byKey.get(key);
      if (holder !== undefined && holder !== self) return holder;
    }
    // A registered name stays with its account, even if a later one looks like it.
    if (self !== undefined && this.#accounts.isNamed(self.id, name)) return undefined;
    const account = this.#accounts.holder(name);
    return account !== undefined && account.id !== self?.id ? account : undefined;
  }

  /** A free name: `name` with the lowest possible number from 2, shortened if necessary. */
  #suggest(name: string, self: Member | undefined): string {
    const chars = [...name];
    for (let number = 2;; number++) {
      const ending = String(number);
      const candidate = chars.slice(0, MAX_NAME_CHARS - ending.length).join("") + ending;
      if (isValidName(candidate) && this.#holder(candidate, self) === undefined) return candidate;
      if (!isValidName(candidate)) chars.pop();
    }
  }
}

/** Whether the name is valid as it is. */
function isValidName(name: string): boolean {
  try {
    return parseName(name) === name;
  } catch {
    return false;
  }
}
