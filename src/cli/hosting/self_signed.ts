import { isIP } from "node:net";
import { withoutZone } from "../../protocol/address/network.ts";
import {
  bitString,
  boolean,
  explicit,
  implicit,
  octetString,
  oid,
  sequence,
  set,
  time,
  unsigned,
  utf8String,
} from "./der.ts";

const SIGNING = { name: "ECDSA", hash: "SHA-256" } as const;
const ECDSA_WITH_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));
const COMMON_NAME = oid("2.5.4.3");
const SUBJECT_ALT_NAME = oid("2.5.29.17");
const BASIC_CONSTRAINTS = oid("2.5.29.19");
/** RFC 5280, section 4.1.2.2 allows 20. */
const SERIAL_BYTES = 16;
/** The third version of X.509 is the number 2. */
const V3 = Uint8Array.of(2);

export interface CertificateRequest {
  readonly commonName: string;
  /** DNS names and IP addresses. */
  readonly names: readonly string[];
  readonly from: Date;
  readonly until: Date;
  /** ECDSA over P-256; the public key can be exported. */
  readonly keys: CryptoKeyPair;
}

/**
 * Creates a self-signed server certificate in DER: X.509 version 3 (RFC 5280) with ECDSA over P-256
 * (RFC 5758).
 */
export async function selfSigned(request: CertificateRequest): Promise<Uint8Array<ArrayBuffer>> {
  const { publicKey, privateKey } = request.keys;
  const signed = contentOf(request, new Uint8Array(await crypto.subtle.exportKey("spki", publicKey)));
  const signature = new Uint8Array(await crypto.subtle.sign(SIGNING, privateKey, signed));
  return sequence(signed, ECDSA_WITH_SHA256, bitString(signatureValue(signature)));
}

/** The signed part of a certificate: `TBSCertificate` in RFC 5280, section 4.1. */
function contentOf({ commonName, names, from, until }: CertificateRequest, publicKey: Uint8Array) {
  const name = sequence(set(sequence(COMMON_NAME, utf8String(commonName))));
  const serial = crypto.getRandomValues(new Uint8Array(SERIAL_BYTES));
  // Never 0, and always of the same length.
  serial[0] = serial[0]! & 0x3f | 0x40;
  const extensions = sequence(noAuthority(), alternativeNames(names));
  return sequence(
    ...[explicit(0, unsigned(V3)), unsigned(serial), ECDSA_WITH_SHA256],
    ...[name, sequence(time(from), time(until)), name, publicKey, explicit(3, extensions)],
  );
}

/** Critical and empty basic constraints: the certificate is not a CA certificate. */
function noAuthority(): Uint8Array {
  return sequence(BASIC_CONSTRAINTS, boolean(true), octetString(sequence()));
}

function alternativeNames(names: readonly string[]): Uint8Array {
  const general = names.map((name) => {
    const bytes = addressBytes(name);
    return bytes === undefined ? implicit(2, new TextEncoder().encode(asciiName(name))) : implicit(7, bytes);
  });
  return sequence(SUBJECT_ALT_NAME, octetString(sequence(...general)));
}

/**
 * Turns the two concatenated numbers of WebCrypto into the sequence of a certificate (RFC 3279,
 * section 2.2.3).
 */
function signatureValue(bytes: Uint8Array): Uint8Array {
  const half = bytes.length / 2;
  return sequence(unsigned(bytes.subarray(0, half)), unsigned(bytes.subarray(half)));
}

/** The 4 or 16 bytes of an IP address; `undefined` if the name is not an IP address. */
export function addressBytes(name: string): Uint8Array | undefined {
  const version = isIP(name);
  if (version === 4) return Uint8Array.from(name.split("."), Number);
  if (version === 0) return undefined;
  // A URL normalizes all forms of IPv6 to hexadecimal groups with at most one gap.
  const canonical = new URL(`http://[${withoutZone(name)}]`).hostname.slice(1, -1);
  const [before = [], after = []] = canonical.split("::").map((part) => part === "" ? [] : part.split(":"));
  const groups = [...before, ...Array(8 - before.length - after.length).fill("0"), ...after];
  return Uint8Array.from(groups.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff]));
}

/** The name in ASCII, as certificates require (RFC 5280, section 7.2). */
function asciiName(name: string): string {
  return /^[!-~]*$/.test(name) ? name : new URL(`http://${name}`).hostname;
}
