import { MAX_SCRYPT_AT_ONCE, MAX_SCRYPT_WAITING } from "../../protocol/limits.ts";
import type { Effect, Hashed, SessionId } from "../effect.ts";
import type { HubAuthCommand, HubJoinCommand, HubRegisterCommand } from "../hub_command.ts";
import { type AttemptKey, type SecretKind, SecretRefused } from "./password_attempts.ts";
import type { Session } from "./members/session.ts";

/** Hashes that the server computes or queues at the same time. It refuses further ones. */
const MAX_UNDER_WAY = MAX_SCRYPT_AT_ONCE + MAX_SCRYPT_WAITING;

/** A command that waits for the hash of its password. */
export interface HashTicket {
  readonly session: Session;
  readonly command: HubJoinCommand | HubAuthCommand | HubRegisterCommand;
  /** The keys for which it counts as a comparison under way. */
  readonly keys: readonly AttemptKey[];
  /** The account that the password may open; `undefined` for a new password. */
  readonly login?: {
    readonly name: string;
    /** The hash of the account's password; `undefined` if there is no such account. */
    readonly against: string | undefined;
    /** The kind of secret that the password already failed to match. It then counts as wrong even if it is never hashed. */
    readonly compared: SecretKind | undefined;
  };
}

/** Commands that continue when a password has been hashed, by ticket. Later commands of the session wait. */
export class HashTickets {
  /** By ticket. */
  private readonly waiting = new Map<number, HashTicket>();
  private tickets = 0;

  /** Throws `rate_limited` if the next password would not be hashed. */
  checkFree(): void {
    if (this.isFull) throw busy();
  }

  /** Adds the effect that requests the hash. Returns false if `MAX_UNDER_WAY` hashes are under way. */
  add(waiting: HashTicket, effects: Effect[]): boolean {
    if (this.isFull) return false;
    const ticket = ++this.tickets;
    this.waiting.set(ticket, waiting);
    waiting.session.ticket = ticket;
    effects.push({ type: "hash", ticket, against: waiting.login?.against });
    return true;
  }

  private get isFull(): boolean {
    return this.waiting.size >= MAX_UNDER_WAY;
  }

  /** The tickets of these sessions, oldest first. */
  of(isOwn: (session: SessionId) => boolean): number[] {
    return [...this.waiting].filter(([, { session }]) => isOwn(session.id)).map(([ticket]) => ticket);
  }

  /** Removes a ticket and returns its command; `undefined` for an unknown ticket. */
  take(ticket: number): HashTicket | undefined {
    const waiting = this.waiting.get(ticket);
    if (waiting === undefined) return undefined;
    this.waiting.delete(ticket);
    waiting.session.ticket = undefined;
    return waiting;
  }
}

/**
 * Throws `rate_limited` if too many hashes were under way. `guessed` is the kind of secret that did not
 * match before.
 */
export function checkHashed(hashed: Hashed, guessed?: SecretKind): Exclude<Hashed, { busy: true }> {
  if (!("busy" in hashed)) return hashed;
  throw busy(guessed);
}

function busy(guessed?: SecretKind): SecretRefused {
  return new SecretRefused(
    "rate_limited",
    "Too many logins at the moment: try again in 5 seconds",
    { retryAfter: 5 },
    guessed,
  );
}
