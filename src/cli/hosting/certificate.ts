import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import type { TlsKeyPair, TrustedCertificate } from "../../transports/tls.ts";

/** Ten years: nobody is to be asked again about a chat's certificate. */
const LIFE_MS = 3_650 * 24 * 60 * 60 * 1_000;
/** Machines whose clock is behind find it valid, too. */
const CLOCK_MARGIN_MS = 24 * 60 * 60 * 1_000;
const KEY = { name: "ECDSA", namedCurve: "P-256" } as const;
/** In each certificate of ours, and no authority signs for it: by this name a client finds no other. */
const FIXED_NAMES = ["localhost", "127.0.0.1", "::1"];

/**
 * A certificate that signs itself, for these names and this machine's own, with a new key. No CA: rustls refuses those
 * as a server's own.
 */
export async function makeCertificate(hosts: readonly string[], now: Date): Promise<TlsKeyPair> {
  const { selfSigned } = await import("./self_signed.ts");
  const keys = await crypto.subtle.generateKey(KEY, true, ["sign", "verify"]);
  const certificate = await selfSigned({
    commonName: "Confab",
    names: [...new Set([...FIXED_NAMES, ...hosts])],
    from: new Date(now.getTime() - CLOCK_MARGIN_MS),
    until: new Date(now.getTime() + LIFE_MS),
    keys,
  });
  const key = new Uint8Array(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
  return { cert: pem("CERTIFICATE", certificate), key: pem("PRIVATE KEY", key) };
}

export interface Certificate {
  /** SHA-256 of the DER in base64url, as invites have it. */
  readonly fingerprint: string;
  readonly der: Uint8Array;
  /** DNS names and addresses that it is for. */
  readonly names: readonly string[];
  /** Whether it may sign others. */
  readonly isAuthority: boolean;
  readonly isSelfSigned: boolean;
  readonly from: Date;
  readonly until: Date;
}

/** Of a certificate in DER, or the first one in a PEM file. Throws where it cannot be read. */
export function readCertificate(source: string | Uint8Array): Certificate {
  const x509 = new X509Certificate(typeof source === "string" ? source : Uint8Array.from(source));
  const der = Uint8Array.from(x509.raw);
  return {
    fingerprint: createHash("sha256").update(der).digest("base64url"),
    der,
    names: namesIn(x509.subjectAltName ?? ""),
    isAuthority: x509.ca,
    isSelfSigned: x509.issuer === x509.subject,
    from: new Date(x509.validFrom),
    until: new Date(x509.validTo),
  };
}

/** Throws where one of the two cannot be read. */
export function isPair({ cert, key }: TlsKeyPair): boolean {
  return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
}

/** As a client that pins it trusts it. Undefined where it has no name: rustls finds it by none then. */
export function trusted({ der, names }: Certificate): TrustedCertificate | undefined {
  const name = FIXED_NAMES.find((fixed) => names.includes(fixed)) ?? names[0];
  return name === undefined ? undefined : { pem: pem("CERTIFICATE", der), name: name.replace("*", "any") };
}

/** As people compare it; base64url, so that it is the same in an invite. */
export function formatFingerprint(fingerprint: string): string {
  return `SHA256:${fingerprint}`;
}

/** As browsers show it: SHA-256 in hexadecimal, byte by byte. */
export function formatForBrowsers(fingerprint: string): string {
  const bytes = Uint8Array.fromBase64(fingerprint, { alphabet: "base64url" });
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join(":");
}

/** Such as `DNS:localhost, IP Address:127.0.0.1`. */
function namesIn(subjectAltName: string): string[] {
  return subjectAltName.split(", ").flatMap((part) => /^(?:DNS|IP Address):([^"]+)$/.exec(part)?.[1] ?? []);
}

function pem(label: string, der: ArrayBuffer | Uint8Array): string {
  const bytes = der instanceof Uint8Array ? der : new Uint8Array(der);
  const lines = bytes.toBase64().match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
