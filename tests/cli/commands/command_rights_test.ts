import { assert, assertEquals } from "@std/assert";
import config from "../../../deno.json" with { type: "json" };
import { type Arguments, type CommandSpec, readArguments } from "../../../src/cli/args/arguments.ts";
import { guidedRights } from "../../../src/cli/commands/command_rights.ts";
import type { Right } from "../../../src/cli/args/command_spec.ts";
import { COMMAND_LIST } from "../../../src/cli/commands/command_list.ts";
import { flagsOf } from "../../helpers/task_flags.ts";

const MAX_QUESTIONS = 5;

function argumentsOf(command: CommandSpec, ...words: readonly string[]): Arguments {
  return readArguments(words, command, () => undefined);
}

/** The most that a command asks for. */
function allRights(command: CommandSpec): readonly Right[] {
  return command.rights?.(argumentsOf(command, ...command.name === "serve" ? ["--share"] : [])) ?? [];
}

function isGranted({ asks }: Right, flags: readonly string[]): boolean {
  const name = `--allow-${asks.name}`;
  if (asks.name !== "sys" && asks.name !== "run") return flags.includes(name);
  const part = asks.name === "sys" ? asks.kind : asks.command;
  return flags.some((flag) =>
    flag.startsWith(`${name}=`) && flag.slice(name.length + 1).split(",").includes(`${part}`)
  );
}

Deno.test("every task grants what its command would ask for, so that it asks nothing", () => {
  for (const command of COMMAND_LIST) {
    for (const right of allRights(command)) {
      assert(isGranted(right, flagsOf(command.name)), `${command.name}: ${right.asks.name}`);
    }
  }
  for (const right of guidedRights()) assert(isGranted(right, flagsOf("start")), right.asks.name);
});

Deno.test("no command asks more than five questions, or twice for the same", () => {
  for (const rights of [...COMMAND_LIST.map(allRights), guidedRights()]) {
    const names = rights.map(({ asks }) => asks.name);
    assert(names.length <= MAX_QUESTIONS, names.join());
    assertEquals(names, [...new Set(names)]);
  }
});

Deno.test("the permission set of deno.json grants what any command asks for", () => {
  const granted = config.permissions.default;
  for (const { asks } of [...COMMAND_LIST.flatMap(allRights), ...guidedRights()]) {
    if (asks.name === "sys") assert(granted.sys.includes(asks.kind!));
    else if (asks.name === "run") assert(granted.run.includes(`${asks.command}`));
    else assertEquals(granted[asks.name as "net" | "env" | "read" | "write"], true);
  }
});

Deno.test("serve in memory does not ask to write, and a local one not for the network interfaces", () => {
  const serve = COMMAND_LIST.find(({ name }) => name === "serve")!;
  const names = (...words: readonly string[]) =>
    serve.rights!(argumentsOf(serve, ...words)).map(({ asks }) => asks.name);
  assertEquals(names("--memory"), ["env", "net", "read"]);
  assertEquals(names(), ["env", "net", "read", "write"]);
  assertEquals(names("--share"), ["env", "net", "read", "write", "sys"]);
});
