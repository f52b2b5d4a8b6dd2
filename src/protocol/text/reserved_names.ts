import { nameKeys } from "./names.ts";

/** Names that no member may have: the program uses them for itself, or readers take them for it, or for a whole room. */
export const RESERVED_NAMES: readonly string[] = [
  // An `Actor` that is no member.
  "owner",
  "server",
  // The word by which views call the reader.
  "you",
  "system",
  "admin",
  "moderator",
  "nickserv",
  "chanserv",
  "everyone",
  "here",
];

/** Whether the name, or what it looks like, is one of `RESERVED_NAMES`, also with punctuation in it and digits for letters. */
export function isReserved(name: string): boolean {
  keys ??= new Set(RESERVED_NAMES.flatMap(nameKeys));
  const bare = name.replace(/[_.'-]/g, "");
  const spelled = bare.replace(/[0134579]/g, (digit) => LETTERS[digit]!);
  return [...new Set([name, bare, spelled])].some((form) => nameKeys(form).some((key) => keys!.has(key)));
}

/** Letters that digits are written for. */
const LETTERS: Readonly<Record<string, string>> = { 0: "o", 1: "i", 3: "e", 4: "a", 5: "s", 7: "t", 9: "g" };

let keys: ReadonlySet<string> | undefined;
