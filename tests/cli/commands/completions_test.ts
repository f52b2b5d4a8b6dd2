import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { readArguments } from "../../../src/cli/args/arguments.ts";
import type { CommandSpec } from "../../../src/cli/args/arguments.ts";
import { COMMAND_LIST } from "../../../src/cli/commands/command_list.ts";
import { completionsCommand, SHELLS } from "../../../src/cli/commands/completions.ts";
import { grammarOf } from "../../../src/cli/completions/completion_grammar.ts";
import { EXIT, Failure } from "../../../src/cli/args/exit_codes.ts";
import { HAS_TMUX, runConfab } from "../../helpers/e2e.ts";
import { newFolder } from "../../helpers/e2e_home.ts";
import { run } from "../../helpers/process.ts";
import { Tmux } from "../../helpers/tmux.ts";

async function scriptFile(shell: string, commands: readonly CommandSpec[] = COMMAND_LIST): Promise<string> {
  const path = `${newFolder()}/confab.${shell}`;
  await Deno.writeTextFile(path, SHELLS[shell]!(grammarOf(commands)));
  return path;
}

function isHere(program: string): boolean {
  try {
    return new Deno.Command(program, { args: ["-c", "exit 0"], stderr: "null", stdout: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

/** A test that is ignored, with the reason in its name, if the shell is missing. */
function testIn(shell: string, name: string, fn: () => Promise<void>): void {
  const ignore = !isHere(shell);
  Deno.test({ name: ignore ? `${name} (left out: there is no ${shell} here)` : name, ignore, fn });
}

/** Splits the output at lines that are a single full stop. */
function listsIn(text: string): string[][] {
  return `${text}\n`.split(/^\.\n/m).slice(0, -1).map((list) => list.split("\n").filter((line) => line !== ""));
}

/** The completions by bash of each command line, which is given as the words that bash splits it into. */
async function completeInBash(script: string, lines: readonly (readonly string[])[], cwd: string): Promise<string[][]> {
  const program = [
    '. "$1"; shift',
    'for line; do mapfile -t COMP_WORDS <<<"$line"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _confab',
    '  printf "%s\\n" "${COMPREPLY[@]}" .; done',
  ].join("\n");
  const args = ["--norc", "-u", "-c", program, "bash", script, ...lines.map((words) => words.join("\n"))];
  const { code, stdout, stderr } = await run("bash", { args, cwd });
  assertEquals([code, stderr], [0, ""]);
  return listsIn(stdout);
}

testIn("bash", "bash completes commands, options, values that are choices, files and folders", async () => {
  const folder = newFolder();
  await Deno.mkdir(`${folder}/a folder`);
  await Deno.writeTextFile(`${folder}/a file`, "");
  const asked = [
    [["confab", "s"], ["serve", "send", "service"]],
    [["confab", "--v"], ["--version"]],
    [["confab", "serve", "--sy"], ["--sync"]],
    [["confab", "serve", "--log-level", ""], ["debug", "info", "warn", "error"]],
    [["confab", "serve", "--log-level", "=", "w"], ["warn"]],
    [["confab", "export", "--format", "="], ["jsonl", "text"]],
    [["confab", "serve", "--cert", "a"], ["a file", "a folder"]],
    [["confab", "serve", "--data", "a"], ["a folder"]],
    [["confab", "serve", "--host", ""], []],
    [["confab", "import", ""], ["a file", "a folder"]],
    [["confab", "import", "--h"], ["--help"]],
    [["confab", "discover", ""], ["--seconds", "--json", "--help"]],
    [["confab", "invite", ""], ["list", "revoke"]],
    [["confab", "completions", ""], ["bash", "zsh", "fish", "powershell"]],
    [["confab", "help", "reg"], ["register-links"]],
    [["confab", "nonsense", ""], []],
  ] as const;
  const found = await completeInBash(await scriptFile("bash"), asked.map(([words]) => words), folder);
  for (const [index, [words, expected]] of asked.entries()) {
    assertEquals([words.join(" "), found[index]!.toSorted()], [words.join(" "), expected.toSorted()]);
  }
});

for (const [shell, start] of [["bash", "bash --norc"], ["zsh", "zsh -f"]] as const) {
  if (HAS_TMUX) {
    testIn(shell, `a person in ${shell} presses Tab, and the line is completed`, async () => {
      await using tmux = await Tmux.open();
      if (shell === "zsh") await tmux.enter("export ZDOTDIR=$HOME");
      await tmux.enter(`PS1='% ' ${start}`);
      if (shell === "zsh") await tmux.enter("autoload -U compinit && compinit -D -u");
      await tmux.enter(`eval "$(confab completions ${shell})"; clear; PS1='> '`);
      await tmux.untilPrompt(">");
      for (const completed of ["discover", "discover --seconds", "export --format=text", "serve --log-level debug"]) {
        await tmux.type(`confab ${completed.slice(0, -2)}`);
        await tmux.press("Tab");
        await tmux.until(new RegExp(`^> confab ${completed}`, "m"));
        await tmux.press("C-u");
      }
    });
  }
}

testIn("fish", "fish completes commands, options and values that are choices", async () => {
  const program = "source $argv[1]; for line in $argv[2..]; complete -C $line | string split -f1 \\t; echo .; end";
  const lines = [
    "confab disc",
    "confab serve --sy",
    "confab serve --log-level=w",
    "confab export --format ",
    "confab invite ",
  ];
  const args = ["--no-config", "-c", program, await scriptFile("fish"), ...lines];
  const { stdout } = await run("fish", { args, env: { HOME: newFolder() } });
  assertEquals(listsIn(stdout), [["discover"], ["--sync"], ["--log-level=warn"], ["jsonl", "text"], [
    "list",
    "revoke",
  ]]);
});

const HOSTILE = 'it\'s "$(touch evil)" `touch evil` \\ [x]: {y} ‘z’ ; & | < > ! # ~ %s';

const HOSTILE_COMMANDS: readonly CommandSpec[] = [{
  name: "odd",
  operands: "",
  maxOperands: 0,
  summary: HOSTILE,
  options: [{ name: "one", value: HOSTILE.toUpperCase(), choices: [HOSTILE, "plain"], help: HOSTILE }],
  examples: [],
  run: () => Promise.resolve(EXIT.fine),
}];

for (const shell of ["bash", "zsh", "fish"]) {
  testIn(shell, `nothing in a table is more than text to ${shell}`, async () => {
    const cwd = newFolder();
    const script = await scriptFile(shell, HOSTILE_COMMANDS);
    const prelude = shell === "zsh" ? "compdef() { :; }; " : "";
    const { code, stderr } = await run(shell, { args: ["-c", `${prelude}. ${script}`], cwd, env: { HOME: cwd } });
    assertEquals([code, stderr], [0, ""]);
    if (shell === "bash") {
      const lines = [["confab", "o"], ["confab", "odd", "--one", ""]];
      assertEquals(await completeInBash(script, lines, cwd), [["odd"], [HOSTILE, "plain"]]);
    }
    assertEquals([...Deno.readDirSync(cwd)].filter(({ name }) => name === "evil"), []);
  });
}

Deno.test("the script for PowerShell has every word in quotes that hold, typographic ones included", () => {
  const script = SHELLS.powershell!(grammarOf(HOSTILE_COMMANDS));
  assertStringIncludes(script, `'${HOSTILE.replace(/['‘’]/g, "$&$&")}'`);
  const whole = SHELLS.powershell!(grammarOf(COMMAND_LIST));
  for (const { name, options } of COMMAND_LIST) {
    assertStringIncludes(whole, `'${name}' = `);
    for (const option of options) assertStringIncludes(whole, `'--${option.name}' = `);
  }
  const bare = whole.replace(/'(?:[^']|'')*'/g, "''").replace(/#.*/g, "");
  for (const [open, close] of ["{}", "()", "[]"]) assertEquals(bare.split(open!).length, bare.split(close!).length);
  assert(!bare.includes("‘"));
});

Deno.test("the command completions prints the script made from the tables, for each shell", async () => {
  const shells = Object.entries(SHELLS);
  const printed = await Promise.all(shells.map(([shell]) => runConfab(["completions", shell])));
  assertEquals(
    printed.map(({ stdout }) => stdout.trimEnd()),
    shells.map(([, script]) => script(grammarOf(COMMAND_LIST)).trimEnd()),
  );
});

Deno.test("a missing or unknown shell fails with the list of shells", () => {
  const command = completionsCommand(() => COMMAND_LIST);
  for (
    const [words, told] of [[[], "Missing the name of a shell"], [["tcsh"], 'Unknown shell "tcsh"']] as const
  ) {
    const failure = assertThrows(() => void command.run(readArguments(words, command, () => undefined)), Failure);
    assertEquals(failure.message, `${told}: write completions bash or zsh or fish or powershell`);
  }
});
