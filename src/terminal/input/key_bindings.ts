/** Keys that a person has chosen, in place of those of `KEY_TABLE`. */

import { closestString } from "@std/text/closest-string";
import { quote } from "../../protocol/text/names.ts";
import { type ActionName, BINDINGS, type Bindings, KEY_TABLE } from "./key_table.ts";
import { isKeyName } from "./key_decoder.ts";

/** Action → all of its keys. */
export type ChosenKeys = Readonly<Record<string, readonly string[]>>;

export const ACTION_NAMES = Object.keys(KEY_TABLE) as readonly ActionName[];

/** What is wrong is told to `fault` in a sentence, and left out. Where no key sends the line any more, nothing is changed. */
export function bindingsWith(chosen: ChosenKeys, fault: (text: string) => void): Bindings {
  const entries = Object.entries(chosen).flatMap(([name, keys]) => {
    const action = ACTION_NAMES.find((action) => action === name);
    if (action === undefined) fault(unknownAction(name));
    return action === undefined ? [] : [[action, keys.filter((key) => isPossible(key, action, fault))] as const];
  });
  const changed = new Set(entries.map(([action]) => action));
  const bindings = new Map([...BINDINGS].filter(([, action]) => !changed.has(action)));
  for (const [action, keys] of entries) for (const key of keys) bindings.set(key, action);
  if ([...bindings.values()].includes("submit")) return bindings;
  fault('no key is left for "submit", which sends the line: all keys are as they were');
  return BINDINGS;
}

function unknownAction(name: string): string {
  return `${quote(name)} is nothing that a key can do: did you mean "${closestString(name, [...ACTION_NAMES])}"?`;
}

/** A second key can only stand behind Ctrl-X, which therefore does nothing alone. */
function isPossible(key: string, action: ActionName, fault: (text: string) => void): boolean {
  if (/^M-[1-9]$/.test(key)) {
    fault(`"${key}" goes to a room, and to nothing else`);
    return false;
  }
  const keys = key.split(" ");
  const fits = keys.length === 1 ? key !== "C-x" : keys.length === 2 && keys[0] === "C-x";
  if (fits && keys.every(isKeyName)) return true;
  fault(`${quote(key)} is no key for "${action}": write it as "C-o", "M-p", "S-tab", "pageup" or "C-x C-o"`);
  return false;
}
