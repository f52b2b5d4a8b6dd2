import type { Change, Quote, RoomMessage } from "../../protocol/messages/messages.ts";

/** What became of a message, in one line. */
export function changeText(change: Change): string {
  const who = change.from.name;
  switch (change.type) {
    case "edited":
      return change.text === undefined ? `${who} changed a message` : `${who} changed: ${change.text}`;
    case "deleted":
      return `${who} deleted a message${othersName(change)}`;
    case "reacted":
      return `${who} ${change.removed ? `took ${change.emoji} from` : `reacted ${change.emoji} to`} ${
        plainQuote(change.of)
      }`;
    default:
      return change satisfies never;
  }
}

function othersName({ of, from }: Change): string {
  return of.from === undefined || of.from.id === from.id ? "" : ` of ${of.from.name}`;
}

/** As a line of its own shows it. */
export function plainQuote({ from, text }: Quote): string {
  return from === undefined ? "an earlier message" : `${from.name}: ${text ?? PLAIN_DELETED}`;
}

export const PLAIN_DELETED = "(deleted)";

/** What stands behind a text: that it was another one, and what others put to it. */
export function remarks({ edited, reactions = [] }: RoomMessage): string {
  const counts = reactions.map(({ emoji, count }) => `${emoji} ${count}`).join("  ");
  return `${edited ? " (changed)" : ""}${counts === "" ? "" : `  ${counts}`}`;
}
