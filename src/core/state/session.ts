import {
  COMMANDS_BURST,
  COMMANDS_PER_SECOND,
  MAX_LOCAL_WRONG_PASSWORDS,
  MAX_WRONG_PASSWORDS,
  PINGS_BURST,
  PINGS_PER_SECOND,
} from "../../protocol/limits.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import type { AttemptKey } from "./password_attempts.ts";
import type { SessionId } from "../effect.ts";
import type { Member } from "./member.ts";
import type { ClientCommand } from "../../protocol/messages/messages.ts";
import {
  formatNetwork,
  isLoopback,
  machineNetwork,
  type Network,
  parseNetwork,
} from "../../protocol/address/network.ts";
import { TokenBucket } from "./token_bucket.ts";

/** What is known of a connection when it opens. */
export interface Opening {
  /** Whether whoever is there can come back with a token, so that a short absence need not be told. */
  readonly resumable: boolean;
  /** The peer's IP address without a port; undefined where it has none, as on a Unix socket. */
  readonly address?: string;
  /** Whether only whoever runs the server can have opened it. */
  readonly privileged?: boolean;
}

/** One connection's life: it greets, it has joined as somebody, it is closed. It never goes back. */
export type SessionState =
  | { readonly phase: "greeting"; readonly since: number }
  | { readonly phase: "joined"; readonly member: Member }
  | { readonly phase: "closed" };

export class Session {
  readonly id: SessionId;
  readonly resumable: boolean;
  readonly #address: string | undefined;
  readonly commands: TokenBucket;
  readonly pings: TokenBucket;
  state: SessionState;
  /** What the member may show on the next connection; empty before the first join. */
  token = "";
  /** Whether whoever is there is the server's owner. */
  isOwner: boolean;
  /** The one room that its member was invited to; undefined for all of them. */
  onlyRoom: string | undefined;
  /** Of the password that is being hashed for it. What the session says meanwhile waits in `postponed`. */
  ticket: number | undefined;
  readonly postponed: ClientCommand[] = [];

  constructor(id: SessionId, { resumable, address, privileged = false }: Opening, now: number) {
    this.id = id;
    this.resumable = resumable;
    this.#address = address;
    this.isOwner = privileged;
    this.commands = new TokenBucket({ perSecond: COMMANDS_PER_SECOND, burst: COMMANDS_BURST }, now);
    this.pings = new TokenBucket({ perSecond: PINGS_PER_SECOND, burst: PINGS_BURST }, now);
    this.state = { phase: "greeting", since: now };
  }

  /** Where it comes from, without the zone that a link-local address may have. It is told to nobody but owners. */
  get address(): Network | undefined {
    return this.#address === undefined ? undefined : parseNetwork(this.#address.replace(/%.*$/, ""));
  }

  /**
   * The keys of its wrong passwords: its address, with an IPv6 /64 as one. Connections from this machine, and those without
   * an address, have a key each and one that all of them share.
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

  get member(): Member | undefined {
    return this.state.phase === "joined" ? this.state.member : undefined;
  }
}

/** The session's member. Throws `not_joined` before the first join. */
export function joined({ member }: Session): Member {
  if (member === undefined) throw new ProtocolError("not_joined", "You have not joined yet: send join with your name");
  return member;
}

/** Makes a member token: `SECRET`, or `SECRET.ROOM` if the member may enter only that room. `secret` has no full stop. */
export function bindToken(secret: string, room: string | undefined): string {
  return room === undefined ? secret : `${secret}.${room}`;
}

/** The only room that a valid token admits to; `undefined` if it admits to all. */
export function boundRoomOf(token: string): string | undefined {
  const dot = token.indexOf(".");
  return dot < 0 ? undefined : token.slice(dot + 1);
}
