/** What a person has chosen once and for all: `config.json` in the folder for such files. */

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

export const CONFIG_FILE = "config.json";
/** Of a file in which more can be nothing of ours. */
const MAX_FILE_BYTES = 256 * 1024;
/** Of a value that a complaint shows. */
const SHOWN_CHARS = 60;

export interface Config {
  /** Undefined where the environment does not tell. */
  readonly path?: string;
  readonly exists: boolean;
  /** Of options of `connect`: the command line and the environment go before them. */
  readonly options: ReadonlyMap<string, readonly string[]>;
  /** As `/set` writes and changes them. */
  readonly settings: Partial<Settings>;
  readonly themes: ReadonlyMap<string, Theme>;
  readonly bindings: Bindings;
  /** A sentence for each thing that cannot be used; it is as if it did not stand there. */
  readonly faults: readonly string[];
}

export const NO_CONFIG: Config = {
  exists: false,
  options: new Map(),
  settings: {},
  themes: new Map(),
  bindings: BINDINGS,
  faults: [],
};

/** The folder for what people write themselves; undefined where the environment does not tell. */
export function configFolder(env: Environment, os = Deno.build.os): string | undefined {
  const under = (base: string | undefined, ...path: string[]) => base ? join(base, ...path) : undefined;
  if (os === "windows") return under(env("APPDATA"), "Confab");
  if (os === "darwin") return under(env("HOME"), "Library", "Application Support", "Confab");
  const config = env("XDG_CONFIG_HOME");
  // The specification has relative paths ignored.
  return config?.startsWith("/") ? join(config, "confab") : under(env("HOME"), ".config", "confab");
}

/** Never throws: without rights or a file, all is as it is at first. */
export function readConfig(env: Environment): Config {
  const folder = configFolder(env);
  if (folder === undefined) return NO_CONFIG;
  const path = join(folder, CONFIG_FILE);
  if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return { ...NO_CONFIG, path };
  try {
    if (Deno.statSync(path).size > MAX_FILE_BYTES) throw new Error(`it has more than ${MAX_FILE_BYTES} bytes`);
    return parseConfig(Deno.readTextFileSync(path), path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { ...NO_CONFIG, path };
    return { ...NO_CONFIG, path, exists: true, faults: [`File ${path} is ignored: ${explain(error)}`] };
  }
}

/** Throws where the text is no object of JSON. */
export function parseConfig(text: string, path: string): Config {
  const faults: string[] = [];
  const tell = (fault: string) => faults.push(`In ${path}, ${sanitizeLine(fault)}`);
  const values: Values = {};
  let settings: Partial<Settings> = {};
  for (const [key, given] of Object.entries(parseObject(text))) {
    const setting = SETTING_ENTRIES.get(key);
    if (setting !== undefined) settings = { ...settings, ...settingOf(key, setting, given, tell) };
    else if (!Object.hasOwn(ENTRIES, key)) tell(unknownKey(key));
    else take(values, key as keyof Values, given, tell);
  }
  const themes = themesOf(values.themes ?? {}, (fault) => tell(`key "themes": ${fault}`));
  if (settings.theme !== undefined && !themes.has(settings.theme) && !THEMES.has(settings.theme)) {
    tell(`key "theme" is ${shown(settings.theme)} (the default is used): there is no such theme`);
    settings = { ...settings, theme: DEFAULT_SETTINGS.theme };
  }
  const bindings = bindingsWith(values.keys ?? {}, (fault) => tell(`key "keys": ${fault}`));
  return { path, exists: true, options: optionsOf(values), settings, themes, bindings, faults };
}

/** Throws an Error whose message goes on behind "because". */
export function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    throw new Error(`it is not valid JSON (${(error as Error).message})`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Error('it is not a JSON object, such as {"name": "ada"}');
}

function take<K extends keyof Values>(values: Values, key: K, given: unknown, tell: (fault: string) => void): void {
  const entry: ConfigEntry<unknown> = ENTRIES[key];
  const value = valueOf(entry, given);
  if (value !== undefined) values[key] = value as Values[K];
  else tell(wrong(key, given, entry));
}

/** That setting alone. */
function settingOf(
  key: string,
  entry: ConfigEntry<string>,
  given: unknown,
  tell: (fault: string) => void,
): Partial<Settings> {
  const text = valueOf(entry, given);
  if (text !== undefined) {
    const settings = withSetting(DEFAULT_SETTINGS, key, text);
    return Object.fromEntries(Object.entries(settings).filter(([name]) => name === key));
  }
  tell(wrong(key, given, entry));
  return {};
}

function wrong(key: string, given: unknown, { expected }: ConfigEntry<unknown>): string {
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

/** Theme → part → look. */
export type ChosenThemes = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What is wrong is told to `fault` in a sentence, and is as in the default theme. */
export function themesOf(chosen: ChosenThemes, fault: (text: string) => void): Map<string, Theme> {
  const themes = new Map<string, Theme>();
  for (const [name, looks] of Object.entries(chosen)) {
    if (THEME_NAME.test(name)) themes.set(name, themeOf(name, looks, fault));
    else fault(`${quote(name)} is not a valid theme name: use up to 32 lowercase letters, digits and dashes`);
  }
  return themes;
}

function themeOf(name: string, looks: Readonly<Record<string, string>>, fault: (text: string) => void): Theme {
  const theme = { ...DEFAULT_THEME };
  for (const [given, look] of Object.entries(looks)) {
    const part = PARTS.find((part) => part === given);
    if (part === undefined) fault(`theme "${name}" has no part ${quote(given)}: the parts are ${PARTS.join(", ")}`);
    else if (!isStyle(part, look)) {
      fault(`theme "${name}": ${quote(look)} is not a style for "${part}": use for example "bold red"`);
    } else Object.assign(theme, { [part]: look });
  }
  return theme;
}
