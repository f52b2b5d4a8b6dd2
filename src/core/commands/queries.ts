import type { ClientCommand } from "../../protocol/messages/messages.ts";

/**
 * True for a command that reads or sorts much, whatever little it answers. The server runs such commands one after another,
 * a few milliseconds at a time, so that nobody else waits for them.
 */
export function isQuery(command: ClientCommand): boolean {
  switch (command.type) {
    case "history":
    case "search":
    case "members":
    case "rooms":
    case "restrictions":
    case "audit":
    case "invites":
      return true;
    case "join":
      return command.after !== undefined;
    case "message":
      return typeof command.reply === "string";
    case "edit":
    case "delete":
    case "react":
      return command.seq === undefined;
    default:
      return false;
  }
}
