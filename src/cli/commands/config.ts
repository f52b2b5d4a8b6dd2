import { configRights } from "./command_rights.ts";
import { ACTION_NAMES } from "../../terminal/input/key_bindings.ts";
import { BINDINGS, keysOf } from "../../terminal/input/key_table.ts";
import { DEFAULT_SETTINGS, settingRows } from "../../terminal/model/settings.ts";
import { type Arguments, readArguments } from "../args/arguments.ts";
import type { CommandSpec } from "../args/arguments.ts";
import { type OptionSpec, variableOf } from "../args/command_spec.ts";
import { type Config, readConfig } from "../config/config_file.ts";
import { CONNECT } from "./connect.ts";
import { readVariable } from "../platform/program.ts";
import { EXIT, type ExitCode } from "../args/exit_codes.ts";
import { complain } from "../platform/standard_io.ts";

export const CONFIG: CommandSpec = {
  name: "config",
  operands: "",
  maxOperands: 0,
  summary: "Shows the settings of the terminal client and their sources",
  options: [],
  examples: [{ line: "config", what: "shows each setting, its value and its source" }],
  rights: configRights,
  run: () => Promise.resolve(show()),
};

function show(): ExitCode {
  const config = readConfig(readVariable);
  console.log(
    `File: ${config.path ?? "unknown, because no folder is known for it"}${config.exists ? "" : " (not found)"}`,
  );
  for (const line of table(settingsInForce(readArguments([], CONNECT, readVariable), config))) console.log(line);
  for (const error of config.errors) complain(error);
  return config.errors.length === 0 ? EXIT.fine : EXIT.usage;
}

export type SettingInForce = readonly [setting: string, value: string, why: string];

/** All settings with their values and sources; `given` holds the values from the environment. */
export function settingsInForce(given: Arguments, config: Config): SettingInForce[] {
  return [
    ...CONFIGURABLE.map((option) => optionRow(option, given, config)),
    ...settingRows({ ...DEFAULT_SETTINGS, ...config.settings }).map(({ name, value }) =>
      settingRow(name, value, given, config)
    ),
    ...keyRows(config),
  ];
}

const CONFIGURABLE = CONNECT.options.filter(({ name }) => ["name", "room", "plain"].includes(name));

function optionRow(
  { name, value, default: standard }: OptionSpec,
  given: Arguments,
  { options }: Config,
): SettingInForce {
  const written = (values: readonly string[]) => value === undefined ? onOff(values[0]!) : values.join(", ");
  if (given.list(name).length > 0) return [name, written(given.list(name)), `variable ${variableOf(name)}`];
  const chosen = options.get(name);
  return chosen === undefined ? [name, standard ?? "off", "default"] : [name, written(chosen), "file"];
}

/** Settings that are also options can come from variables. */
function settingRow(name: string, value: string, given: Arguments, { settings }: Config): SettingInForce {
  const text = given.text(name);
  if (text !== undefined) return [name, onOff(text), `variable ${variableOf(name)}`];
  return [name, value, name in settings ? "file" : "default"];
}

function onOff(text: string): string {
  return text === "true" ? "on" : "off";
}

/** The actions whose keys differ from the default. */
function keyRows({ bindings }: Config): SettingInForce[] {
  const rows = ACTION_NAMES.map((action) => [`keys ${action}`, keysOf(bindings, action), "file"] as const);
  return rows.filter(([, keys], index) => keys !== keysOf(BINDINGS, ACTION_NAMES[index]!));
}

function table(rows: readonly SettingInForce[]): string[] {
  const wide = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map(([setting, value, why]) => `  ${setting.padEnd(wide[0]!)}  ${value.padEnd(wide[1]!)}  ${why}`);
}
