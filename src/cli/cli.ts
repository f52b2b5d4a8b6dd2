/**
 * The entry of the command line: finds the command, runs it, and turns errors into one line and an
 * exit code.
 */

import { nearestTo } from "./args/arguments.ts";
import type { CommandSpec } from "./args/arguments.ts";
import { programName } from "./args/command_spec.ts";
import { loadCommand, loadCommands, loadConnect } from "./command_loader.ts";
import { VERSION } from "./platform/program.ts";
import { EXIT, type ExitCode, Failure } from "./args/exit_codes.ts";
import { askForRights, readWithRights } from "./args/rights.ts";
import { guidedRights } from "./commands/command_rights.ts";
import { explain } from "./platform/system_errors.ts";
import { commandHelp, programHelp } from "./args/help_text.ts";
import { argumentsOfLink, isLink } from "./invites/link_handler.ts";
import { complain } from "./platform/standard_io.ts";
import { askLine, isAtTerminal } from "./platform/user_terminal.ts";

/**
 * Runs the program and resolves with its exit code. Never rejects: errors go to standard error, one
 * line each.
 */
export async function runCli(args: readonly string[]): Promise<ExitCode> {
  const guided = args.length === 0 && isAtTerminal();
  const code = await reportErrors(guided ? guide : () => dispatch(args));
  // A window that was opened for the program closes with it, so the user must be able to read the error first.
  if (code !== EXIT.fine && (guided || isLink(args[0])) && isAtTerminal()) await askLine("Press Enter to close. ");
  return code;
}

async function guide(): Promise<ExitCode> {
  await askForRights(guidedRights());
  // Loaded here because commands do not need it.
  return await (await import("./wizard/wizard.ts")).runWizard();
}

async function reportErrors(run: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Failure) {
      for (const line of error.message.split("\n")) complain(line);
      return error.code;
    }
    complain(`Internal error: ${explain(error)}. Please report it.`);
    return EXIT.bug;
  }
}

async function dispatch(args: readonly string[]): Promise<ExitCode> {
  const [first, ...rest] = args;
  if (first === undefined || first === "--help" || first === "-h") return print(programHelp(await loadCommands()));
  if (first === "--version" || first === "-V") return print(`confab ${VERSION}`);
  if (isLink(first)) {
    const connect = await loadConnect();
    return await connect.run(await readWithRights(argumentsOfLink(args), connect));
  }
  const command = await find(first);
  const end = rest.indexOf("--");
  const options = end < 0 ? rest : rest.slice(0, end);
  if (options.includes("--help") || options.includes("-h")) return print(commandHelp(command));
  if (command.startsPrograms !== true) Deno.permissions.revokeSync({ name: "run" });
  return await command.run(await readWithRights(rest, command));
}

async function find(name: string): Promise<CommandSpec> {
  const command = await loadCommand(name);
  if (command !== undefined) return command;
  const nearest = nearestTo(name, (await loadCommands()).map((candidate) => candidate.name));
  const next = nearest === undefined ? `${programName()} help lists them` : `did you mean ${nearest}?`;
  throw new Failure(EXIT.usage, `Unknown command ${JSON.stringify(name)}: ${next}`);
}

function print(text: string): ExitCode {
  console.log(text);
  return EXIT.fine;
}
