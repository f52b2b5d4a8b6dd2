/** Commands of a client that change the state of the hub at once. */

import type { Random } from "../helpers/random.ts";

/** One of them, by a client whose name is this. */
export function newChange(name: string, room: string, random: Random): object {
  const nth = random.between(0, 4);
  const commands = [
    { type: "react", room, emoji: ["👍", "🎉"][nth % 2] },
    { type: "edit", room, text: `edited ${nth}` },
    { type: "delete", room },
    { type: "message", to: `member${nth}`, text: `direct ${random.between(0, 1e9)}` },
    { type: "topic", room, text: `topic ${nth}` },
    { type: "away", text: `away ${nth}` },
    { type: "away", off: true },
    { type: "block", to: `member${nth}`, ...random.next() < 0.7 ? { off: true } : {} },
    { type: "rename", name: `${name}${nth}` },
  ];
  return commands[random.between(0, commands.length - 1)]!;
}
