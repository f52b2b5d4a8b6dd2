/** What the page stores in the browser: permanently, and for one tab. If the browser stores nothing, the page still works. */

import * as v from "valibot";
import { type ClientMemory, parseRemembered, type Remembered } from "../../client/client_memory.ts";

export interface BrowserStorage {
  readonly permanent: JsonStore;
  readonly tab: JsonStore;
}

/** Who came in, and where to. */
export interface SavedSession {
  readonly name: string;
  readonly room: string;
  readonly rooms: readonly string[];
}

export function openBrowserStorage(): BrowserStorage {
  return { permanent: new JsonStorage(() => localStorage), tab: new JsonStorage(() => sessionStorage) };
}

const CAME = v.object({ name: v.string(), room: v.string(), rooms: v.array(v.string()) });

/** Undefined where nobody is in. */
export function loadSession({ tab }: BrowserStorage): SavedSession | undefined {
  const came = v.safeParse(CAME, tab.read("came"));
  return came.success && came.output.rooms.length > 0 ? came.output : undefined;
}

const PREFIX = "confab ";

export interface JsonStore {
  /** Undefined where nothing was kept, or it can no longer be read. */
  read(key: string): unknown;
  /** Undefined forgets. False where that fails, as when the browser's share is used up. */
  write(key: string, value: unknown): boolean;
}

export class JsonStorage implements JsonStore {
  readonly #storage: () => Storage;

  /** The browser may forbid even to ask for its storage. */
  constructor(storage: () => Storage) {
    this.#storage = storage;
  }

  read(key: string): unknown {
    try {
      return JSON.parse(this.#storage().getItem(PREFIX + key) ?? "null") ?? undefined;
    } catch {
      return undefined;
    }
  }

  write(key: string, value: unknown): boolean {
    try {
      if (value === undefined) this.#storage().removeItem(PREFIX + key);
      else this.#storage().setItem(PREFIX + key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  }
}

const MEMORY = "memory";

/**
 * Who we are and what is on its way. Messages that were shown are not kept, so a page that is loaded anew asks for them
 * again: `load` knows no last seq.
 */
export function browserMemory(store: JsonStore, name: string): ClientMemory {
  return {
    load() {
      const remembered = parseRemembered(store.read(MEMORY));
      return remembered?.name === name ? { ...remembered, lastSeqs: [] } : undefined;
    },
    save: (remembered: Remembered) => store.write(MEMORY, remembered),
    close: () => {},
  };
}
