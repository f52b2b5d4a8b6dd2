/** What the page keeps: for good, and for this tab alone. */

import * as v from "valibot";
import { BrowserStore, type Store } from "./json_store.ts";

export interface Shelf {
  readonly kept: Store;
  readonly tab: Store;
}

/** Who came in, and where to. */
export interface Came {
  readonly name: string;
  readonly room: string;
  readonly rooms: readonly string[];
}

export function browserShelf(): Shelf {
  return { kept: new BrowserStore(() => localStorage), tab: new BrowserStore(() => sessionStorage) };
}

const CAME = v.object({ name: v.string(), room: v.string(), rooms: v.array(v.string()) });

/** Undefined where nobody is in. */
export function cameIn({ tab }: Shelf): Came | undefined {
  const came = v.safeParse(CAME, tab.read("came"));
  return came.success && came.output.rooms.length > 0 ? came.output : undefined;
}
