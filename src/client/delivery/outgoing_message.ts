/** Commands that are sent until they are acknowledged: messages, and changes of messages, which only rooms have. */

import type { ChangeCommand, MessageCommand } from "../../protocol/messages/messages.ts";
import type { PendingMessage } from "../client_event.ts";

/** What a pending line is, if it is more than a message. Its text is that of the message, of the reply, or the emoji. */
export type MessageIntent =
  | { readonly kind: "reply"; readonly to: number | string }
  | { readonly kind: "edit"; readonly seq?: number }
  | { readonly kind: "delete"; readonly seq?: number }
  | { readonly kind: "react"; readonly seq?: number; readonly remove?: true };

export function commandOf({ ref, target, text, intent }: PendingMessage): MessageCommand | ChangeCommand {
  if (intent === undefined || !("room" in target)) return { type: "message", ref, ...target, text };
  const { room } = target;
  switch (intent.kind) {
    case "reply":
      return { type: "message", ref, room, text, reply: intent.to };
    case "edit":
      return { type: "edit", ref, room, seq: intent.seq, text };
    case "delete":
      return { type: "delete", ref, room, seq: intent.seq };
    case "react":
      return { type: "react", ref, room, seq: intent.seq, emoji: text, remove: intent.remove };
    default:
      return intent satisfies never;
  }
}
