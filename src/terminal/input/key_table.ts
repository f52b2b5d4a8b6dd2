/** The keys of the line editor and their actions. The help, the manual and the configuration of keys use this table. */

export interface KeyEntry {
  /** In the notation of `key_decoder.ts`; a space separates the two keys of a sequence. */
  readonly keys: readonly string[];
  readonly summary: string;
}

type KeyTable = Readonly<Record<string, KeyEntry>>;

/** The page `/help keys`. */
export const NAVIGATION_KEYS = {
  "submit": { keys: ["enter"], summary: "sends the line" },
  "break-line": { keys: ["M-enter"], summary: "breaks the line" },
  "cancel": { keys: ["C-c"], summary: "empties the line; quits if it is empty" },
  "delete-or-quit": { keys: ["C-d"], summary: "deletes to the right; quits if the line is empty" },
  "clear": { keys: ["C-l"], summary: "clears the screen" },
  "editor": { keys: ["C-x C-e"], summary: "opens the line in your editor" },
  "complete": { keys: ["tab"], summary: "completes a name, #room, /command or :emoji:" },
  "complete-back": { keys: ["S-tab"], summary: "returns to the previous completion" },
  "left": { keys: ["left", "C-b"], summary: "moves left" },
  "right": { keys: ["right", "C-f"], summary: "moves right" },
  "word-left": { keys: ["C-left", "M-left", "M-b"], summary: "moves a word left" },
  "word-right": { keys: ["C-right", "M-right", "M-f"], summary: "moves a word right" },
  "line-start": { keys: ["home", "C-a"], summary: "moves to the start of the line" },
  "line-end": { keys: ["end", "C-e"], summary: "moves to the end of the line" },
  "text-start": { keys: ["C-home"], summary: "moves to the start of the message" },
  "text-end": { keys: ["C-end"], summary: "moves to the end of the message" },
  "older": { keys: ["up", "C-p"], summary: "moves a line up, then recalls older lines" },
  "newer": { keys: ["down", "C-n"], summary: "moves a line down, then recalls newer lines" },
  "oldest": { keys: ["M-<"], summary: "recalls the oldest sent line" },
  "newest": { keys: ["M->"], summary: "returns to your draft" },
  "search": { keys: ["C-r"], summary: "searches sent lines; again for older matches" },
} as const satisfies KeyTable;

/** The page `/help editing`. */
export const EDITING_KEYS = {
  "delete-left": { keys: ["backspace"], summary: "deletes the previous character" },
  "delete-right": { keys: ["delete"], summary: "deletes the next character" },
  "cut-blank-word": { keys: ["C-w"], summary: "cuts back to the previous space" },
  "cut-word-left": { keys: ["M-backspace"], summary: "cuts the previous word" },
  "cut-word-right": { keys: ["M-d"], summary: "cuts the next word" },
  "cut-line-start": { keys: ["C-u"], summary: "cuts from the start of the line" },
  "cut-line-end": { keys: ["C-k"], summary: "cuts to the end of the line" },
  "paste-cut": { keys: ["C-y"], summary: "inserts the last cut text" },
  "paste-older-cut": { keys: ["M-y"], summary: "after Ctrl-Y, inserts an older cut instead" },
  "swap": { keys: ["C-t"], summary: "swaps two characters" },
  "upper-case": { keys: ["M-u"], summary: "changes the word to upper case" },
  "lower-case": { keys: ["M-l"], summary: "changes the word to lower case" },
  "capital": { keys: ["M-c"], summary: "capitalizes the word" },
  "undo": { keys: ["C-_", "C-x C-u"], summary: "undoes the last change" },
  "redo": { keys: ["M-_"], summary: "repeats the undone change" },
} as const satisfies KeyTable;

export const KEY_TABLE = { ...NAVIGATION_KEYS, ...EDITING_KEYS };

export type ActionName = keyof typeof KEY_TABLE;

/** Actions by key or by sequence of two keys. */
export type Bindings = ReadonlyMap<string, ActionName>;

export const BINDINGS: Bindings = new Map(
  Object.entries(KEY_TABLE).flatMap(([name, { keys }]) => keys.map((key) => [key, name as ActionName] as const)),
);

/** The keys of an action, in the form of `keyName`. */
export function keysOf(bindings: Bindings, action: ActionName): string {
  const keys = [...bindings].filter(([, name]) => name === action).map(([key]) => keyName(key));
  return keys.length === 0 ? "no key" : keys.join(", ");
}

/** A key as users know it: `Ctrl-X Ctrl-E`. */
export function keyName(key: string): string {
  return key.split(" ").map(oneKeyName).join(" ");
}

const MODIFIERS: Readonly<Record<string, string>> = { "C-": "Ctrl-", "M-": "Alt-", "S-": "Shift-" };

function oneKeyName(key: string): string {
  const [, modifiers, name] = /^((?:[CMS]-)*)(.+)$/.exec(key)! as unknown as [string, string, string];
  const capital = name.charAt(0).toUpperCase() + name.slice(1);
  return modifiers.replace(/[CMS]-/g, (modifier) => MODIFIERS[modifier]!) + capital;
}
