/** What Tab can complete, from what the client knows. */

import type { ClientState } from "../../client/state/client_state.ts";
import type { Known } from "./completion.ts";

/** `listed` are rooms of the server that were told last. */
export function knownOf(state: ClientState, room: string | undefined, listed: readonly string[]): Known {
  const current = room === undefined ? undefined : state.rooms.get(room);
  const present = Array.from(current?.members.values() ?? [], ({ name }) => name);
  const speakers = current?.speakers ?? [];
  const here = new Set(present);
  const names = new Set([...speakers.filter((name) => here.has(name)), ...present.toSorted(), ...speakers]);
  names.delete(state.you?.name ?? "");
  const joinedRooms = [...state.rooms.keys()];
  return { names: [...names], rooms: [...new Set([...joinedRooms, ...listed])], joinedRooms };
}
