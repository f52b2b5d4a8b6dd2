/**
 * The private keys of a browser's users. Where the browser has Web Crypto, no script can read them, and they are in
 * IndexedDB, which keeps such keys; elsewhere, as over plain HTTP, they are bytes in the local storage.
 */

import type { IdentityKeys, SigningKey } from "../../identity/identity_keys.ts";
import { chooseKeys } from "../../identity/key_choice.ts";
import { fromBase64Url, toBase64Url } from "../../protocol/identity/base64url.ts";
import type { JsonStore } from "./browser_storage.ts";

/** The keys of one user for one chat: to sign with, and to agree on secrets with. */
export interface KeptPairs {
  readonly signing: CryptoKeyPair;
  readonly agreement: CryptoKeyPair;
}

/** Keeps pairs that cannot be written as text. */
export interface PairStore {
  read(place: string): Promise<KeptPairs | undefined>;
  /** Rejects if there are some at this place already, or if the browser keeps none. */
  add(place: string, pairs: KeptPairs): Promise<void>;
  remove(place: string): Promise<void>;
}

export class BrowserKeys {
  readonly #store: JsonStore;
  readonly #pairs: PairStore;
  readonly #choose: () => Promise<IdentityKeys>;

  /** `store` is for keys that are bytes. */
  constructor(store: JsonStore, pairs: PairStore, choose = chooseKeys) {
    this.#store = store;
    this.#pairs = pairs;
    this.#choose = choose;
  }

  /** The key of this user (see `DeviceUser.keyId`) for this chat, made on first use. Rejects if the browser keeps none. */
  async keyFor(user: string, chat: string): Promise<SigningKey | undefined> {
    const keys = await this.#choose();
    const place = `${user} ${chat}`;
    return keys.implementation === "noble" ? await this.#fromBytes(keys, place) : await this.#fromPairs(keys, place);
  }

  async #fromBytes(keys: IdentityKeys, place: string): Promise<SigningKey | undefined> {
    const kept = this.#store.read(`key ${place}`) as { readonly ed25519?: unknown } | undefined;
    if (kept !== undefined) {
      const secret = typeof kept.ed25519 === "string" ? fromBase64Url(kept.ed25519) : undefined;
      return secret && await keys.openSigningKey(secret);
    }
    const [signing, agreement] = await Promise.all([keys.makeSigningKey(true), keys.makeAgreementKey(true)]);
    const [ed25519, x25519] = [signing, agreement].map(({ stored }) => toBase64Url(stored as Uint8Array));
    return this.#store.write(`key ${place}`, { ed25519, x25519 }) ? signing : undefined;
  }

  async #fromPairs(keys: IdentityKeys, place: string): Promise<SigningKey> {
    const kept = await this.#pairs.read(place);
    if (kept !== undefined) return await keys.openSigningKey(kept.signing);
    const [signing, agreement] = await Promise.all([keys.makeSigningKey(false), keys.makeAgreementKey(false)]);
    try {
      const pairs = { signing: signing.stored as CryptoKeyPair, agreement: agreement.stored as CryptoKeyPair };
      await this.#pairs.add(place, pairs);
      return signing;
    } catch (error) {
      // Another tab may have made the key meanwhile: the first one counts.
      const first = await this.#pairs.read(place);
      if (first === undefined) throw error;
      return await keys.openSigningKey(first.signing);
    }
  }

  /** Removes the user's keys for this chat. Errors are ignored: a browser that keeps no keys has none to remove. */
  async forget(user: string, chat: string): Promise<void> {
    this.#store.write(`key ${user} ${chat}`, undefined);
    await this.#pairs.remove(`${user} ${chat}`).catch(() => {});
  }
}
