/**
 * The permissions of Deno that a command needs. A plain `deno run` asks for each as a whole, with the reason,
 * before the command runs: otherwise Deno would ask for each file and each variable.
 */

import { complain } from "../platform/standard_io.ts";
import { readVariable } from "../platform/program.ts";
import { type Arguments, type CommandSpec, readArguments } from "./arguments.ts";
import type { Right } from "./command_spec.ts";
import { Failure } from "./exit_codes.ts";

/**
 * Reads the arguments of a command after asking for the rights that it needs and does not have. Nobody is asked
 * without a terminal: then Deno refuses what it was not given. Rejects with a failure for a refused right that the
 * command cannot run without.
 */
export async function readWithRights(words: readonly string[], command: CommandSpec): Promise<Arguments> {
  const asked = new Set<string>();
  let given = words;
  for (;;) {
    // Read again after each answer: it may admit variables, or add an option that makes the next right unnecessary.
    const args = readArguments(given, command, readVariable);
    const next = missing(command.rights?.(args) ?? []).find((right) => !asked.has(right.asks.name));
    if (next === undefined) return args;
    if (asked.size === 0) complain(`Deno asks for permissions now. None with: deno run -P main.ts ${command.name}`);
    asked.add(next.asks.name);
    given = [...await askFor(next), ...given];
  }
}

/** Asks for each of the rights that is missing. Rejects as `readWithRights`. */
export async function askForRights(rights: readonly Right[]): Promise<void> {
  for (const right of missing(rights)) await askFor(right);
}

/** The rights to ask for. A permission that the user denied with an option stays denied. */
function missing(rights: readonly Right[]): Right[] {
  // Deno asks only if both are terminals.
  if (!Deno.stdin.isTerminal() || !Deno.stderr.isTerminal()) return [];
  return rights.filter(({ asks, enough }) =>
    stateOf(asks) === "prompt" && (enough === undefined || stateOf(enough) === "prompt")
  );
}

function stateOf(permission: Deno.PermissionDescriptor): Deno.PermissionState {
  return Deno.permissions.querySync(permission).state;
}

/** Asks for one right, and returns the options for a command without it. */
async function askFor(right: Right): Promise<readonly string[]> {
  complain(right.why);
  const { state } = await Deno.permissions.request(right.asks);
  if (state === "granted") return [];
  if ("code" in right) {
    const { name } = right.asks;
    throw new Failure(right.code, `Deno was not given ${name} access: allow it, or run it with --allow-${name}`);
  }
  complain(right.without);
  return right.options ?? [];
}
