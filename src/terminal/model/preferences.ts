/** The user's settings while the program runs, and the style of lines that follows from them. */

import type { SlashInput } from "../../presentation/commands/slash_input.ts";
import type { Style } from "../render/line_style.ts";
import { DEFAULT_SETTINGS, settingLines, settingRows, type Settings, withSetting } from "./settings.ts";
import { quote } from "../../protocol/text/names.ts";
import { themed } from "../render/palette.ts";
import { type Theme, THEMES } from "../render/theme.ts";
import { createTimes } from "../render/time_format.ts";

export interface PreferencesOptions {
  /** The style where no setting overrides it. `formatting` and `links` say whether the terminal supports them. */
  readonly style: Style;
  /** Initial settings that differ from the defaults. */
  readonly settings?: Partial<Settings>;
  /** The user's own themes by name. */
  readonly themes?: ReadonlyMap<string, Theme>;
  readonly keep?: KeepSetting;
  readonly print: (lines: readonly string[]) => void;
}

/** Stores a setting for the next start and returns the place. Throws an Error for users if it cannot. */
export type KeepSetting = <K extends keyof Settings>(name: K, value: Settings[K]) => string;

export class Preferences {
  readonly #options: PreferencesOptions;
  #settings: Settings;
  #style: Style;

  constructor(options: PreferencesOptions) {
    this.#options = options;
    this.#settings = { ...DEFAULT_SETTINGS, ...options.settings };
    this.#style = styled(options, this.#settings);
  }

  get settings(): Settings {
    return this.#settings;
  }

  get style(): Style {
    return this.#style;
  }

  /**
   * Lists all settings, shows one, or changes one, which `keep` also stores. Throws an Error for users if it cannot.
   */
  set({ name, value, keep }: Pick<Extract<SlashInput, { type: "set" }>, "name" | "value" | "keep">): void {
    const { print } = this.#options;
    if (name === undefined && keep) throw new Error("/set -keep needs a setting: write /set -keep NAME VALUE");
    if (name === undefined) return print(settingLines(this.#settings));
    const next = withSetting(this.#settings, name, value === "" ? valueOf(this.#settings, name) : value);
    const style = styled(this.#options, next);
    const row = settingRows(next).find((row) => row.name === name.toLowerCase())!;
    const kept = keep ? `, stored in ${this.#keep(row.name, next)}` : "";
    print([`* ${row.name} is ${row.value}${kept}: ${row.summary}${value === "" ? ` (${row.values})` : ""}`]);
    this.#settings = next;
    this.#style = style;
  }

  #keep(name: keyof Settings, settings: Settings): string {
    if (this.#options.keep === undefined) throw new Error("Settings cannot be stored here: write /set without -keep");
    return this.#options.keep(name, settings[name]);
  }
}

function valueOf(settings: Settings, name: string): string {
  return settingRows(settings).find((row) => row.name === name.toLowerCase())?.value ?? "";
}

/** Throws an Error for users if there is no such theme. */
function styled({ style, themes }: PreferencesOptions, { keywords, utc, formatting, links, theme }: Settings): Style {
  return {
    ...style,
    keywords,
    palette: themed(style.palette, themeOf(theme, themes)),
    times: utc ? createTimes("UTC") : style.times,
    formatting: formatting && style.formatting,
    links: links === "auto" ? style.links : links === "on",
  };
}

function themeOf(name: string, own: PreferencesOptions["themes"] = new Map()): Theme {
  const theme = own.get(name) ?? THEMES.get(name);
  if (theme !== undefined) return theme;
  throw new Error(
    `There is no theme ${quote(name)}: choose ${[...new Set([...THEMES.keys(), ...own.keys()])].join(", ")}`,
  );
}
