import { MAX_NAME_CHARS } from "../../../protocol/limits.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { foldName, nameKeys, parseName, quote } from "../../../protocol/text/names.ts";
import { isReserved } from "../../../protocol/text/reserved_names.ts";
import type { HistoryReader } from "../../hub_options.ts";
import type { RandomStream } from "../../random_stream.ts";
import type { Accounts } from "../accounts.ts";
import type { Member } from "./member.ts";
import type { OwnedName, OwnedNames } from "./owned_names.ts";

/** All who may have names. */
export interface KnownMembers {
  readonly accounts: Accounts;
  readonly owned: OwnedNames;
  /** The members in memory, by id. */
  readonly members: ReadonlyMap<string, Member>;
  readonly historyReader: HistoryReader;
  /** Draws the numbers of suggested names when the lowest ones are taken. */
  readonly random: RandomStream;
}

interface NameHolder {
  readonly id: string;
  readonly name: string;
}

/**
 * The names of present members. No two of them look alike, and none looks like the name of another
 * member's account, or like a name that another member's key owns.
 */
export class MemberNames {
  /** Present members, by each key of their name (see `nameKeys`). */
  private readonly byKey = new Map<string, Member>();
  private readonly accounts: Accounts;
  private readonly owned: OwnedNames;
  private readonly members: KnownMembers["members"];
  private readonly historyReader: KnownMembers["historyReader"];
  private readonly random: RandomStream;

  constructor({ accounts, owned, members, historyReader, random }: KnownMembers) {
    this.accounts = accounts;
    this.owned = owned;
    this.members = members;
    this.historyReader = historyReader;
    this.random = random;
  }

  /** The present member with this name, ignoring case. Names that only look alike do not match. */
  find(name: string): Member | undefined {
    const member = this.byKey.get(nameKeys(name)[0]!);
    return member !== undefined && foldName(member.name) === foldName(name) ? member : undefined;
  }

  take(member: Member): void {
    for (const key of nameKeys(member.name)) this.byKey.set(key, member);
  }

  release(member: Member): void {
    for (const key of nameKeys(member.name)) {
      if (this.byKey.get(key) === member) this.byKey.delete(key);
    }
  }

  /**
   * Throws `name_taken` if `name` looks like the name of another present or registered member, or like one that another
   * member owns, and `name_invalid` if it looks like a reserved name. Both suggest a free name. `self` is the member who
   * wants the name.
   */
  checkFree(name: string, self: Member | undefined): void {
    if (isReserved(name)) {
      const suggestion = this.suggest(name, self);
      const text = `Name ${quote(name)} is reserved for the chat itself: ${quote(suggestion)} is free`;
      throw new ProtocolError("name_invalid", text, { suggestion });
    }
    const holder = this.holder(name, self) ?? this.owners(name, self).find((owned) => this.isKnown(owned));
    if (holder === undefined) return;
    const suggestion = this.suggest(name, self);
    const text = `Name ${quote(name)} ${this.reason(name, holder)}: ${quote(suggestion)} is free`;
    throw new ProtocolError("name_taken", text, { suggestion });
  }

  private reason(name: string, holder: NameHolder): string {
    if (this.accounts.named(name) !== undefined) {
      return "is registered: log in with its password, or choose another name";
    }
    if (this.owned.isNamed(holder.id, name)) {
      return "belongs to a member with a key: link this device with /link on the other one, or choose another name";
    }
    return holder.name === name ? "is taken" : `is too similar to ${quote(holder.name)}`;
  }

  /** The present member or the account, other than `self`, whose name looks like this one. */
  private holder(name: string, self: Member | undefined): NameHolder | undefined {
    for (const key of nameKeys(name)) {
      const holder = this.byKey.get(key);
      if (holder !== undefined && holder !== self) return holder;
    }
    // A registered name stays with its account, even if a later one looks like it.
    if (self !== undefined && this.accounts.isNamed(self.id, name)) return undefined;
    const account = this.accounts.holder(name);
    return account !== undefined && account.id !== self?.id ? account : undefined;
  }

  /** The names like this one that members other than `self` own. An account keeps its name in any case. */
  private owners(name: string, self: Member | undefined): OwnedName[] {
    if (self !== undefined && this.accounts.isNamed(self.id, name)) return [];
    return this.owned.alike(name).filter(({ id }) => id !== self?.id);
  }

  /** Whether the owner can return. A store in memory forgets members past its limit, and then the name is free. */
  private isKnown({ id, name }: OwnedName): boolean {
    return this.members.has(id) || this.historyReader.memberByName([foldName(name)])?.id === id;
  }

  private randomNumber(): number {
    const bytes = new Uint8Array(64);
    this.random.fill(bytes);
    return LEAST_RANDOM_NUMBER + new DataView(bytes.buffer).getUint32(0) % (9 * LEAST_RANDOM_NUMBER);
  }

  private isFree(name: string, self: Member | undefined): boolean {
    return this.holder(name, self) === undefined && this.owners(name, self).length === 0;
  }

  /**
   * A free name: `name` with the lowest possible number from 2, shortened if necessary. If all numbers up to
   * `NUMBERS_IN_ORDER` are taken, it is random, so that nobody can make the search long by taking names.
   */
  private suggest(name: string, self: Member | undefined): string {
    const chars = [...name];
    for (let number = 2;; number++) {
      const ending = String(number <= NUMBERS_IN_ORDER ? number : this.randomNumber());
      const candidate = chars.slice(0, MAX_NAME_CHARS - ending.length).join("") + ending;
      if (isValidName(candidate) && this.isFree(candidate, self)) return candidate;
      if (!isValidName(candidate)) chars.pop();
    }
  }
}

/** The last number that is tried in order for a suggested name. */
const NUMBERS_IN_ORDER = 100;
/** Then come random ones from here to ten times as much: many more than a server has names. */
const LEAST_RANDOM_NUMBER = 100_000;

/** Whether the name is valid as it is. */
function isValidName(name: string): boolean {
  try {
    return parseName(name) === name;
  } catch {
    return false;
  }
}

/** The error for a name that no member has, or none that the asker may know of. */
export function noSuchMember(name: string): ProtocolError {
  return new ProtocolError("no_such_member", `No member is called ${quote(name)}: /who lists those in a room`);
}
