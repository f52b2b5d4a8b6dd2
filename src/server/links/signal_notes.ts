import type { SessionId } from "../../core/effect.ts";
import type { TypingEvent } from "../../protocol/messages/messages.ts";
import type { ServerLinks } from "./server_links.ts";

/** Ids of sessions begin with the incarnation of their server. */
export const SESSIONS_OF_SERVER = 2 ** 32;

/** Sessions, and what they are told if nothing else is to do. */
interface Signal {
  readonly sessions: readonly SessionId[];
  readonly event: TypingEvent;
}

/** Returns what sends a signal to those of its sessions that are on other servers: one note to each. `undefined` without links. */
export function passerOf(links: Pick<ServerLinks, "send"> | undefined): ((signal: Signal) => void) | undefined {
  if (links === undefined) return undefined;
  return ({ sessions, event }) => {
    const byServer = Map.groupBy(sessions, (session) => Math.floor(session / SESSIONS_OF_SERVER));
    // There is no link to this server itself.
    for (const [server, those] of byServer) links.send(server, { type: "signal", sessions: those, event });
  };
}
