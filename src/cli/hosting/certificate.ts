import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import type { TlsKeyPair, TrustedCertificate } from "../../transports/tls.ts";

/** Ten years, so that users are never asked again about a chat's certificate. */
const LIFE_MS = 3_650 * 24 * 60 * 60 * 1_000;
/** Makes the certificate valid also on machines whose clock is slow. */
const CLOCK_MARGIN_MS = 24 * 60 * 60 * 1_000;
const KEY = { name: "ECDSA", namedCurve: "P-256" } as const;
/**
 * Names in every certificate that we make. No authority signs them, so a client that pins one
 * accepts no other certificate.
 */
const FIXED_NAMES = ["localhost", "127.0.0.1", "::1"];

/**
 * Creates a self-signed certificate with a new key, for these hosts and for this machine. It is not
 * a CA certificate: rustls rejects those as the certificate of a server.
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
  /** SHA-256 of the DER in base64url, as in invites. */
  readonly fingerprint: string;
  readonly der: Uint8Array;
  /** The DNS names and IP addresses of the certificate. */
  readonly names: readonly string[];
  /** Whether it may sign others. */
  readonly isAuthority: boolean;
  readonly isSelfSigned: boolean;
  readonly from: Date;
  readonly until: Date;
}

/** Parses a certificate in DER, or the first one of a PEM file. Throws if it is invalid. */
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

/** Whether the key belongs to the certificate. Throws if one of them is invalid. */
export function isPair({ cert, key }: TlsKeyPair): boolean {
  return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
}

/** The certificate as a client pins it; `undefined` if it has no name, because rustls then cannot verify it. */
export function trusted({ der, names }: Certificate): TrustedCertificate | undefined {
  const name = FIXED_NAMES.find((fixed) => names.includes(fixed)) ?? names[0];
  return name === undefined ? undefined : { pem: pem("CERTIFICATE", der), name: name.replace("*", "any") };
}

/** A fingerprint as users compare it, in base64url as in an invite. */
export function formatFingerprint(fingerprint: string): string {
  return `SHA256:${fingerprint}`;
}

/** A fingerprint as browsers show it: SHA-256 in hexadecimal bytes. */
export function formatForBrowsers(fingerprint: string): string {
  const bytes = Uint8Array.fromBase64(fingerprint, { alphabet: "base64url" });
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join(":");
}

/** Parses a list such as `DNS:localhost, IP Address:127.0.0.1`. */
function namesIn(subjectAltName: string): string[] {
  return subjectAltName.split(", ").flatMap((part) => /^(?:DNS|IP Address):([^"]+)$/.exec(part)?.[1] ?? []);
}

function pem(label: string, der: ArrayBuffer | Uint8Array): string {
  const bytes = der instanceof Uint8Array ? der : new Uint8Array(der);
  const lines = bytes.toBase64().match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
