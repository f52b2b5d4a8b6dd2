/** The reader's settings while the program runs, and how lines look by them. */

import type { Style } from "./lines.ts";
import { changed, DEFAULT_SETTINGS, settingLines, settingRows, type Settings } from "./settings.ts";
import { createTimes } from "./times.ts";

export interface PreferencesOptions {
  /** How lines look where no setting says otherwise; `links` is what the terminal is known to take. */
  readonly style: Style;
  /** At first. */
  readonly settings?: Partial<Settings>;
  readonly print: (lines: readonly string[]) => void;
}

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

  /** Lists all of them, tells one, or changes one. Throws an Error for people where that cannot be. */
  set(name: string | undefined, value: string): void {
    const { print } = this.#options;
    if (name === undefined) return print(settingLines(this.#settings));
    const next = changed(this.#settings, name, value === "" ? valueOf(this.#settings, name) : value);
    const row = settingRows(next).find((row) => row.name === name.toLowerCase())!;
    print([`* ${row.name} is ${row.value}: ${row.summary}${value === "" ? ` (${row.values})` : ""}`]);
    this.#settings = next;
    this.#style = styled(this.#options.style, next);
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
