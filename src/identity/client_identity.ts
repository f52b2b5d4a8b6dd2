import type { ClientIdentity, JoinChallenge, ProofFields } from "../protocol/identity/join_proof.ts";
import { joinText } from "../protocol/identity/signed_text.ts";
import { MAX_CHATS_PROVED } from "../protocol/limits.ts";
import type { SigningKey } from "./identity_keys.ts";
import { keyText, signText } from "./text_signature.ts";

export interface ClientIdentityOptions {
  /** The key for this chat alone, made on first use and to `renew` it; `undefined` if none can be kept. May reject. */
  readonly keyFor: (chat: string, renew: boolean) => Promise<SigningKey | undefined>;
  /** Returns the host that the client has dialed last. */
  readonly host: () => string;
  /** The fingerprint of the certificate that the client saw, if it can know that. */
  readonly seenCertificate?: () => string | undefined;
}

/**
 * The identity of a client with kept keys. If there is no key, or it cannot be read, the client joins without one; so it does
 * at further chats beyond `MAX_CHATS_PROVED`.
 */
export function clientIdentity(options: ClientIdentityOptions): ClientIdentity {
  const chats = new Set<string>();
  let proved: SigningKey | undefined;
  return {
    prove: async (challenge, renew) => {
      proved = undefined;
      chats.add(challenge.chat);
      if (chats.size > MAX_CHATS_PROVED) chats.delete(challenge.chat);
      if (!chats.has(challenge.chat)) return undefined;
      try {
        proved = await options.keyFor(challenge.chat, renew);
        return proved && await prove(proved, challenge, options);
      } catch {
        return undefined;
      }
    },
    sign: async (text) => {
      if (proved === undefined) throw new Error("There is no key to sign with");
      return await signText(proved, text);
    },
  };
}

async function prove(key: SigningKey, challenge: JoinChallenge, options: ClientIdentityOptions): Promise<ProofFields> {
  const { chat, nonce } = challenge;
  const tls = challenge.tls === undefined ? undefined : options.seenCertificate?.();
  const fields = { key: keyText(key), host: options.host(), ...tls === undefined ? {} : { tls } };
  return { ...fields, signature: await signText(key, joinText({ chat, nonce, ...fields })) };
}
