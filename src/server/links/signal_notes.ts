import type { SessionId } from "../../core/effect.ts";
import type { TypingEvent } from "../../protocol/messages/messages.ts";
import type { ServerLinks } from "./server_links.ts";

/** Ids of sessions begin with the incarnation of their server. */
export const SESSIONS_OF_SERVER = 2 ** 32;

/** Sends a signal to those of its sessions that are on other servers: one note to each. */
export function passSignal(
  links: Pick<ServerLinks, "send">,
  { sessions, event }: { readonly sessions: readonly SessionId[]; readonly event: TypingEvent },
): void {
  const byServer = Map.groupBy(sessions, (session) => Math.floor(session / SESSIONS_OF_SERVER));
  // There is no link to this server itself.
  for (const [server, those] of byServer) links.send(server, { type: "signal", sessions: those, event });
}
