import { MAX_INVITES, RESERVED_INVITES } from "../../protocol/limits.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import type { InviteSummary } from "../../protocol/messages/messages.ts";
import type { Effect, KeptRecord } from "../effect.ts";
import { timestamp } from "../../protocol/text/durations.ts";

export interface Invite {
  readonly id: string;
  /** Digests of both of its forms: the secret of the link, and the passphrase. */
  readonly digests: readonly string[];
  /** The only room that it admits to; `undefined` for all rooms. */
  readonly room?: string;
  /** In milliseconds since the epoch. */
  readonly expires: number;
  /** The number of joins that it allows; `undefined` for any number. */
  readonly uses?: number;
  readonly used: number;
  /** The name of its maker. */
  readonly by: string;
}

/** All invites, by id and by digest. */
export class Invites {
  private readonly byId = new Map<string, Invite>();
  private readonly byDigest = new Map<string, string>();

  constructor(records: Iterable<KeptRecord>) {
    for (const { kind, key, value } of records) {
      if (kind === "invite") this.set({ ...value as Omit<Invite, "id">, id: key });
    }
  }

  withId(id: string): Invite | undefined {
    return this.byId.get(id);
  }

  /** The id of the invite with this digest. */
  idOf(digest: string): string | undefined {
    return this.byDigest.get(digest);
  }

  /** The invite with this id, unless it has expired. It may be used up. */
  valid(id: string, now: number): Invite | undefined {
    const invite = this.byId.get(id);
    return invite !== undefined && invite.expires > now ? invite : undefined;
  }

  /**
   * Throws `forbidden` if the server has reached its limit. With `reserve`, the places reserved for
   * owners count, too.
   */
  add(invite: Invite, reserve: boolean, effects: Effect[]): void {
    if (this.byId.size >= MAX_INVITES - (reserve ? 0 : RESERVED_INVITES)) {
      throw new ProtocolError("forbidden", "The server has reached its limit of invites: revoke some of them");
    }
    this.keep(invite, effects);
  }

  /** Counts one more join with this invite. */
  use(invite: Invite, effects: Effect[]): void {
    this.keep({ ...invite, used: invite.used + 1 }, effects);
  }

  remove({ id, digests }: Invite, effects: Effect[]): void {
    this.byId.delete(id);
    for (const digest of digests) this.byDigest.delete(digest);
    effects.push({ type: "keepRecord", kind: "invite", key: id });
  }

  removeExpired(now: number, effects: Effect[]): void {
    for (const invite of this.byId.values()) if (invite.expires <= now) this.remove(invite, effects);
  }

  /** All invites, newest first. */
  list(): InviteSummary[] {
    return [...this.byId.values()].reverse().map(({ id, room, expires, uses, used, by }) => ({
      id,
      room,
      expires: timestamp(expires),
      uses,
      used,
      by,
    }));
  }

  private keep(invite: Invite, effects: Effect[]): void {
    this.set(invite);
    const { id, ...value } = invite;
    effects.push({ type: "keepRecord", kind: "invite", key: id, value });
  }

  private set(invite: Invite): void {
    this.byId.set(invite.id, invite);
    for (const digest of invite.digests) this.byDigest.set(digest, invite.id);
  }
}

export function isUsedUp({ uses, used }: Invite): boolean {
  return uses !== undefined && used >= uses;
}
