/** The keys of the configuration file, each with its schema and a description of valid values. */

import * as v from "valibot";
import { parseName, parseRoom } from "../../protocol/text/names.ts";
import { DEFAULT_SETTINGS, MAX_FOLD, settingRows, withSetting } from "../../terminal/model/settings.ts";

export interface ConfigEntry<T> {
  readonly schema: v.GenericSchema<unknown, T>;
  /** The valid values, for error messages. */
  readonly expected: string;
}

const TEXTS = v.pipe(v.union([v.string(), v.array(v.string())]), v.transform((given) => [given].flat()));

export const ENTRIES = {
  name: entry(v.pipe(v.string(), v.check(accepted(parseName))), 'a name, such as "ada"'),
  room: entry(
    v.pipe(TEXTS, v.check((rooms) => rooms.length > 0 && rooms.every(accepted(parseRoom)))),
    'a room or a list of them, such as ["lobby", "ops"]',
  ),
  plain: entry(v.boolean(), "true or false"),
  themes: entry(
    v.record(v.string(), v.record(v.string(), v.string())),
    'themes with a style for each part, such as {"mine": {"error": "bold 166"}}',
  ),
  keys: entry(v.record(v.string(), TEXTS), 'actions with their keys, such as {"complete": ["tab", "C-o"]}'),
};

/** A setting as `/set` takes it, or in JSON: true and false for on and off, and a list of words. */
const SETTING_TEXT = v.union([
  v.string(),
  v.pipe(v.boolean(), v.transform((on) => on ? "on" : "off")),
  v.pipe(v.number(), v.transform(String)),
  v.pipe(v.array(v.string()), v.transform((words) => words.join(","))),
]);

/** The settings of `/set`, each parsed into the text that `/set` takes. */
export const SETTING_ENTRIES: ReadonlyMap<string, ConfigEntry<string>> = new Map(
  settingRows(DEFAULT_SETTINGS).map(({ name, values }) => {
    const possible = v.check(accepted((text: string) => withSetting(DEFAULT_SETTINGS, name, text)));
    return [name, entry(v.pipe(SETTING_TEXT, possible), inJson(values))];
  }),
);

export type Values = { -readonly [K in keyof typeof ENTRIES]?: v.InferOutput<typeof ENTRIES[K]["schema"]> };

/** The parsed value of one key; `undefined` if it is invalid. */
export function valueOf<T>({ schema }: ConfigEntry<T>, given: unknown): T | undefined {
  const { success, output } = v.safeParse(schema, given);
  return success ? output : undefined;
}

function inJson(values: string): string {
  if (values === "on|off") return "true or false";
  return values === "N" ? `a whole number from 0 to ${MAX_FOLD}` : values.replaceAll("|", " or ");
}

function entry<T>(schema: v.GenericSchema<unknown, T>, expected: string): ConfigEntry<T> {
  return { schema, expected };
}

function accepted(parse: (text: string) => unknown): (text: string) => boolean {
  return (text) => {
    try {
      parse(text);
      return true;
    } catch {
      return false;
    }
  };
}
