/** The page's data in the browser, permanent or for one tab. If the browser stores nothing, the page works without. */

import * as v from "valibot";
import type { Partner } from "../../protocol/messages/messages.ts";
import type { ClosedConversations } from "./conversations.ts";

export interface BrowserStorage {
  readonly permanent: ListedStore;
  readonly tab: JsonStore;
}

/** The user of this tab and their rooms, for the case that the page is reloaded. */
export interface SavedSession {
  readonly name: string;
  readonly room: string;
  /** All rooms to join, `room` included. */
  readonly rooms: readonly string[];
  /** The member whose conversation is open, in place of the room. */
  readonly direct?: Partner;
  readonly closed?: ClosedConversations;
}

/** `folder` is the path of the server's `/`. Servers in other folders of the same host have their own data. */
export function openBrowserStorage(folder: string): BrowserStorage {
  return { permanent: new JsonStorage(() => localStorage, folder), tab: new JsonStorage(() => sessionStorage, folder) };
}

/** The key of the tab's `SavedSession`. */
export const SESSION_KEY = "session";
const SESSION = v.object({
  name: v.string(),
  room: v.string(),
  rooms: v.array(v.string()),
  direct: v.optional(v.object({ id: v.string(), name: v.string() })),
  closed: v.optional(v.array(v.tuple([v.string(), v.number()]))),
});

/** `undefined` if no user of this tab is in the chat. */
export function loadSession({ tab }: BrowserStorage): SavedSession | undefined {
  const session = v.safeParse(SESSION, tab.read(SESSION_KEY));
  return session.success && session.output.rooms.length > 0 ? session.output : undefined;
}

export interface JsonStore {
  /** `undefined` if nothing is stored, or it is unreadable. */
  read(key: string): unknown;
  /**
   * Stores a value as JSON; `undefined` removes it. Returns `false` if that fails, for example beyond the browser's
   * quota.
   */
  write(key: string, value: unknown): boolean;
}

export interface ListedStore extends JsonStore {
  /** All keys with a value, in any order. */
  keys(): string[];
}

export class JsonStorage implements ListedStore {
  readonly #storage: () => Storage;
  readonly #prefix: string;

  /** `storage` is a function, because in some browsers even reading the property throws. */
  constructor(storage: () => Storage, folder: string) {
    this.#storage = storage;
    this.#prefix = folder === "/" ? "confab " : `confab ${folder} `;
  }

  read(key: string): unknown {
    try {
      return JSON.parse(this.#storage().getItem(this.#prefix + key) ?? "null") ?? undefined;
    } catch {
      return undefined;
    }
  }

  keys(): string[] {
    try {
      const all = Object.keys(this.#storage());
      return all.filter((key) => key.startsWith(this.#prefix)).map((key) => key.slice(this.#prefix.length));
    } catch {
      return [];
    }
  }

  write(key: string, value: unknown): boolean {
    try {
      if (value === undefined) this.#storage().removeItem(this.#prefix + key);
      else this.#storage().setItem(this.#prefix + key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  }
}
