import { ProtocolError } from "../protocol/errors.ts";
import * as limits from "../protocol/limits.ts";
import { PROTOCOL_VERSION } from "../protocol/conventions.ts";
import { type ClientCommand, errorEvent, type LeaveReason } from "../protocol/messages/messages.ts";
import { formatNetwork } from "../protocol/address/network.ts";
import { runCommand } from "./commands/command_table.ts";
import { endExpiredRestrictions } from "./commands/allow.ts";
import { SecretRefused, WrongPassword } from "./state/password_attempts.ts";
import { continueBulkEnds } from "./commands/bulk_end.ts";
import type { Effect, Hashed, SessionId } from "./effect.ts";
import { detach, expel, leaveRoom } from "./commands/leave.ts";
import { isMuted } from "./state/mute_checks.ts";
import type { HubOptions } from "./hub_options.ts";
import { Registry } from "./state/registry.ts";
import { endDeserted } from "./commands/room_lifecycle.ts";
import { type Opening, Session } from "./state/session.ts";

export type { HubOptions };

/** How many there are. */
export interface Census {
  /** Those that are kept although nobody is in them included. */
  readonly rooms: number;
  /** Who has joined and is connected. */
  readonly members: number;
}

/** All rooms and sessions. Every call returns what is to be done about it, in order; `now` is in milliseconds since the epoch. */
export class Hub {
  readonly #registry: Registry;

  constructor(options: HubOptions) {
    this.#registry = new Registry(options);
  }

  /** A connection is there. */
  open(id: SessionId, opening: Opening, now: number): Effect[] {
    const { options, sessions } = this.#registry;
    sessions.set(id, new Session(id, opening, now));
    const { rate } = options;
    const event = {
      type: "welcome" as const,
      protocol: PROTOCOL_VERSION,
      server: options.server,
      limits: {
        lineBytes: limits.MAX_LINE_BYTES,
        nameChars: limits.MAX_NAME_CHARS,
        textBytes: limits.MAX_TEXT_BYTES,
        rooms: this.#registry.roomsPerMember,
        page: limits.MAX_PAGE_MESSAGES,
        rate,
      },
    };
    return [{ type: "send", session: id, event }];
  }

  /** Whether a password of the session is being checked. What it says meanwhile may depend on the outcome. */
  isWaiting(id: SessionId): boolean {
    return this.#registry.sessions.get(id)?.ticket !== undefined;
  }

  /** What the session's command leads to; what is wrong with it comes back as an `error` to that session. */
  handle(id: SessionId, command: ClientCommand, now: number): Effect[] {
    const session = this.#registry.sessions.get(id);
    if (session === undefined) return [];
    if (session.ticket !== undefined) return this.#postpone(session, command);
    return this.#run(session, command.ref, now, () => runCommand(this.#registry, session, command, now));
  }

  /** A `hash` is done: the command that asked for it goes on, and whatever its session said meanwhile. */
  hashed(ticket: number, hashed: Hashed, now: number): Effect[] {
    const waiting = this.#registry.hashTickets.take(ticket);
    if (waiting === undefined) return [];
    const { session, ref, settle, then } = waiting;
    const refusal = settle(hashed, now);
    if (!this.#isOpen(session)) return refusal === undefined ? [] : suspicion(session, refusal);
    const effects = this.#run(session, ref, now, () => then(hashed, now));
    while (session.postponed.length > 0 && session.ticket === undefined && this.#isOpen(session)) {
      effects.push(...this.handle(session.id, session.postponed.shift()!, now));
    }
    return effects;
  }

  #isOpen(session: Session): boolean {
    return this.#registry.sessions.get(session.id) === session;
  }

  #postpone(session: Session, command: ClientCommand): Effect[] {
    if (session.postponed.length < limits.MAX_WAITING_COMMANDS) {
      session.postponed.push(command);
      return [];
    }
    const error = new ProtocolError("rate_limited", "Your password is still being checked: try again in 1 second", {
      retryAfter: 1,
    });
    return [{ type: "send", session: session.id, event: errorEvent(error, command.ref) }];
  }

  /** A fault is told to the session; the last wrong password ends it. */
  #run(session: Session, ref: string | undefined, now: number, work: () => Effect[]): Effect[] {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      const told: Effect[] = [{ type: "send", session: session.id, event: errorEvent(error, ref) }];
      if (error instanceof SecretRefused) told.push(...suspicion(session, error));
      if (!(error instanceof WrongPassword && error.last)) return told;
      return [...told, ...expel(this.#registry, session, "refused", "closed", now)];
    }
  }

  /** The connection is gone, for whatever reason. */
  close(id: SessionId, reason: LeaveReason, now: number): Effect[] {
    const session = this.#registry.sessions.get(id);
    if (session === undefined) return [];
    this.#registry.sessions.delete(id);
    const effects: Effect[] = [];
    const { member } = session;
    if (member === undefined) return effects;
    detach(this.#registry, member, session, reason, now, effects);
    this.#registry.retireIfAbsent(member, now);
    return effects;
  }

  /** To be called every `PRESENCE_INTERVAL_MS`: ends graces and greetings that took too long, and tells crowded rooms who came and went. */
  tick(now: number): Effect[] {
    const effects: Effect[] = [];
    for (const { member, membership, absent } of this.#registry.takeExpiredAbsences(now)) {
      leaveRoom(this.#registry, member, membership, absent.reason, now, effects);
      this.#registry.retireIfAbsent(member, now);
    }
    this.#registry.forgetOldMembers(now);
    this.#registry.passwordAttempts.forget(now);
    this.#registry.invites.removeExpired(now, effects);
    effects.push(...endExpiredRestrictions(this.#registry, now));
    effects.push(...continueBulkEnds(this.#registry, now));
    endDeserted(this.#registry, now, effects);
    this.#endGreetings(now, effects);
    for (const room of this.#registry.rooms.values()) {
      const event = room.takePresence((id) => isMuted(this.#registry, id, room.name));
      if (event !== undefined) effects.push({ type: "publish", room: room.name, event });
    }
    return effects;
  }

  census(): Census {
    const { rooms, sessions } = this.#registry;
    let members = 0;
    for (const session of sessions.values()) if (session.member !== undefined) members++;
    return { rooms: rooms.size, members };
  }

  #endGreetings(now: number, effects: Effect[]): void {
    for (const session of this.#registry.sessions.values()) {
      const { state } = session;
      if (state.phase !== "greeting" || now - state.since < limits.GREETING_TIMEOUT_MS) continue;
      this.#registry.sessions.delete(session.id);
      effects.push({ type: "close", session: session.id, reason: "timeout" });
    }
  }
}

function suspicion({ id, address }: Session, { guessed, code }: SecretRefused): Effect[] {
  if (guessed === undefined) return [];
  const from = address === undefined ? undefined : formatNetwork(address);
  return [{ type: "wrongPassword", session: id, from, kind: guessed, answer: code }];
}
