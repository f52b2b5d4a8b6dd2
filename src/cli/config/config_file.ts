/** The user's configuration: `config.json` in the system's folder for configuration files. */

import { join } from "node:path";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { BINDINGS, type Bindings } from "../../terminal/input/key_table.ts";
import { bindingsWith } from "../../terminal/input/key_bindings.ts";
import { DEFAULT_THEME, isStyle, PARTS, type Theme, THEME_NAME, THEMES } from "../../terminal/render/theme.ts";
import { quote } from "../../protocol/text/names.ts";
import { DEFAULT_SETTINGS, type Settings, withSetting } from "../../terminal/model/settings.ts";
import { type Environment, nearestTo } from "../args/arguments.ts";
import { type ConfigEntry, ENTRIES, SETTING_ENTRIES, valueOf, type Values } from "./config_entries.ts";
import { explain } from "../platform/system_errors.ts";
import { decodeForeign } from "../platform/foreign_text.ts";

export const CONFIG_FILE = "config.json";
/** A larger file is not a configuration file of ours. */
const MAX_FILE_BYTES = 256 * 1024;
/** Length of a value in an error message. */
const SHOWN_CHARS = 60;

export interface Config {
  /** `undefined` if the environment names no folder. */
  readonly path?: string;
  readonly exists: boolean;
  /** Defaults for options of `connect`; the command line and the environment win over them. */
  readonly options: ReadonlyMap<string, readonly string[]>;
  /** The settings that `/set` changes. */
  readonly settings: Partial<Settings>;
  readonly themes: ReadonlyMap<string, Theme>;
  readonly bindings: Bindings;
  /** A sentence for each entry that is ignored because it is invalid. */
  readonly errors: readonly string[];
}

export const NO_CONFIG: Config = {
  exists: false,
  options: new Map(),
  settings: {},
  themes: new Map(),
  bindings: BINDINGS,
  errors: [],
};

/** The system's folder for configuration files; `undefined` if the environment does not name it. */
export function configFolder(env: Environment, os = Deno.build.os): string | undefined {
  const under = (base: string | undefined, ...path: string[]) => base ? join(base, ...path) : undefined;
  if (os === "windows") return under(env("APPDATA"), "Confab");
  if (os === "darwin") return under(env("HOME"), "Library", "Application Support", "Confab");
  const config = env("XDG_CONFIG_HOME");
  // The XDG specification says to ignore relative paths.
  return config?.startsWith("/") ? join(config, "confab") : under(env("HOME"), ".config", "confab");
}

/** Reads the configuration. Never throws: without permissions or a file, it is empty. */
export function readConfig(env: Environment): Config {
  const folder = configFolder(env);
  if (folder === undefined) return NO_CONFIG;
  const path = join(folder, CONFIG_FILE);
  if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return { ...NO_CONFIG, path };
  try {
    if (Deno.statSync(path).size > MAX_FILE_BYTES) throw new Error(`it has more than ${MAX_FILE_BYTES} bytes`);
    return parseConfig(decodeForeign(Deno.readFileSync(path)), path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { ...NO_CONFIG, path };
    return { ...NO_CONFIG, path, exists: true, errors: [`File ${path} is ignored: ${explain(error, path)}`] };
  }
}

/** Parses the text of the file. Throws if it is not a JSON object. */
export function parseConfig(text: string, path: string): Config {
  const errors: string[] = [];
  const report = (error: string) => errors.push(`In ${path}, ${sanitizeLine(error)}`);
  const values: Values = {};
  let settings: Partial<Settings> = {};
  for (const [key, given] of Object.entries(parseObject(text))) {
    const setting = SETTING_ENTRIES.get(key);
    if (setting !== undefined) settings = { ...settings, ...settingOf(key, setting, given, report) };
    else if (!Object.hasOwn(ENTRIES, key)) report(unknownKey(key));
    else take(values, key as keyof Values, given, report);
  }
  const themes = themesOf(values.themes ?? {}, (error) => report(`key "themes": ${error}`));
  if (settings.theme !== undefined && !themes.has(settings.theme) && !THEMES.has(settings.theme)) {
    const expected = [...new Set([...THEMES.keys(), ...themes.keys()])].join(" or ");
    report(invalidValue("theme", settings.theme, expected));
    settings = { ...settings, theme: DEFAULT_SETTINGS.theme };
  }
  const bindings = bindingsWith(values.keys ?? {}, (error) => report(`key "keys": ${error}`));
  return { path, exists: true, options: optionsOf(values), settings, themes, bindings, errors };
}

/** Parses a JSON object. Throws an Error whose message is a clause, such as "it is not valid JSON". */
export function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`it is not valid JSON (${(error as Error).message})`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Error('it is not a JSON object, such as {"name": "ada"}');
}

function take<K extends keyof Values>(values: Values, key: K, given: unknown, report: (error: string) => void): void {
  const entry: ConfigEntry<unknown> = ENTRIES[key];
  const value = valueOf(entry, given);
  if (value !== undefined) values[key] = value as Values[K];
  else report(invalidValue(key, given, entry.expected));
}

/** Parses one setting, or reports that it is invalid. */
function settingOf(
  key: string,
  entry: ConfigEntry<string>,
  given: unknown,
  report: (error: string) => void,
): Partial<Settings> {
  const text = valueOf(entry, given);
  if (text !== undefined) {
    const settings = withSetting(DEFAULT_SETTINGS, key, text);
    return Object.fromEntries(Object.entries(settings).filter(([name]) => name === key));
  }
  report(invalidValue(key, given, entry.expected));
  return {};
}

function invalidValue(key: string, given: unknown, expected: string): string {
  return `key "${key}" is ${shown(given)} (the default is used): expected ${expected}`;
}

function unknownKey(key: string): string {
  const names = [...Object.keys(ENTRIES), ...SETTING_ENTRIES.keys()];
  const nearest = nearestTo(key, names);
  return `unknown key ${shown(key)}: ${
    nearest === undefined ? `the keys are ${names.join(", ")}` : `did you mean "${nearest}"?`
  }`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= SHOWN_CHARS ? text : `${text.slice(0, SHOWN_CHARS)}…`;
}

function optionsOf({ name, room, plain }: Values): Map<string, readonly string[]> {
  const options = { name: name === undefined ? undefined : [name], room, plain: plain?.toString() };
  return new Map(Object.entries(options).flatMap(([option, value]) => value ? [[option, [value].flat()]] : []));
}

/** Styles by theme and part. */
export type ChosenThemes = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Parses the themes. Reports each invalid entry in a sentence and uses the default theme instead. */
export function themesOf(chosen: ChosenThemes, report: (error: string) => void): Map<string, Theme> {
  const themes = new Map<string, Theme>();
  for (const [name, styles] of Object.entries(chosen)) {
    if (THEME_NAME.test(name)) themes.set(name, themeOf(name, styles, report));
    else report(`${quote(name)} is not a valid theme name: use up to 32 lowercase letters, digits and dashes`);
  }
  return themes;
}

function themeOf(name: string, styles: Readonly<Record<string, string>>, report: (error: string) => void): Theme {
  const theme = { ...DEFAULT_THEME };
  for (const [given, style] of Object.entries(styles)) {
    const part = PARTS.find((part) => part === given);
    if (part === undefined) report(`theme "${name}" has no part ${quote(given)}: the parts are ${PARTS.join(", ")}`);
    else if (!isStyle(part, style)) {
      report(`theme "${name}": ${quote(style)} is not a style for "${part}": use for example "bold red"`);
    } else Object.assign(theme, { [part]: style });
  }
  return theme;
}
