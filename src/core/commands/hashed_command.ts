import type { Hashed } from "../effect.ts";
import type { HashTicket } from "../state/hash_tickets.ts";
import type { Turn } from "../turn.ts";
import { finishRegister, giveToken } from "./members/account.ts";
import { enter } from "./join.ts";
import { openAccount } from "./password_check.ts";

/** Continues a command whose password has been hashed. Throws a ProtocolError before the state has changed, as commands do. */
export function continueHashed(turn: Turn, waiting: HashTicket, hashed: Hashed): void {
  const { session, command } = waiting;
  switch (command.type) {
    case "join":
      return enter(turn, { session, command, login: openAccount(turn, waiting, hashed) });
    case "auth":
      return giveToken(turn, session, command, openAccount(turn, waiting, hashed));
    case "register":
      return finishRegister(turn, session, command, hashed);
    default:
      return command satisfies never;
  }
}
