/** The reader's settings while the program runs, and how lines look by them. */

import type { Input } from "./commands/command.ts";
import type { Style } from "./lines.ts";
import { changed, DEFAULT_SETTINGS, settingLines, settingRows, type Settings } from "./settings.ts";
import { createTimes } from "./times.ts";

export interface PreferencesOptions {
  /** How lines look where no setting says otherwise; `links` is what the terminal is known to take. */
  readonly style: Style;
  /** At first. */
  readonly settings?: Partial<Settings>;
  readonly keep?: KeepSetting;
  readonly print: (lines: readonly string[]) => void;
}

/** Has a setting last beyond the program, and tells where it is kept. Throws an Error for people where it cannot. */
export type KeepSetting = <K extends keyof Settings>(name: K, value: Settings[K]) => string;

export class Preferences {
  readonly #options: PreferencesOptions;
  #settings: Settings;
  #style: Style;

  constructor(options: PreferencesOptions) {
    this.#options = options;
    this.#settings = { ...DEFAULT_SETTINGS, ...options.settings };
    this.#style = styled(options.style, this.#settings);
  }

  get settings(): Settings {
    return this.#settings;
  }

  get style(): Style {
    return this.#style;
  }

  /** Lists all of them, tells one, or changes one, for now or to last. Throws an Error for people where that cannot be. */
  set({ name, value, keep }: Pick<Extract<Input, { type: "set" }>, "name" | "value" | "keep">): void {
    const { print } = this.#options;
    if (name === undefined && keep) throw new Error("Which setting is to last? Write /set -keep NAME VALUE");
    if (name === undefined) return print(settingLines(this.#settings));
    const next = changed(this.#settings, name, value === "" ? valueOf(this.#settings, name) : value);
    const row = settingRows(next).find((row) => row.name === name.toLowerCase())!;
    const kept = keep ? `, kept in ${this.#keep(row.name, next)}` : "";
    print([`* ${row.name} is ${row.value}${kept}: ${row.summary}${value === "" ? ` (${row.values})` : ""}`]);
    this.#settings = next;
    this.#style = styled(this.#options.style, next);
  }

  #keep(name: keyof Settings, settings: Settings): string {
    if (this.#options.keep === undefined) throw new Error("Settings cannot be kept here: write /set without -keep");
    return this.#options.keep(name, settings[name]);
  }
}

function valueOf(settings: Settings, name: string): string {
  return settingRows(settings).find((row) => row.name === name.toLowerCase())?.value ?? "";
}

function styled(style: Style, { keywords, utc, links }: Settings): Style {
  return {
    ...style,
    keywords,
    times: utc ? createTimes("UTC") : style.times,
    links: links === "auto" ? style.links : links === "on",
  };
}
