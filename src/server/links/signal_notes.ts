import type { SessionId } from "../../core/effect.ts";
import { incarnationOf } from "../../core/hub_op.ts";
import type { TypingEvent } from "../../protocol/messages/messages.ts";
import type { ServerLinks } from "./server_links.ts";

/** Sessions, and what they are told if nothing else is to do. */
interface Signal {
  readonly sessions: readonly SessionId[];
  readonly event: TypingEvent;
}

/** Returns what sends a signal to those of its sessions that are on other servers: one note to each. `undefined` without links. */
export function passerOf(links: Pick<ServerLinks, "send"> | undefined): ((signal: Signal) => void) | undefined {
  if (links === undefined) return undefined;
  return ({ sessions, event }) => {
    const byServer = Map.groupBy(sessions, incarnationOf);
    // There is no link to this server itself.
    for (const [server, those] of byServer) links.send(server, { type: "signal", sessions: those, event });
  };
}
