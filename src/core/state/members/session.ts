import {
  COMMANDS_BURST,
  COMMANDS_PER_SECOND,
  MAX_LOCAL_WRONG_PASSWORDS,
  MAX_WRONG_PASSWORDS,
} from "../../../protocol/limits.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import type { Device } from "../../../protocol/identity/device_list.ts";
import type { AttemptKey } from "../password_attempts.ts";
import type { SessionId } from "../../effect.ts";
import type { Member } from "./member.ts";
import {
  formatNetwork,
  isLoopback,
  machineNetwork,
  type Network,
  parseNetwork,
  withoutZone,
} from "../../../protocol/address/network.ts";
import { TokenBucket } from "../token_bucket.ts";

export const COMMAND_RATE = { perSecond: COMMANDS_PER_SECOND, burst: COMMANDS_BURST };

/** The part of `welcome` that a client with a key signs, and may compare. */
export interface Challenge {
  /** Drawn for this connection. */
  readonly nonce: string;
  /** The fingerprint of the certificate, if TLS ends at this server. */
  readonly tls?: string;
}

/** The facts about a connection when it opens. */
export interface Opening {
  /** Whether the client can return with a token, so that a short absence need not be announced. */
  readonly resumable: boolean;
  /** The peer's IP address without a port; `undefined` if it has none, as on a Unix socket. */
  readonly address?: string;
  /** Whether only the server's operator can open such a connection. */
  readonly privileged?: boolean;
  /** A client with a key signs it. */
  readonly challenge?: Challenge;
  /** When it was opened, in milliseconds of a monotonic clock; by default the time of the call. */
  readonly openedAt?: number;
}

/** The phases of a session: greeting, joined, closed. It never goes back. One that `claims` has claimed the offer of a member. */
export type SessionState =
  | { readonly phase: "greeting"; readonly openedAt: number; readonly claims?: boolean }
  | { readonly phase: "joined"; readonly member: Member }
  | { readonly phase: "closed" };

/** The chat's side of one connection. */
export class Session {
  readonly id: SessionId;
  readonly resumable: boolean;
  private readonly addressText: string | undefined;
  /** The rate of its commands other than messages. All sessions of a member share one. */
  commands: TokenBucket;
  state: SessionState;
  /**
   * The digest of its token, bound to a room if the token is (see `bindToken`), or the `keyDigest` of its key; empty before
   * the first join.
   */
  tokenDigest = "";
  /** How its client describes the device. */
  device: Pick<Device, "kind" | "name"> | undefined;
  /** The names of the rooms that it follows. */
  rooms: readonly string[] = [];
  /** Whether its user has pressed no key for a while, as the client reports. */
  idle = false;
  /** Whether the session belongs to an owner of the server. */
  isOwner: boolean;
  /** The only room that its member was invited to; `undefined` for all rooms. */
  onlyRoom: string | undefined;
  /** The ticket of the password that is being hashed for it. The server holds its next commands back. */
  ticket: number | undefined;
  /** When a client that can return joined first, in milliseconds since the epoch. */
  private joinedAt: number | undefined;

  constructor(id: SessionId, { resumable, address, privileged = false, openedAt }: Opening, now: number) {
    this.id = id;
    this.resumable = resumable;
    this.addressText = address;
    this.isOwner = privileged;
    this.commands = new TokenBucket(COMMAND_RATE, now);
    this.state = { phase: "greeting", openedAt: openedAt ?? now };
  }

  /** The peer's address, without the zone of a link-local address. Only owners may see it. */
  get address(): Network | undefined {
    return this.addressText === undefined ? undefined : parseNetwork(withoutZone(this.addressText));
  }

  /**
   * The keys that its wrong passwords are counted for: its address, or its /64 network of IPv6. Connections from this
   * machine or without an address have a key of their own and one that all of them share.
   */
  get passwordKeys(): readonly AttemptKey[] {
    const { address } = this;
    if (address === undefined || isLoopback(address)) {
      return [
        { key: `session ${this.id}`, limit: MAX_WRONG_PASSWORDS, own: true },
        { key: "local", limit: MAX_LOCAL_WRONG_PASSWORDS },
      ];
    }
    return [{ key: `address ${formatNetwork(machineNetwork(address))}`, limit: MAX_WRONG_PASSWORDS, own: true }];
  }

  /** Its id on the wire, after the first join of a client that can return. Its number begins again at each start. */
  get key(): string | undefined {
    return this.joinedAt === undefined ? undefined : `${this.id}-${this.joinedAt}`;
  }

  get member(): Member | undefined {
    return this.state.phase === "joined" ? this.state.member : undefined;
  }

  /** Notes that it waits for a member's answer, which may take longer than a greeting. */
  noteClaim(): void {
    if (this.state.phase === "greeting") this.state = { ...this.state, claims: true };
  }

  /** Makes it a session of the member. */
  attach(member: Member, tokenDigest: string, now: number): void {
    this.commands = member.sessions[0]?.commands ?? this.commands;
    this.tokenDigest = tokenDigest;
    if (this.resumable) this.joinedAt = now;
    this.state = { phase: "joined", member };
    member.sessions = member.sessions.concat(this);
  }

  /** Does nothing if it follows the room already. */
  follow(room: string): void {
    if (!this.rooms.includes(room)) this.rooms = this.rooms.concat(room);
  }

  /** Returns false if it does not follow the room. */
  unfollow(room: string): boolean {
    if (!this.rooms.includes(room)) return false;
    this.rooms = this.rooms.filter((name) => name !== room);
    return true;
  }

  /** Ends it for its member, who may have others. */
  detach(): void {
    const { member } = this;
    this.state = { phase: "closed" };
    if (member === undefined) return;
    member.lastAddress = this.address;
    member.sessions = member.sessions.filter((session) => session !== this);
  }
}

/** A member with the session that sent the command. */
export interface Caller {
  readonly session: Session;
  readonly member: Member;
}

/** The session's member. Throws `not_joined` before the first join. */
export function joined({ member }: Session): Member {
  if (member === undefined) throw new ProtocolError("not_joined", "You have not joined yet: send join with your name");
  return member;
}
