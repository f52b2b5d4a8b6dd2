import { assert, assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { stateFolder } from "../src/cli/joining/client_storage.ts";
import { type CommandSpec, variableOf } from "../src/cli/args/command_spec.ts";
import { COMMAND_LIST } from "../src/cli/commands/command_list.ts";
import { configFolder } from "../src/cli/config/config_file.ts";
import { defaultDataFolder } from "../src/cli/hosting/data_folder.ts";
import { EXIT } from "../src/cli/args/exit_codes.ts";
import { usageOf } from "../src/cli/args/help.ts";
import { exposition } from "../src/metrics/prometheus.ts";
import { PlainText } from "../src/framing/plain/plain_text.ts";
import { parseSearchQuery } from "../src/protocol/text/search_query.ts";
import { ERROR_CODES, FATAL_ERROR_CODES } from "../src/protocol/errors.ts";
import { COMMAND_COSTS } from "../src/core/commands/command_table.ts";
import * as limits from "../src/protocol/limits.ts";
import type { ClientCommand, ServerEvent } from "../src/protocol/messages/messages.ts";
import { parseCommand, parseEvent } from "../src/protocol/messages/validate.ts";
import { LOG_EVENTS } from "../src/server/monitor/log_events.ts";
import { HELP_TOPICS, slashHelpLines } from "../src/terminal/commands/terminal_commands.ts";
import { KEY_TABLE, keyName } from "../src/terminal/input/key_table.ts";
import { DEFAULT_SETTINGS, settingRows } from "../src/terminal/model/settings.ts";
import { sampleReading } from "./metrics/sample_reading.ts";

const ROOT = new URL("../", import.meta.url);
const README = Deno.readTextFileSync(new URL("README.md", ROOT));
const CONTRIBUTING = Deno.readTextFileSync(new URL(".github/CONTRIBUTING.md", ROOT));

/** What stands below a heading, up to the next one. */
function section(heading: string): string {
  const [, text] = README.split(new RegExp(`^#+ ${heading}$`, "m"));
  assert(text !== undefined, `README.md has no section ${heading}`);
  return text.split(/^#+ /m)[0]!;
}

/** The cells of the section's table, without its head and without the marks of code. */
function table(heading: string): string[][] {
  const lines = section(heading).split("\n").filter((line) => line.startsWith("|"));
  const cells = (line: string) => line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim());
  return lines.slice(2).map((line) => cells(line).map((cell) => cell.replaceAll("`", "").replaceAll("\\|", "|")));
}

function column(heading: string, index: number): string[] {
  return table(heading).map((cells) => cells[index]!);
}

for (const command of COMMAND_LIST) {
  Deno.test(`the options of ${command.name}, their variables and defaults are those of the program`, () => {
    const documented = table(command.name).map(([usage, variable, standard]) => [usage, variable, standard]);
    assertEquals(documented, optionsOf(command));
  });

  Deno.test(`the section on ${command.name} shows how it is called`, () => {
    assert(section(command.name).includes(`\`confab ${usageOf(command)}\``));
  });
}

function optionsOf(command: CommandSpec): string[][] {
  return command.options.map(({ name, value, default: standard = "" }) => [
    value === undefined ? `--${name}` : `--${name} ${value}`,
    variableOf(name),
    standard,
  ]);
}

Deno.test("the commands in the terminal client are those of its help", () => {
  const help = ["", ...HELP_TOPICS].flatMap((topic) => slashHelpLines(topic)).join("\n");
  assertEquals(column("In the terminal client", 0), usages(help, "  /"));
});

Deno.test("the keys are those that there are", () => {
  const keys = Object.values(KEY_TABLE).map(({ keys, summary }) => [keys.map(keyName).join(", "), summary]);
  const documented = table("Keys").map(([key, what]) => [key, what!.charAt(0).toLowerCase() + what!.slice(1, -1)]);
  assertEquals(documented, keys);
});

Deno.test("the settings of the terminal client are those of the program", () => {
  const documented = table("Settings").map((cells) => cells.slice(0, 3));
  assertEquals(documented, settingRows(DEFAULT_SETTINGS).map(({ name, values, value }) => [name, values, value]));
});

Deno.test("the commands for nc and telnet are those of their help", () => {
  assertEquals(column("With nc or telnet", 0), usages(new PlainText().decode("/help").reply!, "* /"));
});

/** What stands on the left of a list of commands. */
function usages(help: string, start: string): string[] {
  const lines = help.split("\n").filter((line) => line.startsWith(start));
  return lines.map((line) => line.slice(2).split(/ {2,}/)[0]!);
}

Deno.test("the figures are those that are served", () => {
  const text = exposition(sampleReading());
  assertEquals(column("Metrics", 0), [...text.matchAll(/^# HELP (\S+)/gm)].map(([, name]) => name));
});

Deno.test("every error code has its row, which says whether the connection ends", () => {
  const documented = table("Error codes").map(([code, , ends]) => [code, ends!.split(",")[0]]);
  assertEquals(documented, ERROR_CODES.map((code) => [code, FATAL_ERROR_CODES.has(code) ? "yes" : "no"]));
});

Deno.test("every exit code has its row", () => {
  assertEquals(column("Exit codes", 0), Object.values(EXIT).map(String));
});

Deno.test("every event of the log has its row, with its level and its fields", () => {
  const documented = table("The log").map(([event, level, fields]) => [event, level, fields!.split(" ")]);
  const expected = Object.entries(LOG_EVENTS).map(([event, { level, fields }]) => [event, level, [...fields]]);
  assertEquals(documented, expected);
});

Deno.test("every type of command and event has its row", () => {
  // The compiler sees to it that none is missing here.
  const commands: Record<ClientCommand["type"], true> = {
    join: true,
    leave: true,
    message: true,
    edit: true,
    delete: true,
    react: true,
    rename: true,
    topic: true,
    members: true,
    rooms: true,
    history: true,
    search: true,
    ping: true,
    pong: true,
    auth: true,
    register: true,
    sessions: true,
    revoke: true,
    invite: true,
    invites: true,
    kick: true,
    ban: true,
    mute: true,
    allow: true,
    lock: true,
    slow: true,
    lockdown: true,
    moderator: true,
    remove: true,
    restrictions: true,
    audit: true,
  };
  const events: Record<ServerEvent["type"], true> = {
    welcome: true,
    joined: true,
    join: true,
    leave: true,
    presence: true,
    message: true,
    edited: true,
    deleted: true,
    reacted: true,
    ack: true,
    rename: true,
    topic: true,
    members: true,
    rooms: true,
    history: true,
    search: true,
    error: true,
    goodbye: true,
    ping: true,
    pong: true,
    authenticated: true,
    registered: true,
    sessions: true,
    revoked: true,
    invite: true,
    invites: true,
    restriction: true,
    restrictions: true,
    notice: true,
    audit: true,
  };
  assertEquals(column("Commands of a client", 0), Object.keys(commands));
  assertEquals(column("Events of the server", 0), Object.keys(events));
});

Deno.test("the lines of the protocol are what the program reads and writes", () => {
  const lines = section("The protocol").split("\n").filter((line) => /^[→←] /.test(line));
  assert(lines.length > 20);
  for (const line of lines) {
    const value: unknown = JSON.parse(line.slice(2));
    const read = line.startsWith("→") ? parseCommand(value) : parseEvent(value);
    // A field that the program does not know is dropped as it is read; one that it adds stands for what was left out.
    assertEquals({ ...read, ...value as object }, read, line);
  }
});

const HOUR_MS = 60 * 60 * 1_000;

Deno.test("the limits are those of the program", () => {
  const documented = table("Limits").map(([, text]) =>
    text!.match(/(?<![-\w])\d[\d,]*/g)!.map((digits) => digits.replaceAll(",", ""))
  );
  const expected = [
    [limits.MAX_LINE_BYTES],
    [1, limits.MAX_TEXT_BYTES],
    [limits.MAX_NAME_CHARS, limits.MAX_NAME_BYTES],
    [limits.MAX_QUOTE_CHARS],
    [limits.MAX_EMOJI_BYTES],
    [limits.MAX_REACTIONS_PER_MESSAGE, limits.MAX_REACTIONS_PER_MEMBER],
    [limits.MAX_TOPIC_BYTES],
    [limits.MAX_ROOMS_PER_MEMBER],
    [limits.MAX_ROOMS, limits.RESERVED_ROOMS],
    [limits.MAX_ROOMS_MADE_PER_MEMBER, limits.MAX_ROOMS_MADE_PER_ADDRESS, limits.MAX_ROOMS_MADE_ON_THIS_MACHINE],
    [limits.MAX_ROOMS_PREPARED_PER_ACCOUNT],
    [limits.MAX_RESTRICTIONS, limits.RESERVED_RESTRICTIONS],
    [limits.MAX_RESTRICTIONS_PER_MEMBER, limits.MAX_RESTRICTIONS_PER_ADDRESS, limits.MAX_RESTRICTIONS_OF_THIS_MACHINE],
    [limits.MAX_ACCOUNTS, limits.MAX_ACCOUNTS_PER_ADDRESS, limits.MAX_ACCOUNTS_OF_THIS_MACHINE],
    [limits.MAX_INVITES, limits.RESERVED_INVITES],
    [limits.MAX_AUDIT_ENTRIES, limits.MAX_AUDIT_ENTRIES, limits.MAX_AUDIT_ENTRIES_PER_ROOM],
    [limits.MEMORY_HISTORY_MESSAGES, limits.MEMORY_HISTORY_CHARS],
    [limits.MAX_REPLAY_MESSAGES, limits.OUTBOX_LIMIT_BYTES / 2],
    [limits.MEMORY_OF_MEMBERS_MS / HOUR_MS],
    [
      limits.MAX_WAITING_DIRECT,
      limits.DIRECT_WAIT_MS / (24 * HOUR_MS),
      limits.MAX_WAITING_FROM_SENDER,
      limits.MAX_WAITING_FROM_GUESTS,
    ],
    [limits.DIRECT_BATCH_BYTES],
    [limits.MAX_QUERY_BYTES, limits.MAX_SEARCH_WORDS, limits.MAX_SEARCH_MS / 1000],
    [limits.MAX_PENDING_MESSAGES],
    [
      limits.MAX_RECENT_MESSAGES,
      limits.MAX_SPEAKERS,
      limits.MAX_MEMBERS_KNOWN,
      limits.MAX_RESTRICTIONS_KNOWN,
      limits.MAX_HELD_MESSAGES,
    ],
    [limits.MAX_UNPRINTED_CHARS],
    [limits.NOTICES_BURST, limits.NOTICES_PER_MINUTE],
    [limits.MAX_QUIET_LISTED],
    [limits.COMMANDS_PER_SECOND, limits.COMMANDS_BURST, COMMAND_COSTS.history, COMMAND_COSTS.search],
    [limits.PINGS_PER_SECOND, limits.PINGS_BURST],
    [limits.MAX_WRONG_PASSWORDS, limits.MAX_LOCAL_WRONG_PASSWORDS, limits.MAX_ACCOUNT_WRONG_PASSWORDS],
    [limits.MAX_ACCOUNT_COMPARISONS],
    [limits.MAX_SCRYPT_AT_ONCE, limits.MAX_SCRYPT_WAITING, limits.MAX_REGISTRATIONS_AT_ONCE],
    [limits.FAULTS_PER_SECOND, limits.FAULTS_BURST, limits.FAULTS_PAUSE_MS / 1000],
    [limits.MAX_REFUSED_BEFORE_NAME],
    [limits.OUTBOX_LIMIT_BYTES],
    [
      limits.DEFAULT_CONNECTIONS_PER_ADDRESS,
      limits.DEFAULT_ATTEMPTS_PER_ADDRESS,
      limits.ADDRESS_ATTEMPTS_MS / 60_000,
    ],
    [limits.MAX_HTTP_HEAD_BYTES],
    [limits.FIRST_LINE_TIMEOUT_MS / 1000],
    [limits.HTTP_ANSWER_TIMEOUT_MS / 1000],
    [limits.MAX_METRICS_CONNECTIONS],
    [limits.GREETING_TIMEOUT_MS / 1000],
    [limits.PING_TIMEOUT_MS / 1000],
    [limits.MAX_NEARBY_SERVERS, limits.MAX_NEARBY_TITLE_BYTES],
    [limits.MAX_NEARBY_PACKETS_PER_SECOND, limits.MAX_NEARBY_MS_PER_SECOND],
  ];
  assertEquals(documented.map((numbers) => numbers.map(Number)), expected);
});

Deno.test("files lie where the program looks for them", () => {
  const standard: Record<string, string> = { HOME: "~", APPDATA: "%APPDATA%", LOCALAPPDATA: "%LOCALAPPDATA%" };
  const chosen = Object.fromEntries(
    ["CONFIG", "DATA", "STATE"].map((what) => `XDG_${what}_HOME`).map((x) => [x, `/$${x}`]),
  );
  const folders = [
    defaultDataFolder,
    (os: Os, env: Env) => configFolder(env, os)!,
    (os: Os, env: Env) => stateFolder(env, os)!,
  ];
  const documented = table("Where files lie").slice(0, folders.length).map(([, ...cells]) => cells);
  for (const [row, folder] of folders.entries()) {
    const linux = [chosen, standard].map((variables) => folder("linux", (name) => variables[name]).replace("/$", "$"));
    const others = (["darwin", "windows"] as const).map((os) => folder(os, (name) => standard[name]));
    const expected = [linux.join(", or without that "), ...others];
    const written = (path: string) => path.replaceAll("\\", "/");
    assertEquals(documented[row]!.map(written), expected.map(written));
  }
});

type Os = typeof Deno.build.os;
type Env = (variable: string) => string | undefined;

Deno.test("each search in the README has the filters that it is said to have", () => {
  const queries = column("Search", 0).map((line) => parseSearchQuery(line.replace("/search ", "")));
  assertEquals(queries, [
    { phrases: [["tea"], ["cake"]] },
    { phrases: [["tea", "cake"]] },
    { phrases: [["tea"]], from: "ada" },
    { phrases: [], from: "ada" },
    { phrases: [["cake"]], beforeMs: Date.parse("2026-11-01T00:00:00Z") },
  ]);
});

Deno.test("the rights are those that the tasks give", () => {
  const names = [...COMMAND_LIST.map(({ name }) => name), "test", "chaos", "fuzz", "attacks", "costs", "record"];
  const tasks: Readonly<Record<string, { readonly command: string }>> = config.tasks;
  const documented = table("What Deno may do").flatMap(([right, names]) =>
    names!.split(", ").map((name) => `${name} ${right}`)
  );
  const given = names.flatMap((name) =>
    (tasks[name]!.command.match(/--allow-\S+/g) ?? []).map((right) => `${name} ${right}`)
  );
  assertEquals(documented.sort(), given.sort());
});

for (const [name, text] of [["README.md", README], [".github/CONTRIBUTING.md", CONTRIBUTING]] as const) {
  Deno.test(`the tasks that ${name} names exist`, () => {
    const named = [...text.matchAll(/deno task ([a-z][a-z:]*)/g)].map(([, task]) => task!);
    assertEquals(named.filter((task) => !(task in config.tasks)), []);
  });

  Deno.test(`the links of ${name} lead somewhere`, async () => {
    for (const [, target] of text.matchAll(/\]\(([^)]+)\)/g)) {
      if (target!.startsWith("https:")) continue;
      if (target!.startsWith("#")) assert(anchors(text).includes(target!), `There is no heading for ${target}`);
      else await Deno.stat(new URL(target!, new URL(name, ROOT)));
    }
  });
}

function anchors(text: string): string[] {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading!.toLowerCase());
  return headings.map((heading) => `#${heading.replace(/[^\w -]/g, "").replaceAll(" ", "-")}`);
}

Deno.test("the paths that CONTRIBUTING.md names exist", async () => {
  for (const [, path] of CONTRIBUTING.matchAll(/`((?:src|tests|\.ci|\.config|\.github)\/[\w./]*\w)\/?`/g)) {
    await Deno.stat(new URL(path!, ROOT));
  }
});
