/** What the configuration file may hold: each key with its schema and what is possible. */

import * as v from "valibot";
import { parseName, parseRoom } from "../protocol/names.ts";

export interface Entry<T> {
  readonly schema: v.GenericSchema<unknown, T>;
  /** For people. */
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
  keys: entry(v.record(v.string(), TEXTS), 'actions with their keys, such as {"complete": ["tab", "C-o"]}'),
};

export type Values = { -readonly [K in keyof typeof ENTRIES]?: v.InferOutput<typeof ENTRIES[K]["schema"]> };

/** The value of one key; undefined for what is none. */
export function valueOf<T>({ schema }: Entry<T>, given: unknown): T | undefined {
  const { success, output } = v.safeParse(schema, given);
  return success ? output : undefined;
}

function entry<T>(schema: v.GenericSchema<unknown, T>, expected: string): Entry<T> {
  return { schema, expected };
}

function accepted(parse: (text: string) => string): (text: string) => boolean {
  return (text) => {
    try {
      parse(text);
      return true;
    } catch {
      return false;
    }
  };
}
