/** The users of one browser: what it remembers for each name, so that several people can take turns or use one tab each. */

import { type ClientMemory, parseRemembered, type Remembered } from "../../client/client_memory.ts";
import type { PendingMessage } from "../../client/delivery/message_intent.ts";
import { toBase64Url } from "../../protocol/identity/base64url.ts";
import { MAX_PENDING_MESSAGES } from "../../protocol/limits.ts";
import { foldName } from "../../protocol/text/names.ts";
import type { JsonStore, ListedStore } from "./browser_storage.ts";

/** Beyond this the user who entered least recently is forgotten. Browsers store about 5 MB, a user about 100 KB at most. */
export const MAX_DEVICE_USERS = 10;

const KEY_ID_BYTES = 16;
const MEMORY = "memory";
/** The keys under which earlier versions kept read marks. */
const READ = "read";

/** The stored memory of a user. */
interface StoredMemory extends Remembered {
  /** When the user entered last, in milliseconds since 1970. */
  readonly enteredAt?: number;
  /** See `DeviceUser.keyId`. */
  readonly keyId?: string;
}

export class DeviceUsers {
  readonly #store: ListedStore;
  readonly #now: () => number;
  readonly #forgetKey: (keyId: string, chat: string) => void;

  /** `forgetKey` removes the key of a user who is forgotten. */
  constructor(store: ListedStore, now: () => number, forgetKey: (keyId: string, chat: string) => void = () => {}) {
    this.#store = store;
    this.#now = now;
    this.#forgetKey = forgetKey;
    this.#migrate();
  }

  /** Whether a user with this name, in any case, returns as the same member. */
  remembers(name: string): boolean {
    return this.#store.read(keyOf(MEMORY, name)) !== undefined;
  }

  /** Removes all that the browser stores for this name. */
  forget(name: string): void {
    const { keyId, serverId } = (this.#store.read(keyOf(MEMORY, name)) ?? {}) as Partial<StoredMemory>;
    if (keyId !== undefined && serverId !== undefined) this.#forgetKey(keyId, serverId);
    for (const key of [MEMORY, READ]) this.#store.write(keyOf(key, name), undefined);
  }

  user(name: string): DeviceUser {
    return new DeviceUser(this.#store, name, (current) => this.#entered(current));
  }

  /** Makes room for a user who is about to be remembered. Returns the time. */
  #entered(name: string): number {
    const prefix = keyOf(MEMORY, "");
    const others = this.#store.keys()
      .filter((key) => key.startsWith(prefix) && key !== keyOf(MEMORY, name))
      .map((key) => ({
        name: key.slice(prefix.length),
        at: (this.#store.read(key) as StoredMemory | undefined)?.enteredAt ?? 0,
      }))
      .toSorted((one, other) => other.at - one.at);
    for (const { name } of others.slice(MAX_DEVICE_USERS - 1)) this.forget(name);
    return this.#now();
  }

  /** Moves what earlier versions stored for the last user only. A page of such a version may still be open. */
  #migrate(): void {
    const { name, token, ...rest } = parseRemembered(this.#store.read(MEMORY)) ?? {};
    if (name !== undefined && token !== undefined) {
      if (!this.#store.write(keyOf(MEMORY, name), { ...rest, name, token, enteredAt: this.#entered(name) })) return;
    }
    for (const key of [MEMORY, READ]) this.#store.write(key, undefined);
  }
}

/** The storage of one user. It follows the user to another name. */
export class DeviceUser {
  readonly #store: JsonStore;
  readonly #entered: (name: string) => number;
  #name: string;
  #enteredAt: number | undefined;
  #keyId: string | undefined;
  /** The refs of the pending messages that this page stored or loaded last. Others are those of another tab. */
  #ownRefs: ReadonlySet<string> = new Set();

  /** `entered` is called with the name when the server has admitted the user, and returns the time. */
  constructor(store: JsonStore, name: string, entered: (name: string) => number) {
    this.#store = store;
    this.#name = name;
    this.#entered = entered;
  }

  /** Names the keys of this user in `BrowserKeys`. It follows them to another name, and another member has another one. */
  get keyId(): string {
    const stored = this.#read() as StoredMemory | undefined;
    return this.#keyId ??= stored?.keyId ?? toBase64Url(crypto.getRandomValues(new Uint8Array(KEY_ID_BYTES)));
  }

  /**
   * The client memory of the page: identity and pending messages. Shown messages are not stored, so `load` returns no
   * receive cursors: a reloaded page requests the messages again.
   */
  get memory(): ClientMemory {
    return { load: () => this.#load(), save: (remembered) => this.#save(remembered), close: () => {} };
  }

  #read(): unknown {
    return this.#store.read(keyOf(MEMORY, this.#name));
  }

  #write(value: StoredMemory | undefined): boolean {
    return this.#store.write(keyOf(MEMORY, this.#name), value);
  }

  #load(): Remembered | undefined {
    const remembered = this.#stored();
    this.#ownRefs = refsOf(remembered?.pending ?? []);
    return remembered;
  }

  #stored(): Remembered | undefined {
    const remembered = parseRemembered(this.#read());
    return remembered && { ...remembered, lastSeqs: [] };
  }

  /** A name that the server has not admitted is not remembered. */
  #save(remembered: Remembered): boolean {
    if (foldName(remembered.name) !== foldName(this.#name)) this.#move(remembered);
    const stored = this.#stored();
    const isKnown = remembered.token !== undefined || remembered.keyed === true;
    if (!isKnown && stored === undefined) return true;
    if (isKnown) this.#enteredAt ??= this.#entered(this.#name);
    const pending = this.#withOtherTabs(remembered, stored);
    this.#ownRefs = refsOf(remembered.pending);
    const { keyId } = this;
    return this.#write({ ...remembered, pending, enteredAt: this.#enteredAt, keyId });
  }

  /** Keeps what other tabs of the same member have stored as pending: whichever tab comes next sends it. */
  #withOtherTabs(remembered: Remembered, stored: Remembered | undefined): readonly PendingMessage[] {
    const { pending } = remembered;
    // A key may just have taken the place of the token.
    const isSame = stored !== undefined && (remembered.keyed === true || stored.token === remembered.token);
    if (!isSame) return pending;
    const own = refsOf(pending);
    const others = stored.pending.filter(({ ref }) => !own.has(ref) && !this.#ownRefs.has(ref));
    return [...others, ...pending].slice(-MAX_PENDING_MESSAGES);
  }

  /** Takes the data along to a new name. The data of another member, from before a login, stays except what is pending. */
  #move({ name, token, keyed }: Remembered): void {
    const left = this.#stored();
    const isOther = left !== undefined && (left.token !== token || left.keyed !== keyed);
    const keyId = isOther ? undefined : this.keyId;
    this.#write(isOther ? { ...left, keyId: this.keyId, pending: [] } : undefined);
    this.#name = name;
    this.#enteredAt = undefined;
    this.#keyId = keyId;
  }
}

function refsOf(pending: readonly PendingMessage[]): ReadonlySet<string> {
  return new Set(pending.map(({ ref }) => ref));
}

function keyOf(key: string, name: string): string {
  return `${key} ${foldName(name)}`;
}
