/** The settings of the terminal client: the only table of their names, values, defaults and descriptions. */

import { parseKeywords } from "../../client/text/keywords.ts";
import { SETTING_SUMMARIES } from "../../presentation/sentences/setting_sentences.ts";
import { quote } from "../../protocol/text/names.ts";
import { THEME_NAME, THEMES } from "../render/theme.ts";

export interface Settings {
  /** Words that count as a mention, besides the user's name. */
  readonly keywords: readonly string[];
  /** Number of joins and leaves in a row that get a line each. All after them share one line. */
  readonly fold: number;
  /** Messages of other rooms to show at once: all, those that mention the user (`calls`), or none. */
  readonly elsewhere: Elsewhere;
  readonly utc: boolean;
  /** Whether the markup of messages is shown formatted. */
  readonly formatting: boolean;
  /** Whether web addresses become links (OSC 8). `auto`: if the terminal is known to support them. */
  readonly links: LinkSetting;
  /** Whether pictures of messages are shown, if the terminal can. */
  readonly previews: boolean;
  /** The name of a built-in theme, or of one from the configuration file. */
  readonly theme: string;
  /** Whether others see that no key was pressed for 10 minutes. */
  readonly idle: boolean;
  /** Whether others see that the user is writing. */
  readonly typing: boolean;
  /** Whether the window's title shows the number of unread messages. */
  readonly title: boolean;
  /** Forms of notification. */
  readonly bell: boolean;
  readonly osc9: boolean;
  readonly osc777: boolean;
  readonly osc99: boolean;
}

export type Elsewhere = "all" | "calls" | "none";
export type LinkSetting = "auto" | "on" | "off";

export const DEFAULT_SETTINGS: Settings = {
  keywords: [],
  fold: 3,
  elsewhere: "calls",
  utc: false,
  formatting: true,
  links: "auto",
  previews: true,
  theme: "default",
  idle: true,
  typing: true,
  title: true,
  bell: false,
  osc9: false,
  osc777: false,
  osc99: false,
};

export const MAX_FOLD = 1_000;

interface Setting<T> {
  /** The possible values, as shown to users. */
  readonly values: string;
  readonly summary: string;
  /** Returns `undefined` for a text that is not a value. */
  readonly parse: (text: string) => T | undefined;
  readonly format: (value: T) => string;
}

function choice<T extends string>(summary: string, values: readonly T[]): Setting<T> {
  const parse = (text: string) => values.find((value) => value === text.toLowerCase());
  return { values: values.join("|"), summary, parse, format: (value) => value };
}

function onOff(summary: string): Setting<boolean> {
  const { values, parse } = choice(summary, ["on", "off"]);
  return {
    values,
    summary,
    parse: (text) => parse(text) === undefined ? undefined : parse(text) === "on",
    format: (value) => value ? "on" : "off",
  };
}

const SETTINGS: { readonly [K in keyof Settings]: Setting<Settings[K]> } = {
  keywords: {
    values: "WORD,WORD|off",
    summary: SETTING_SUMMARIES.keywords,
    parse: parseKeywords,
    format: (words) => words.length === 0 ? "off" : words.join(","),
  },
  fold: {
    values: "N",
    summary: "joins and leaves in a row that get a line each",
    parse: (text) => /^\d{1,4}$/.test(text) && Number(text) <= MAX_FOLD ? Number(text) : undefined,
    format: String,
  },
  elsewhere: choice("messages of your other rooms to show at once", ["all", "calls", "none"]),
  utc: onOff("show times in UTC instead of your time zone"),
  formatting: onOff(SETTING_SUMMARIES.formatting),
  links: choice("make web addresses links in the terminal", ["auto", "on", "off"]),
  previews: onOff("show the pictures that others send"),
  theme: {
    values: [...THEMES.keys(), "NAME"].join("|"),
    summary: "colours: a built-in theme, or one from your configuration file",
    parse: (text) => THEME_NAME.test(text.toLowerCase()) ? text.toLowerCase() : undefined,
    format: (name) => name,
  },
  idle: onOff(SETTING_SUMMARIES.idle),
  typing: onOff(SETTING_SUMMARIES.typing),
  title: onOff("show the number of unread messages in the window's title"),
  bell: onOff("ring the bell when a message is for you"),
  osc9: onOff("notify with OSC 9 (iTerm2, WezTerm, Ghostty, Windows Terminal)"),
  osc777: onOff("notify with OSC 777 (foot, urxvt, VTE, Ghostty)"),
  osc99: onOff("notify with OSC 99 (kitty)"),
};

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly (keyof Settings)[];

/** Returns the settings with one changed. Throws an Error for users if there is no such setting or value. */
export function withSetting(settings: Settings, name: string, text: string): Settings {
  const key = SETTING_NAMES.find((key) => key === name.toLowerCase());
  if (key === undefined) throw new Error(`There is no setting ${quote(name)}: /set lists all settings`);
  return withValue(settings, key, text.trim());
}

function withValue<K extends keyof Settings>(settings: Settings, key: K, text: string): Settings {
  const value = SETTINGS[key].parse(text);
  if (value !== undefined) return { ...settings, [key]: value };
  throw new Error(`Value ${quote(text)} is not possible for ${key}: write /set ${key} ${SETTINGS[key].values}`);
}

/** A setting's name, current value, possible values and description. */
export interface SettingRow {
  readonly name: keyof Settings;
  readonly value: string;
  readonly values: string;
  readonly summary: string;
}

export function settingRows(settings: Settings): SettingRow[] {
  return SETTING_NAMES.map((key) => rowOf(settings, key));
}

function rowOf<K extends keyof Settings>(settings: Settings, key: K): SettingRow {
  const { values, summary, format } = SETTINGS[key];
  return { name: key, value: format(settings[key]), values, summary };
}

/** One line for each setting, in columns. */
export function settingLines(settings: Settings): string[] {
  const rows = settingRows(settings);
  const width = (column: (row: SettingRow) => string) => Math.max(...rows.map((row) => column(row).length));
  const [names, values] = [width(({ name }) => name), Math.min(20, width(({ value }) => value))];
  return rows.map(({ name, value, summary }) => `  ${name.padEnd(names)}  ${value.padEnd(values)}  ${summary}`);
}
