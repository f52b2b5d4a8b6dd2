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

/** Whether the name, or what it looks like, is one of `RESERVED_NAMES`. */
export function isReserved(name: string): boolean {
  keys ??= new Set(RESERVED_NAMES.flatMap(nameKeys));
  return nameKeys(name).some((key) => keys!.has(key));
}

let keys: ReadonlySet<string> | undefined;
