import { MAX_KEYWORD_CHARS, MAX_KEYWORDS, parseKeywords } from "../../client/text/keywords.ts";
import type { JsonStore } from "./browser_storage.ts";

/** Switches of the user on this device, with their first values. */
const DEFAULTS = { notify: false, sound: false, idle: true, typing: true, formatting: true };

export type PageSetting = keyof typeof DEFAULTS;

const KEY = "settings";

/** The switches and keywords of this device, which the browser keeps for all users of the page. */
export class PageSettings {
  readonly #store: JsonStore;
  readonly #changed: () => void;
  #values: Readonly<Record<string, unknown>>;

  /** `changed` is called after each change. */
  constructor(store: JsonStore, changed: () => void) {
    this.#store = store;
    this.#changed = changed;
    const stored = store.read(KEY);
    this.#values = typeof stored === "object" && stored !== null ? { ...stored } : earlierValues(store);
  }

  isOn(setting: PageSetting): boolean {
    const value = this.#values[setting];
    return typeof value === "boolean" ? value : DEFAULTS[setting];
  }

  set(setting: PageSetting, value: boolean): void {
    this.#keep({ [setting]: value });
  }

  /** Words that count as a mention, besides the user's name. */
  get keywords(): readonly string[] {
    const { keywords } = this.#values;
    return typeof keywords === "string" ? parseKeywords(keywords) ?? [] : [];
  }

  /** Throws an Error for users if there are too many words, or too long ones. */
  setKeywords(text: string): void {
    const words = parseKeywords(text);
    if (words === undefined) {
      throw new Error(`At most ${MAX_KEYWORDS} words of ${MAX_KEYWORD_CHARS} characters each: leave some out`);
    }
    this.#keep({ keywords: words.join(",") });
  }

  #keep(values: Readonly<Record<string, unknown>>): void {
    this.#values = { ...this.#values, ...values };
    this.#store.write(KEY, this.#values);
    this.#changed();
  }
}

/** As earlier versions stored them: one switch for what others see of the user, and one for notifications. */
function earlierValues(store: JsonStore): Readonly<Record<string, unknown>> {
  const activity = store.read("activity");
  return { notify: store.read("notify"), ...activity === false ? { idle: false, typing: false } : {} };
}
