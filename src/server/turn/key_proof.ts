import { createPublicKey, verify } from "node:crypto";
import type { Challenge } from "../../core/state/members/session.ts";
import { canonicalAddress, isLoopback, parseNetwork, withoutZone } from "../../protocol/address/network.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { publicKeyBytes, signatureBytes } from "../../protocol/identity/public_key.ts";
import type { ProofFields } from "../../protocol/identity/join_proof.ts";
import { joinText } from "../../protocol/identity/signed_text.ts";
import type { JoinCommand, LinkCommand } from "../../protocol/messages/messages.ts";
import { quote } from "../../protocol/text/names.ts";
import type { Connection } from "../../transports/connection.ts";

/** The names of the server: the id of its chat, and its host names. */
export interface ServerNames {
  readonly chat: string;
  /** The host names and addresses that the operator gave, in lower case. */
  readonly hosts: ReadonlySet<string>;
}

/** The part of a peer that its proof needs. */
export interface ProvingPeer {
  /** `undefined` for people on nc, who have no key. */
  readonly nonce: string | undefined;
  proof: KeyProof | undefined;
  readonly connection: { readonly link: Pick<Connection, "tls" | "localAddress"> };
}

/** The fields of a command that prove a key, and its `ref`. */
export type ProvedKey = Partial<ProofFields> & { readonly ref?: string | undefined };

/**
 * The proof of a key on one connection. The nonce is good for one signature, true or false, so a connection makes the
 * server check at most one. After a true one, further joins with the same key need no other.
 */
export class KeyProof {
  readonly #challenge: Challenge;
  /** The address of this end. */
  readonly #address: string | undefined;
  #isUsed = false;
  #proven: string | undefined;

  /** `address` is the IP address of this end of the connection, if it has one. */
  constructor(challenge: Challenge, address: string | undefined) {
    this.#challenge = challenge;
    this.#address = address && canonicalAddress(withoutZone(address));
  }

  /** Throws `bad_signature` unless the client has proved that it holds the key of the join, to this server. */
  check({ key, signature, host, tls, ref }: ProvedKey, { chat, hosts }: ServerNames): void {
    if (key === undefined || key === this.#proven) return;
    const fail = (code: "invalid" | "bad_signature", message: string) => new ProtocolError(code, message, { ref });
    if (signature === undefined || host === undefined) {
      throw fail("invalid", "Fields signature and host are missing: a join with a key needs both");
    }
    if (this.#isUsed) {
      throw fail("bad_signature", "The nonce of this connection is used: connect again and sign the new one");
    }
    this.#isUsed = true;
    const { nonce } = this.#challenge;
    if (!this.#isOurs(host, hosts) && (tls === undefined || tls !== this.#challenge.tls)) {
      const text =
        `The signature is for ${quote(host)}, which is not this server: dial its own address, or name the host ` +
        "with --origin there";
      throw fail("bad_signature", text);
    }
    if (!isGenuine(key, joinText({ chat, nonce, host, tls, key }), signature)) {
      throw fail(
        "bad_signature",
        "The signature is not valid for this key, chat, nonce and host: sign the exact bytes",
      );
    }
    this.#proven = key;
  }

  /**
   * Whether the client dialed this server by this host: a name that the operator gave, or the address of this end. Another
   * server at any other address could pass the signature on.
   */
  #isOurs(host: string, hosts: ReadonlySet<string>): boolean {
    const name = withoutZone(host.toLowerCase());
    const dialed = canonicalAddress(name);
    if (hosts.has(dialed ?? name)) return true;
    if (name === "localhost") return this.#address === undefined || isLoopback(parseNetwork(this.#address)!);
    return dialed !== undefined && dialed === this.#address;
  }
}

/** Throws as `KeyProof.check` does, unless the command names no key. */
export function checkKey(peer: ProvingPeer, command: JoinCommand | LinkCommand, names: ServerNames): void {
  if (command.key === undefined) return;
  const challenge = challengeOf(peer);
  if (challenge === undefined) return;
  peer.proof ??= new KeyProof(challenge, peer.connection.link.localAddress);
  peer.proof.check(command, names);
}

/** The part of the peer's `welcome` that a client with a key signs; `undefined` for people on nc. */
export function challengeOf({ nonce, connection }: ProvingPeer): Challenge | undefined {
  if (nonce === undefined) return undefined;
  const { tls } = connection.link;
  return { nonce, ...tls === undefined ? {} : { tls } };
}

/** Whether the signature of the text is by the key: natively in about 40 µs, less than one turn to another thread costs. */
export function isGenuine(key: string, text: string, signature: string): boolean {
  const bytes = signatureBytes(signature);
  if (bytes === undefined || publicKeyBytes(key) === undefined) return false;
  try {
    const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: key }, format: "jwk" });
    return verify(null, new TextEncoder().encode(text), publicKey, bytes);
  } catch {
    // The key is not a point of the curve.
    return false;
  }
}
