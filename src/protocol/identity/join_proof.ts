/** The fields that client and server exchange in a join with a key. */

/** The server's part, from `welcome`. */
export interface JoinChallenge {
  readonly chat: string;
  readonly nonce: string;
  /** The fingerprint of the certificate, where TLS ends at the server. */
  readonly tls?: string;
}

/** The fields of `join` that prove a key. */
export interface ProofFields {
  readonly key: string;
  readonly signature: string;
  readonly host: string;
  readonly tls?: string;
}

/** The key of a client, one for each chat. */
export interface ClientIdentity {
  /**
   * Signs a challenge with the key for that chat. Resolves with `undefined` without a key. With `renew`, the client has
   * become another member since the last proof, who needs another key.
   */
  prove(challenge: JoinChallenge, renew: boolean): Promise<ProofFields | undefined>;
  /** Signs a text with the key that was proved last. Rejects if no key was proved. */
  sign(text: string): Promise<string>;
}
