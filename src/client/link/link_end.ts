/** How a link ended, and whether and when to try again. */

import type { ErrorEvent, GoodbyeEvent } from "../../protocol/messages/messages.ts";
import type { CloseCause } from "../client_event.ts";

export type LinkEnd =
  /** Ended by the client in order to reconnect at once. */
  | { readonly kind: "again"; readonly reason: string; readonly cause: CloseCause }
  /** Worth another attempt, at the earliest after `retryAfterMs`. `cause` applies if no attempt follows. */
  | {
    readonly kind: "lost";
    readonly reason: string;
    readonly retryAfterMs: number;
    readonly cause: CloseCause;
    /** The server has another chat than the client was in. */
    readonly isOtherChat?: true;
  }
  | { readonly kind: "closed"; readonly reason: string; readonly cause: CloseCause };

/** Wait for the server to close the link after our `leave`. */
export const LEAVE_WAIT_MS = 2_000;

export const LEFT = { kind: "closed", cause: "left", reason: "Left" } as const satisfies LinkEnd;

export const AGAIN = { kind: "again", cause: "lost", reason: "Left to reconnect" } as const satisfies LinkEnd;

export function lost(reason: string): LinkEnd {
  return { kind: "lost", reason, retryAfterMs: 0, cause: "unreachable" };
}

/** A server that belongs to another chat than those of this client. */
export const OTHER_CHAT = {
  kind: "lost",
  reason: "The server has another chat",
  retryAfterMs: 0,
  cause: "unreachable",
  isOtherChat: true,
} as const satisfies LinkEnd;

export function refused(reason: string): LinkEnd {
  return { kind: "closed", cause: "refused", reason };
}

export function untrusted(reason: string): LinkEnd {
  return { kind: "closed", cause: "untrusted", reason };
}

/** `why` is the last error or notice on the link, which says more than the reason of the `goodbye`. */
export function linkEndOfGoodbye(goodbye: GoodbyeEvent, why: string | undefined): LinkEnd {
  switch (goodbye.reason) {
    case "left":
      return LEFT;
    case "refused":
      return refused(why ?? "The server refused the connection");
    case "replaced":
      return refused("Joined from too many other places: this was the oldest connection");
    case "kicked":
      return refused(why ?? "The server removed you");
    case "shutdown":
      return sentAway("The server is shutting down", goodbye.retryAfter);
    case "moved":
      return sentAway("Another member hosts the chat now", goodbye.retryAfter);
    case "timeout":
      return sentAway("The server received nothing from this client", goodbye.retryAfter);
    case "slow":
      return sentAway("The link was too slow for the messages of the server", goodbye.retryAfter);
    default:
      return goodbye.reason satisfies never;
  }
}

/** The end of a link after an error that makes the server close. */
export function linkEndOfError(error: ErrorEvent): LinkEnd {
  return { ...sentAway(error.message, error.retryAfter), cause: "refused" };
}

function sentAway(reason: string, retryAfter: number | undefined): LinkEnd {
  return {
    kind: "lost",
    reason,
    retryAfterMs: retryAfter === undefined ? 0 : retryDelay({ retryAfter }),
    cause: "unreachable",
  };
}

/** Used if the server gives no time. */
const DEFAULT_RETRY_AFTER_S = 1;
/** Prevents a tight loop with a server that asks for no wait. */
const MIN_RETRY_AFTER_MS = 10;
/** The longest wait that a server can impose: one hour, far below the limit of a timer. */
const MAX_RETRY_AFTER_MS = 60 * 60 * 1_000;

/** Milliseconds to wait after a refusal: `retryAfter` in seconds, clamped, since a server may send any number. */
export function retryDelay({ retryAfter = DEFAULT_RETRY_AFTER_S }: { readonly retryAfter?: number }): number {
  return Math.min(MAX_RETRY_AFTER_MS, Math.max(MIN_RETRY_AFTER_MS, retryAfter * 1_000));
}
