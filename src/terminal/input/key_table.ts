/** What the keys of the line are called and do: the help, the README and whoever chooses keys of their own read it here. */

export interface KeyEntry {
  /** In the notation of `keys.ts`; two keys one behind the other have a blank between them. */
  readonly keys: readonly string[];
  readonly summary: string;
}

type KeyTable = Readonly<Record<string, KeyEntry>>;

/** The page `/help keys`. */
export const GOING_KEYS = {
  "submit": { keys: ["enter"], summary: "sends the line" },
  "break-line": { keys: ["M-enter"], summary: "breaks the line" },
  "cancel": { keys: ["C-c"], summary: "empties the line; quits if it is empty" },
  "delete-or-quit": { keys: ["C-d"], summary: "deletes what follows; quits if the line is empty" },
  "clear": { keys: ["C-l"], summary: "clears the screen" },
  "editor": { keys: ["C-x C-e"], summary: "writes the line in your editor" },
  "complete": { keys: ["tab"], summary: "completes a name, #room, /command or :emoji:" },
  "complete-back": { keys: ["S-tab"], summary: "goes back to the choice before" },
  "left": { keys: ["left", "C-b"], summary: "goes left" },
  "right": { keys: ["right", "C-f"], summary: "goes right" },
  "word-left": { keys: ["C-left", "M-left", "M-b"], summary: "goes a word left" },
  "word-right": { keys: ["C-right", "M-right", "M-f"], summary: "goes a word right" },
  "line-start": { keys: ["home", "C-a"], summary: "goes to the start of the line" },
  "line-end": { keys: ["end", "C-e"], summary: "goes to the end of the line" },
  "text-start": { keys: ["C-home"], summary: "goes to the start of the message" },
  "text-end": { keys: ["C-end"], summary: "goes to the end of the message" },
  "older": { keys: ["up", "C-p"], summary: "goes a line up, and then to what you sent before" },
  "newer": { keys: ["down", "C-n"], summary: "goes a line down, and then back to your draft" },
  "oldest": { keys: ["M-<"], summary: "goes to the first that you sent" },
  "newest": { keys: ["M->"], summary: "goes back to what you were typing" },
  "search": { keys: ["C-r"], summary: "searches what you sent; again finds older ones" },
} as const satisfies KeyTable;

/** The page `/help editing`. */
export const EDITING_KEYS = {
  "delete-left": { keys: ["backspace"], summary: "deletes what stands before" },
  "delete-right": { keys: ["delete"], summary: "deletes what follows" },
  "cut-blank-word": { keys: ["C-w"], summary: "cuts back to the last blank" },
  "cut-word-left": { keys: ["M-backspace"], summary: "cuts the word before" },
  "cut-word-right": { keys: ["M-d"], summary: "cuts the word that follows" },
  "cut-line-start": { keys: ["C-u"], summary: "cuts from the start of the line" },
  "cut-line-end": { keys: ["C-k"], summary: "cuts up to the end of the line" },
  "paste-cut": { keys: ["C-y"], summary: "brings back what was cut last" },
  "paste-older-cut": { keys: ["M-y"], summary: "behind Ctrl-Y, changes it for what was cut before" },
  "swap": { keys: ["C-t"], summary: "swaps two characters" },
  "upper-case": { keys: ["M-u"], summary: "writes the word in capitals" },
  "lower-case": { keys: ["M-l"], summary: "writes the word in small letters" },
  "capital": { keys: ["M-c"], summary: "begins the word with a capital" },
  "undo": { keys: ["C-_", "C-x C-u"], summary: "undoes the last change" },
  "redo": { keys: ["M-_"], summary: "does it again" },
} as const satisfies KeyTable;

export const KEY_TABLE = { ...GOING_KEYS, ...EDITING_KEYS };

export type ActionName = keyof typeof KEY_TABLE;

/** Key, or two with a blank between them → what it does. */
export type Bindings = ReadonlyMap<string, ActionName>;

export const BINDINGS: Bindings = new Map(
  Object.entries(KEY_TABLE).flatMap(([name, { keys }]) => keys.map((key) => [key, name as ActionName] as const)),
);

/** The keys of an action, for people. */
export function keysOf(bindings: Bindings, action: ActionName): string {
  const keys = [...bindings].filter(([, name]) => name === action).map(([key]) => keyName(key));
  return keys.length === 0 ? "no key" : keys.join(", ");
}

/** For people: `Ctrl-X Ctrl-E`. */
export function keyName(key: string): string {
  return key.split(" ").map(oneKeyName).join(" ");
}

const MODIFIERS: Readonly<Record<string, string>> = { "C-": "Ctrl-", "M-": "Alt-", "S-": "Shift-" };

function oneKeyName(key: string): string {
  const [, modifiers, name] = /^((?:[CMS]-)*)(.+)$/.exec(key)! as unknown as [string, string, string];
  const capital = name.charAt(0).toUpperCase() + name.slice(1);
  return modifiers.replace(/[CMS]-/g, (modifier) => MODIFIERS[modifier]!) + capital;
}
