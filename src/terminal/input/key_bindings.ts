/** Key bindings from the configuration, which replace those of `KEY_TABLE`. */

import { closestString } from "@std/text/closest-string";
import { quote } from "../../protocol/text/names.ts";
import { type ActionName, BINDINGS, type Bindings, KEY_TABLE } from "./key_table.ts";
import { isKeyName } from "./key_decoder.ts";

/** All keys of each action that the user has configured. */
export type ChosenKeys = Readonly<Record<string, readonly string[]>>;

export const ACTION_NAMES = Object.keys(KEY_TABLE) as readonly ActionName[];

/**
 * The bindings with the configured keys. Invalid entries are left out, each with a sentence to `report`.
 * If no key is left that sends the line, all bindings stay as they were.
 */
export function bindingsWith(chosen: ChosenKeys, report: (text: string) => void): Bindings {
  const entries = Object.entries(chosen).flatMap(([name, keys]) => {
    const action = ACTION_NAMES.find((action) => action === name);
    if (action === undefined) report(unknownAction(name));
    return action === undefined ? [] : [[action, keys.filter((key) => isValidKey(key, action, report))] as const];
  });
  const changed = new Set(entries.map(([action]) => action));
  const bindings = new Map([...BINDINGS].filter(([, action]) => !changed.has(action)));
  for (const [action, keys] of entries) for (const key of keys) bindings.set(key, action);
  if ([...bindings.values()].includes("submit")) return bindings;
  report('no key is left for "submit", which sends the line: the default keys stay in use');
  return BINDINGS;
}

function unknownAction(name: string): string {
  return `${quote(name)} is not an action of a key: did you mean "${closestString(name, [...ACTION_NAMES])}"?`;
}

/** Only Ctrl-X begins a sequence of two keys, so Ctrl-X alone cannot be bound. */
function isValidKey(key: string, action: ActionName, report: (text: string) => void): boolean {
  if (/^M-[1-9]$/.test(key)) {
    report(`"${key}" is reserved for switching rooms`);
    return false;
  }
  const keys = key.split(" ");
  const fits = keys.length === 1 ? key !== "C-x" : keys.length === 2 && keys[0] === "C-x";
  if (fits && keys.every(isKeyName)) return true;
  report(
    `${quote(key)} is not a valid key for "${action}": write keys as "C-o", "M-p", "S-tab", "pageup" or "C-x C-o"`,
  );
  return false;
}
