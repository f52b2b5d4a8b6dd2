/** Commands by which members say that they are away and back. */

import type { ClientCommand } from "../../protocol/messages/messages.ts";
import { refuseMore, type SlashCommand } from "./slash_command.ts";

export const PRESENCE_COMMANDS: readonly SlashCommand[] = [
  {
    name: "away",
    usage: "[TEXT]",
    summary: "tell others that you are away; again, that you are back",
    details: "Writing does not end it: /back does. /who and /whois show it. For example: /away lunch",
    topic: "chat",
    argument: "text",
    parse: (argument) => {
      const text = argument.replace(/\s+/g, " ").toWellFormed();
      return { type: "away", text: text === "" ? undefined : text };
    },
  },
  {
    name: "back",
    usage: "",
    summary: "tell others that you are not away any more",
    details: "It ends /away.",
    topic: "chat",
    argument: "none",
    parse: (argument, context) => {
      refuseMore(argument, context);
      return { type: "ask", command: { type: "away", off: true } };
    },
  },
];

/** The command of `/away`. Without a text it ends an `/away` before. */
export function awayCommand({ text }: { readonly text: string | undefined }, isAway: boolean): ClientCommand {
  if (text !== undefined) return { type: "away", text };
  return isAway ? { type: "away", off: true } : { type: "away" };
}
