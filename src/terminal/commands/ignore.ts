/** `/ignore` and `/unignore`: whom the reader does not want to read. */

import type { ReaderState } from "../../client/state/reader_state.ts";
import type { ClientState } from "../../client/state/client_state.ts";
import { foldCase } from "../../protocol/text/names.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";

/** Lists them without a name. Throws an Error for people where it cannot be. Returns what to say. */
export function ignore(name: string | undefined, reader: ReaderState, state: ClientState): string {
  if (name === undefined) {
    const names = reader.ignored.map(([name]) => sanitizeLine(name));
    return names.length === 0 ? "You ignore nobody: /ignore NAME begins to" : `You ignore ${names.join(", ")}`;
  }
  const folded = foldCase(name);
  if (folded === foldCase(state.you?.name ?? "")) throw new Error("You cannot ignore yourself: name somebody else");
  const members = [...state.rooms.values()].flatMap((room) => [...room.members.values()]);
  reader.ignore(name, members.find((member) => foldCase(member.name) === folded)?.id);
  return `You read nothing more of ${sanitizeLine(name)}: /unignore ${sanitizeLine(name)} ends that`;
}

export function unignore(name: string, reader: ReaderState): string {
  if (!reader.unignore(name)) throw new Error(`You do not ignore ${sanitizeLine(name)}: /ignore lists whom you do`);
  return `You read ${sanitizeLine(name)} again`;
}
