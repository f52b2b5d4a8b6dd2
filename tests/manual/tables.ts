/** The generated tables of the manual, taken from the tables of the code. */

import config from "../../deno.json" with { type: "json" };
import { commandUsage, optionUsage } from "../../src/cli/args/help_text.ts";
import type { CommandSpec } from "../../src/cli/args/arguments.ts";
import { EXIT } from "../../src/cli/args/exit_codes.ts";
import { COMMAND_LIST } from "../../src/cli/commands/command_list.ts";
import { exposition } from "../../src/metrics/prometheus.ts";
import { ERROR_CODES, FATAL_ERROR_CODES } from "../../src/protocol/errors.ts";
import { COMMAND_SCHEMAS } from "../../src/protocol/messages/command_schemas.ts";
import { EVENT_SCHEMAS } from "../../src/protocol/messages/event_schemas.ts";
import { LOG_EVENTS } from "../../src/server/monitor/log_events.ts";
import { KEY_TABLE, keyName } from "../../src/terminal/input/key_table.ts";
import { DEFAULT_SETTINGS, settingRows } from "../../src/terminal/model/settings.ts";
import { sampleReading } from "../metrics/sample_reading.ts";
import { type Cell, code, fullStop, type GeneratedTable, KEPT, sentence } from "./generated_table.ts";
import { limitTable } from "./limit_table.ts";
import { slashTable, variantTable } from "./slash_table.ts";

type Row = readonly [string, ...Cell[]];

/** The pages that have such tables. */
export const PAGES = ["guide", "hosting", "commands", "protocol"] as const;

/** In the order of the page. */
const HELP_TOPICS = ["chat", "calls", "messages", "accounts", "moderation", "reading"] as const;

export const TABLES: ReadonlyMap<string, () => GeneratedTable> = new Map([
  ...COMMAND_LIST.filter(({ options }) => options.length > 0).map((command) =>
    [`options of ${command.name}`, () => optionTable(command)] as const
  ),
  ["commands", commandTable],
  ["exit codes", exitTable],
  ...HELP_TOPICS.map((topic) => [`slash commands ${topic}`, () => slashTable(topic)] as const),
  ["slash command variants", variantTable],
  ["settings", settingTable],
  ["keys", keyTable],
  ["metrics", metricTable],
  ["log events", logTable],
  ["rights", rightTable],
  ["error codes", errorTable],
  ["limits", limitTable],
  ["client commands", () => typeTable(COMMAND_SCHEMAS, "Fields")],
  ["server events", () => typeTable(EVENT_SCHEMAS, "What it says")],
]);

function commandTable(): GeneratedTable {
  const rows = COMMAND_LIST.map((command): Row => [code(commandUsage(command)), sentence(command.summary)]);
  return { head: ["Command", "What it does"], rows };
}

function optionTable({ options }: CommandSpec): GeneratedTable {
  const rows = options.map((option): Row => [
    code(optionUsage(option)),
    option.default ?? "",
    fullStop(option.repeatable ? `${option.help}; may be repeated` : option.help),
  ]);
  return { head: ["Option", "Default", "What it does"], rows };
}

function exitTable(): GeneratedTable {
  return { head: ["Code", "Meaning"], rows: Object.values(EXIT).map((exit): Row => [String(exit), KEPT]) };
}

function settingTable(): GeneratedTable {
  const rows = settingRows(DEFAULT_SETTINGS).map(({ name, values, value, summary }): Row => [
    code(name),
    values.split("|").map(code).join(", "),
    code(value),
    sentence(summary),
  ]);
  return { head: ["Name", "Values", "Default", "What it does"], rows };
}

function keyTable(): GeneratedTable {
  const rows = Object.entries(KEY_TABLE).map(([action, { keys, summary }]): Row => [
    code(action),
    keys.map((key) => code(keyName(key))).join(", "),
    sentence(summary),
  ]);
  return { head: ["Action", "Keys", "What it does"], rows };
}

function metricTable(): GeneratedTable {
  const help = [...exposition(sampleReading()).matchAll(/^# HELP (\S+)/gm)];
  return { head: ["Figure", "What it says"], rows: help.map(([, name]): Row => [code(name!), KEPT]) };
}

function logTable(): GeneratedTable {
  const rows = Object.entries(LOG_EVENTS).map(([event, { level, fields }]): Row => [
    code(event),
    level,
    fields.map(code).join(" "),
    KEPT,
  ]);
  return { head: ["Event", "Level", "Fields", "When"], rows };
}

function errorTable(): GeneratedTable {
  const rows = ERROR_CODES.map((error): Row => [code(error), KEPT, FATAL_ERROR_CODES.has(error) ? "yes" : "no", KEPT]);
  return { head: ["Code", "When", "Fatal", "What to do"], rows };
}

function typeTable(schemas: object, what: string): GeneratedTable {
  return { head: ["`type`", what], rows: Object.keys(schemas).map((type): Row => [code(type), KEPT]) };
}

/** The tasks whose rights the manual lists: all commands, and those that run tests. */
const TEST_TASKS = ["test", "chaos", "fuzz", "attacks", "costs", "record"];

function rightTable(): GeneratedTable {
  const tasks: Readonly<Record<string, { readonly command: string }>> = config.tasks;
  const given = [...COMMAND_LIST.map(({ name }) => name), ...TEST_TASKS].flatMap((task) =>
    (tasks[task]!.command.match(/--allow-\S+/g) ?? []).map((right) => ({ task, right }))
  );
  const rows = [...Map.groupBy(given, ({ right }) => right)].map(([right, uses]): Row => [
    code(right),
    uses.map(({ task }) => code(task)).join(", "),
    KEPT,
  ]);
  return { head: ["Right", "Tasks", "Why"], rows };
}
