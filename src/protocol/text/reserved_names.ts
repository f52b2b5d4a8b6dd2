import { nameKeys } from "./names.ts";

/** Names that no member may have, since readers would take such a member for the program or for a whole room. */
export const RESERVED_NAMES: readonly string[] = [
  // Actors without an id.
  "owner",
  "server",
  // Views use this word for the reader.
  "you",
  "system",
  "admin",
  "moderator",
  "nickserv",
  "chanserv",
  "everyone",
  "here",
];

/** Whether the name looks like one of `RESERVED_NAMES`, also with punctuation in it or digits for letters. */
export function isReserved(name: string): boolean {
  keys ??= new Set(RESERVED_NAMES.flatMap(nameKeys));
  const bare = name.replace(/[_.'-]/g, "");
  const spelled = bare.replace(/[0134579]/g, (digit) => LETTERS[digit]!);
  return [...new Set([name, bare, spelled])].some((form) => nameKeys(form).some((key) => keys!.has(key)));
}

/** The letters that digits may replace. */
const LETTERS: Readonly<Record<string, string>> = { 0: "o", 1: "i", 3: "e", 4: "a", 5: "s", 7: "t", 9: "g" };

let keys: ReadonlySet<string> | undefined;
