/** What is going on in the other rooms, as the prompt and the title tell it. Pure. */

import { counted } from "../../presentation/sentences/markup.ts";
import { roomName } from "../render/line_style.ts";
import type { Unread } from "./unread.ts";

export interface Activity extends Unread {
  readonly name: string;
  /** That of its key, Alt-1 and so on. */
  readonly number: number;
}

/** From the fullest to the shortest: ` [2 #dev 3, 3 #ops 12 @1]`, ` [15 @1]`, nothing; nothing alone where nothing is unread. */
export function activityTexts(rooms: readonly Activity[]): string[] {
  if (rooms.length === 0) return [""];
  const calls = rooms.reduce((sum, room) => sum + room.calls, 0);
  const total = rooms.reduce((sum, room) => sum + room.count, 0);
  const each = rooms.map((room) => `${room.number} ${roomName(room.name)} ${numbers(room)}`).join(", ");
  return [` [${each}]`, ` [${numbers({ count: total, calls })}]`, ""];
}

/** Of the window. `unread` is the number of messages in all rooms. */
export function titleOf(room: string | undefined, unread: number): string {
  const name = room === undefined ? "Confab" : `${roomName(room)} - Confab`;
  return unread === 0 ? name : `(${counted(unread)}) ${name}`;
}

function numbers({ count: all, calls }: Unread): string {
  return calls === 0 ? counted(all) : `${counted(all)} @${counted(calls)}`;
}
