/** The text that a host signs, which proves on one connection that it hosts the chat now. */

import { canonicalJson } from "../identity/signed_text.ts";
import type { SharedChat } from "./roster_statement.ts";

export const HOST_LABEL = "confab-host-1";

export interface HostProof extends SharedChat {
  readonly term: number;
  /** The host's device key, which signs. */
  readonly key: string;
  /** SHA-256 of the host's certificate in base64url; absent where the link has no TLS. */
  readonly tls?: string;
  /** From `prove`, new for each connection. */
  readonly clientNonce: string;
  /** From `welcome`. */
  readonly serverNonce: string;
}

export function hostText({ chat, chatKey, term, key, tls, clientNonce, serverNonce }: HostProof): string {
  const fields = { chat, chatKey, term: String(term), key, tls, clientNonce, serverNonce };
  return `${HOST_LABEL}\n${canonicalJson(fields)}`;
}
