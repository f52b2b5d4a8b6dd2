import type { JoinChallenge, ProofFields, ProveKey } from "../protocol/identity/join_proof.ts";
import { joinText } from "../protocol/identity/signed_text.ts";
import { MAX_CHATS_PROVED } from "../protocol/limits.ts";
import type { SigningKey } from "./identity_keys.ts";
import { keyText, signText } from "./text_signature.ts";

export interface JoinProverOptions {
  /** The key for this chat alone, made on first use and to `renew` it; `undefined` if none can be kept. May reject. */
  readonly keyFor: (chat: string, renew: boolean) => Promise<SigningKey | undefined>;
  /** The host that the client dials. */
  readonly host: string;
  /** The fingerprint of the certificate that the client saw, if it can know that. */
  readonly seenCertificate?: () => string | undefined;
}

/**
 * Proves the key of a client. If there is no key, or it cannot be read, the client joins without one; so it does at further
 * chats beyond `MAX_CHATS_PROVED`.
 */
export function joinProver(options: JoinProverOptions): ProveKey {
  const chats = new Set<string>();
  return async (challenge, renew) => {
    chats.add(challenge.chat);
    if (chats.size > MAX_CHATS_PROVED) chats.delete(challenge.chat);
    if (!chats.has(challenge.chat)) return undefined;
    try {
      const key = await options.keyFor(challenge.chat, renew);
      return key && await prove(key, challenge, options);
    } catch {
      return undefined;
    }
  };
}

async function prove(key: SigningKey, challenge: JoinChallenge, options: JoinProverOptions): Promise<ProofFields> {
  const { chat, nonce } = challenge;
  const tls = challenge.tls === undefined ? undefined : options.seenCertificate?.();
  const fields = { key: keyText(key), host: options.host, ...tls === undefined ? {} : { tls } };
  return { ...fields, signature: await signText(key, joinText({ chat, nonce, ...fields })) };
}
