/**
 * The port: keys of Ed25519 (RFC 8032) to sign with, and of X25519 (RFC 7748) to agree on a secret with. Two
 * implementations pass the same contract, `tests/contracts/identity_keys_contract.ts`.
 */

/** The form in which a private key is kept: its 32 secret bytes, or a pair that cannot leave the browser. */
export type StoredKey = Uint8Array<ArrayBuffer> | CryptoKeyPair;

export interface SigningKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly stored: StoredKey;
  /** Returns a signature of 64 bytes. */
  sign(message: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
}

export interface AgreementKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly stored: StoredKey;
  /** Returns the 32 bytes that both sides know. Rejects if the other key is of small order or has another length. */
  agree(otherKey: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
}

export interface IdentityKeys {
  readonly implementation: "web crypto" | "noble";
  /** Makes a new key. With `extractable`, `stored` is its secret bytes; without, a pair if the implementation has such. */
  makeSigningKey(extractable: boolean): Promise<SigningKey>;
  /** Rejects if the stored key is not one of this kind. */
  openSigningKey(stored: StoredKey): Promise<SigningKey>;
  makeAgreementKey(extractable: boolean): Promise<AgreementKey>;
  openAgreementKey(stored: StoredKey): Promise<AgreementKey>;
  /** False as well for a weak key and for wrong lengths. Never rejects. */
  verify(
    key: Uint8Array<ArrayBuffer>,
    message: Uint8Array<ArrayBuffer>,
    signature: Uint8Array<ArrayBuffer>,
  ): Promise<boolean>;
}
