/** How rooms, conversations and members are named on the screen, whatever a command or a key calls them. */

import type { ClientState } from "../../client/state/client_state.ts";
import { isUuid } from "../../protocol/uuid.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { roomName } from "./line_style.ts";

/** The room or conversation with this key, sanitised: `#dev` or `@bob`. */
export function placeName(key: string, state: ClientState): string {
  return key.startsWith("@") ? `@${memberName(key.slice(1), state)}` : roomName(key);
}

/** The name of the member that a command names by id or by name, sanitised; never an id. */
export function memberName(to: string, { conversations, rooms }: ClientState): string {
  const known = conversations.get(`@${to}`)?.partner ??
    rooms.values().map(({ members }) => members.get(to)).find((member) => member !== undefined);
  return known === undefined && isUuid(to) ? "a member" : sanitizeLine(known?.name ?? to);
}
