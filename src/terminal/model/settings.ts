/** What is the reader's choice: the only place that knows the choices, how they are written and what they are at first. */

import { quote } from "../../protocol/text/names.ts";
import { THEME_NAME, THEMES } from "../render/theme.ts";

export interface Settings {
  /** Words that call the reader beside the name. */
  readonly keywords: readonly string[];
  /** Comings and goings in a row that are told one by one; those behind them share a line. */
  readonly fold: number;
  /** What is shown at once of rooms that are not current: everything, what calls the reader, or nothing. */
  readonly elsewhere: Elsewhere;
  readonly utc: boolean;
  /** Whether addresses are marked as links for the terminal (OSC 8); `auto`: where it is known to take them. */
  readonly links: LinkSetting;
  /** The name of a theme, built in or of one's own. */
  readonly theme: string;
  /** Whether the window's title tells what is unread. */
  readonly title: boolean;
  /** Ways to be called. */
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
  links: "auto",
  theme: "default",
  title: true,
  bell: false,
  osc9: false,
  osc777: false,
  osc99: false,
};

export const MAX_KEYWORDS = 20;
const MAX_KEYWORD_CHARS = 64;
export const MAX_FOLD = 1_000;

interface Setting<T> {
  /** How a value is written. */
  readonly values: string;
  readonly summary: string;
  /** Undefined for what is no value. */
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
    summary: "words that call you, beside your name",
    parse: parseKeywords,
    format: (words) => words.length === 0 ? "off" : words.join(","),
  },
  fold: {
    values: "N",
    summary: "joins and leaves in a row that get a line each",
    parse: (text) => /^\d{1,4}$/.test(text) && Number(text) <= MAX_FOLD ? Number(text) : undefined,
    format: String,
  },
  elsewhere: choice("what of your other rooms is shown at once", ["all", "calls", "none"]),
  utc: onOff("times in UTC in place of your own zone"),
  links: choice("marks addresses as links for the terminal", ["auto", "on", "off"]),
  theme: {
    values: [...THEMES.keys(), "NAME"].join("|"),
    summary: "colours: built in, or your own of the file",
    parse: (text) => THEME_NAME.test(text.toLowerCase()) ? text.toLowerCase() : undefined,
    format: (name) => name,
  },
  title: onOff("tells in the window's title what is unread"),
  bell: onOff("rings when something is for you"),
  osc9: onOff("notifies by OSC 9 (iTerm2, WezTerm, Ghostty, Windows Terminal)"),
  osc777: onOff("notifies by OSC 777 (foot, urxvt, VTE, Ghostty)"),
  osc99: onOff("notifies by OSC 99 (kitty)"),
};

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly (keyof Settings)[];

/** A word is what stands between blanks and commas; empty or `off` is none. */
function parseKeywords(text: string): readonly string[] | undefined {
  if (text === "" || text.toLowerCase() === "off") return [];
  const words = [...new Set(text.split(/[\s,]+/).filter((word) => word !== ""))];
  return words.length <= MAX_KEYWORDS && words.every((word) => word.length <= MAX_KEYWORD_CHARS) ? words : undefined;
}

/** The settings with one of them changed. Throws an Error for people where there is no such setting or value. */
export function withSetting(settings: Settings, name: string, text: string): Settings {
  const key = SETTING_NAMES.find((key) => key === name.toLowerCase());
  if (key === undefined) throw new Error(`There is no setting ${quote(name)}: /set lists those there are`);
  return withValue(settings, key, text.trim());
}

function withValue<K extends keyof Settings>(settings: Settings, key: K, text: string): Settings {
  const value = SETTINGS[key].parse(text);
  if (value !== undefined) return { ...settings, [key]: value };
  throw new Error(`Value ${quote(text)} is not possible for ${key}: write /set ${key} ${SETTINGS[key].values}`);
}

/** As it is written behind `/set`, with its value in `settings`, what it may be, and what it means. */
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

/** A line for each, in columns. */
export function settingLines(settings: Settings): string[] {
  const rows = settingRows(settings);
  const wide = (column: (row: SettingRow) => string) => Math.max(...rows.map((row) => column(row).length));
  const [names, values] = [wide(({ name }) => name), Math.min(20, wide(({ value }) => value))];
  return rows.map(({ name, value, summary }) => `  ${name.padEnd(names)}  ${value.padEnd(values)}  ${summary}`);
}
