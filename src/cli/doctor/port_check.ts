import { quote } from "../../protocol/text/names.ts";
import { EXIT } from "../args/exit_codes.ts";
import { explain } from "../platform/system_errors.ts";
import { failed, type Finding, ok } from "./check_result.ts";
import type { Answer } from "./server_answer.ts";
import { nameOfVersion } from "./server_examination.ts";

/** How the check reaches the system. */
export interface PortTools {
  /** Listens on the port of this machine, and stops at once. Throws the errors of `Deno.listen`. */
  readonly listen: (port: number) => void;
  /** The address at which another program accepts connections; `undefined` if none does. */
  readonly occupant: (port: number) => Promise<string | undefined>;
  /** Asks the program at an address who it is. Rejects if no connection is possible. */
  readonly ask: (address: string) => Promise<Answer>;
}

/** Whether a server can listen on the port. A Confab server that runs there is as good. */
export async function checkPort(port: number, { listen, occupant, ask }: PortTools): Promise<Finding> {
  const where = await occupant(port);
  if (where !== undefined) return await identify(port, where, ask);
  try {
    listen(port);
    return ok(`Port ${port} is free`);
  } catch (error) {
    const next = "Stop the program that uses it, or choose another port with --port";
    return failed(EXIT.cannotListen, `No server can listen on port ${port}: ${explain(error)}`, next);
  }
}

async function identify(port: number, where: string, ask: PortTools["ask"]): Promise<Finding> {
  const answer = await ask(where).catch(() => undefined);
  if (answer?.kind === "welcome") {
    return ok(
      `Port ${port} is in use, but by a chat: Confab ${nameOfVersion(answer)} serves ${
        quote(answer.title)
      } at ${where}`,
    );
  }
  return failed(
    EXIT.cannotListen,
    `Another program, or a busy or encrypted server, uses port ${port} at ${where}`,
    `If it is yours, run doctor ${where}; otherwise stop it, or choose another port with --port`,
  );
}
