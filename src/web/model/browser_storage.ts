/** What the page keeps: for good, and for this tab alone. */

import * as v from "valibot";
import { JsonStorage, type JsonStore } from "./json_store.ts";

export interface BrowserStorage {
  readonly kept: JsonStore;
  readonly tab: JsonStore;
}

/** Who came in, and where to. */
export interface Came {
  readonly name: string;
  readonly room: string;
  readonly rooms: readonly string[];
}

export function openBrowserStorage(): BrowserStorage {
  return { kept: new JsonStorage(() => localStorage), tab: new JsonStorage(() => sessionStorage) };
}

const CAME = v.object({ name: v.string(), room: v.string(), rooms: v.array(v.string()) });

/** Undefined where nobody is in. */
export function cameIn({ tab }: BrowserStorage): Came | undefined {
  const came = v.safeParse(CAME, tab.read("came"));
  return came.success && came.output.rooms.length > 0 ? came.output : undefined;
}
