import {
  MAX_ACCOUNTS,
  MAX_ACCOUNTS_OF_THIS_MACHINE,
  MAX_ACCOUNTS_PER_ADDRESS,
  MAX_TOKENS_PER_ACCOUNT,
} from "../../protocol/limits.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import type { AccountSession } from "../../protocol/messages/messages.ts";
import type { Device } from "../../protocol/identity/device_list.ts";
import { foldName, nameKeys } from "../../protocol/text/names.ts";
import type { Effect, KeptRecord, KnownMember } from "../effect.ts";
import { Quota } from "./quotas/quota.ts";
import { timestamp } from "../../protocol/text/durations.ts";

/**
 * A registered member. The name stays reserved for them, also while they use another one, until they
 * register another.
 */
export interface Account {
  /** The member's id. */
  readonly id: string;
  readonly name: string;
  /** The hash of the password, in the format of the server's hash function. */
  readonly hash: string;
  /** The only room that the member was invited to; `undefined` for all rooms. */
  readonly room?: string;
  /** The origin it was registered from, as `originOf` gives it. It is never shown. */
  readonly from?: string;
}

/** A token of an account, stored under its digest, or a key, stored under its `keyDigest`. */
interface Token {
  readonly id: string;
  readonly account: string;
  readonly since: number;
  /** The time of its last use, in milliseconds since the epoch, as `since`. */
  readonly seen: number;
}

/** All accounts and their tokens. They are in memory, and kept in the store as records. */
export class Accounts {
  private readonly byId = new Map<string, Account>();
  /** By each key of the name: names that look alike share a key (see `nameKeys`). */
  private readonly byKey = new Map<string, Account>();
  /** By name, with its case folded. */
  private readonly byName = new Map<string, Account>();
  /** By digest. */
  private readonly tokens = new Map<string, Token>();
  private readonly quota = new Quota({
    member: 1,
    address: MAX_ACCOUNTS_PER_ADDRESS,
    thisMachine: MAX_ACCOUNTS_OF_THIS_MACHINE,
  });
  /** Digests of tokens by id of the account. */
  private readonly tokensOf = new Map<string, Set<string>>();

  constructor(records: Iterable<KeptRecord>) {
    for (const { kind, key, value } of records) {
      if (kind === "account") this.set({ ...value as Omit<Account, "id">, id: key });
      else if (kind === "token") this.setToken(key, value as Token);
    }
  }

  withId(id: string): Account | undefined {
    return this.byId.get(id);
  }

  /** The account whose name is this or looks like it. */
  holder(name: string): Account | undefined {
    for (const key of nameKeys(name)) {
      const account = this.byKey.get(key);
      if (account !== undefined) return account;
    }
    return undefined;
  }

  /** The account with this name, ignoring case. */
  named(name: string): Account | undefined {
    return this.byName.get(foldName(name));
  }

  /** Whether the member's account has this name, ignoring case. Cheap for members without an account. */
  isNamed(id: string, name: string): boolean {
    const account = this.byId.get(id);
    return account !== undefined && foldName(account.name) === foldName(name);
  }

  withToken(digest: string): Account | undefined {
    const token = this.tokens.get(digest);
    return token && this.byId.get(token.account);
  }

  /**
   * Throws `forbidden` if the server or the origin `from` has reached its limit of accounts. Existing
   * accounts pass.
   */
  checkLimit(id: string, from: string): void {
    if (this.byId.has(id)) return;
    if (this.byId.size >= MAX_ACCOUNTS) {
      throw new ProtocolError(
        "forbidden",
        "The server has reached its limit of registered names: go on without an account",
      );
    }
    const reached = this.quota.reached({ from });
    if (reached === undefined) return;
    const { limit } = reached;
    throw new ProtocolError(
      "forbidden",
      `Your address has registered ${limit} names: go on without an account, or ask the server's owner`,
    );
  }

  /** Adds the account, or replaces the member's earlier one. The name must be free. */
  save(account: Account, effects: Effect[]): void {
    const before = this.byId.get(account.id);
    if (before !== undefined) {
      this.quota.remove({ from: before.from });
      this.releaseName(before);
    }
    this.set(account);
    const { id, ...value } = account;
    effects.push({ type: "keepRecord", kind: "account", key: id, value });
  }

  remove(account: Account, effects: Effect[]): void {
    this.dropOtherTokens(account, undefined, effects);
    this.tokensOf.delete(account.id);
    this.byId.delete(account.id);
    this.quota.remove({ from: account.from });
    this.releaseName(account);
    effects.push({ type: "keepRecord", kind: "account", key: account.id });
  }

  /** Adds a token. Past `MAX_TOKENS_PER_ACCOUNT` the longest unused one is dropped. */
  addToken(account: Account, digest: string, id: string, now: number, effects: Effect[]): void {
    const digests = this.tokensOf.get(account.id) ?? new Set();
    if (digests.size >= MAX_TOKENS_PER_ACCOUNT && !digests.has(digest)) {
      const [oldest] = [...digests].sort((a, b) => this.tokens.get(a)!.seen - this.tokens.get(b)!.seen);
      this.dropToken(oldest!, effects);
    }
    this.keepToken(digest, { id, account: account.id, since: now, seen: now }, effects);
  }

  /** Lets a key take the place of a token, which is not valid any more. */
  replaceToken(digest: string, credential: string, now: number, effects: Effect[]): void {
    const token = this.tokens.get(digest);
    if (token === undefined) return;
    this.dropToken(digest, effects);
    this.keepToken(credential, { ...token, seen: now }, effects);
  }

  /** Notes that the token was used now. */
  touch(digest: string, now: number, effects: Effect[]): void {
    const token = this.tokens.get(digest);
    if (token !== undefined) this.keepToken(digest, { ...token, seen: now }, effects);
  }

  /**
   * The account's tokens and keys, latest used first. `current` is the digest of the asking connection's, and `deviceOf`
   * finds what is known of a key's device.
   */
  sessions(
    account: Account,
    current: string | undefined,
    deviceOf: (digest: string) => Pick<Device, "kind" | "name" | "vouched"> | undefined,
  ): AccountSession[] {
    const digests = [...this.tokensOf.get(account.id) ?? []];
    const tokens = digests.map((digest) => ({ ...this.tokens.get(digest)!, digest, isCurrent: digest === current }));
    return tokens.sort((a, b) => b.seen - a.seen).map(({ id, since, seen, digest, isCurrent }) => ({
      id,
      since: timestamp(since),
      seen: timestamp(seen),
      kind: deviceOf(digest)?.kind,
      name: deviceOf(digest)?.name,
      ...deviceOf(digest)?.vouched ? { vouched: true } : {},
      ...isCurrent ? { current: true } : {},
    }));
  }

  /** The digests of the account's tokens and keys, in the order in which they were added. */
  digestsOf(account: Account): readonly string[] {
    return [...this.tokensOf.get(account.id) ?? []];
  }

  /** The digest of the account's token with this id. */
  tokenWithId(account: Account, id: string): string | undefined {
    return [...this.tokensOf.get(account.id) ?? []].find((digest) => this.tokens.get(digest)!.id === id);
  }

  dropToken(digest: string, effects: Effect[]): void {
    const token = this.tokens.get(digest)!;
    this.tokens.delete(digest);
    this.tokensOf.get(token.account)!.delete(digest);
    effects.push({ type: "keepRecord", kind: "token", key: digest });
  }

  dropTokenIfKnown(digest: string, effects: Effect[]): void {
    if (this.tokens.has(digest)) this.dropToken(digest, effects);
  }

  /** Drops the account's tokens except the one with the digest `kept`. */
  dropOtherTokens(account: Account, kept: string | undefined, effects: Effect[]): void {
    for (const digest of [...this.tokensOf.get(account.id) ?? []]) {
      if (digest !== kept) this.dropToken(digest, effects);
    }
  }

  private keepToken(digest: string, token: Token, effects: Effect[]): void {
    this.setToken(digest, token);
    effects.push({ type: "keepRecord", kind: "token", key: digest, value: token });
  }

  private set(account: Account): void {
    this.byId.set(account.id, account);
    this.byName.set(foldName(account.name), account);
    this.quota.add({ from: account.from });
    for (const key of nameKeys(account.name)) this.byKey.set(key, account);
  }

  private releaseName(account: Account): void {
    this.byName.delete(foldName(account.name));
    for (const key of nameKeys(account.name)) {
      if (this.byKey.get(key) === account) this.byKey.delete(key);
    }
  }

  private setToken(digest: string, token: Token): void {
    this.tokens.set(digest, token);
    const digests = this.tokensOf.get(token.account);
    if (digests === undefined) this.tokensOf.set(token.account, new Set([digest]));
    else digests.add(digest);
  }
}

/** The member of an account, as the store knows them. */
export function accountMember({ id, name }: Account): KnownMember {
  return { id, name, tokenDigest: `account ${id}` };
}
