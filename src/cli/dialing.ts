import { resolve } from "node:path";
import type { Status } from "../client/client_event.ts";
import type { ClientMemory } from "../client/client_memory.ts";
import { parseName } from "../protocol/names.ts";
import type { Connection } from "../transports/connection.ts";
import { dialTcp } from "../transports/tcp.ts";
import { dialUnix } from "../transports/unix.ts";
import { type Address, formatAddress } from "./address.ts";
import type { Arguments } from "./arguments.ts";
import { openClientState, stateFolder } from "./client_state.ts";
import type { OptionSpec } from "./command.ts";
import { readVariable } from "./environment.ts";
import { EXIT, type ExitCode, Failure } from "./exit_codes.ts";
import { explain } from "./faults.ts";

/** Opens links to an address; what it rejects with is a sentence for people. */
export function dialer(address: Address): (signal: AbortSignal) => Promise<Connection> {
  return async (signal) => {
    try {
      if (address.kind === "unix") return await dialUnix(address.path);
      return await dialTcp(address.host, address.port, signal);
    } catch (error) {
      throw new Error(`Cannot connect to ${formatAddress(address)}: ${explain(error)}`, { cause: error });
    }
  };
}

export interface ChosenName {
  readonly name: string;
  /** Whether the person asked for this very name. */
  readonly chosen: boolean;
}

/** The name asked for, or the system user's. Throws a usage failure for one that cannot be. */
export function chooseName(args: Arguments, env: (variable: string) => string | undefined): ChosenName {
  const asked = args.text("name");
  if (asked !== undefined) return { name: checked(asked), chosen: true };
  const user = env("USER") ?? env("LOGNAME") ?? env("USERNAME") ?? "";
  try {
    return { name: parseName(user.trim().replace(/\s+/g, "_")), chosen: false };
  } catch {
    return { name: "guest", chosen: false };
  }
}

function checked(name: string): string {
  try {
    return parseName(name);
  } catch (error) {
    throw new Failure(EXIT.usage, (error as Error).message);
  }
}

export const NO_STATE_OPTION: OptionSpec = {
  name: "no-state",
  help: "Forgets at the end who you are, what you read, what is unsent",
};

/** What this person's client remembers of this address, unless that is not wished or not possible. */
export function openMemory(
  args: Arguments,
  address: Address,
  name: string,
  warn: (line: string) => void,
): ClientMemory | undefined {
  const folder = args.flag("no-state") ? undefined : stateFolder(readVariable);
  return folder === undefined ? undefined : openClientState({ folder, address: lasting(address), name, warn });
}

/** The address as it is the same from every folder and however it is typed. */
function lasting(address: Address): string {
  if (address.kind === "tcp") return formatAddress({ ...address, host: address.host.toLowerCase() });
  return formatAddress({ ...address, path: resolve(address.path) });
}

type Closed = Extract<Status, { kind: "closed" }>;

/** What the program ends with when its client has closed. */
export function exitCodeOf(closed: Closed): ExitCode {
  switch (closed.cause) {
    case "left":
      return EXIT.fine;
    case "unreachable":
      return EXIT.cannotConnect;
    case "refused":
      return EXIT.refused;
    case "lost":
      return EXIT.lost;
    default:
      return closed.cause satisfies never;
  }
}
