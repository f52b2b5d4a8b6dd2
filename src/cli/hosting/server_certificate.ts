import { join } from "node:path";
import type { TlsKeyPair } from "../../transports/tls.ts";
import {
  type Certificate,
  formatFingerprint,
  formatForBrowsers,
  isPair,
  makeCertificate,
  readCertificate,
  trusted,
} from "./certificate.ts";
import type { OptionSpec } from "../args/command_spec.ts";
import { readPemFiles, splitChain } from "./pem_files.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import { explain } from "../platform/system_errors.ts";
import { readPrivateFile, replacePrivateFile } from "../platform/private_file.ts";

export const TLS_OPTIONS: readonly OptionSpec[] = [
  { name: "tls", help: "Encrypts the port with a self-signed certificate from the data folder" },
  { name: "cert", value: "FILE", help: "Certificate to use instead (PEM)" },
  { name: "key", value: "FILE", help: "Private key of the certificate (PEM)" },
];

/** The certificate of a server with its key. */
export interface ServerCertificate extends TlsKeyPair {
  /** The fingerprint as in invites. */
  readonly fingerprint: string;
  readonly until: Date;
  /** Lines that are shown to the operator. */
  readonly notes: readonly string[];
}

/** The paths of `--cert` and `--key`. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** Which certificate to serve with: none, the one in these PEM files, or one of our own. */
export type CertificatePlan =
  | { readonly kind: "none" | "own" }
  | CertificateFiles & { readonly kind: "files" };

/**
 * Opens the certificate of a plan; `undefined` without TLS. Our own certificate is kept in the
 * folder, and created with the names `hosts` if it is missing. Without a folder it is valid for
 * this run. Rejects with a failure.
 */
export async function openCertificate(
  plan: CertificatePlan,
  hosts: readonly string[],
  folder: string | undefined,
): Promise<ServerCertificate | undefined> {
  if (plan.kind === "none") return undefined;
  if (plan.kind === "files") return openCertificateFiles(plan);
  if (folder !== undefined) return await openOwn(folder, hosts);
  const pair = await makeCertificate(hosts, new Date());
  return withNotes(pair, readCertificate(pair.cert), [
    "The certificate is valid for this run only, because --memory stores nothing",
  ]);
}

/** Names of our own certificate and its key in the data folder. */
const CERTIFICATE_FILE = "cert.pem";
const KEY_FILE = "key.pem";

/** Time before expiry: then files get a warning, and our own certificate is refused. */
const NOTICE_MS = 30 * 24 * 60 * 60 * 1_000;

/** Reads and checks the certificate and the key of `--cert` and `--key`. Throws a failure that says what to do. */
export function openCertificateFiles({ cert: certPath, key: keyPath }: CertificateFiles): ServerCertificate {
  const pair = readPemFiles(certPath, keyPath);
  const certificate = checkPair(
    pair,
    `of ${certPath} and ${keyPath}`,
    EXIT.usage,
    "choose other files with --cert and --key",
  );
  if (certificate.isAuthority) {
    const next = "create one with basicConstraints CA:FALSE, or leave out --cert and --key";
    throw new Failure(EXIT.usage, `Certificate ${certPath} is a CA certificate, which clients reject: ${next}`);
  }
  if (certificate.isSelfSigned && trusted(certificate) === undefined) {
    const next = "create one with a subjectAltName, or leave out --cert and --key";
    throw new Failure(EXIT.usage, `Certificate ${certPath} has no host name, so clients cannot verify it: ${next}`);
  }
  const ends = certificate.until.getTime() - Date.now() < NOTICE_MS;
  return withNotes(
    pair,
    certificate,
    ends ? [`The certificate expires on ${day(certificate)}: renew it before then`] : [],
  );
}

async function openOwn(folder: string, hosts: readonly string[]): Promise<ServerCertificate> {
  const [certPath, keyPath] = [join(folder, CERTIFICATE_FILE), join(folder, KEY_FILE)];
  const pair = await readOrCreate(folder, hosts);
  const next = `remove ${certPath} and ${keyPath} to create a new certificate, which every user must then accept again`;
  const certificate = checkPair(pair, `in ${certPath} and ${keyPath}`, EXIT.cannotStore, next);
  if (certificate.until.getTime() - Date.now() < NOTICE_MS) {
    throw new Failure(EXIT.cannotStore, `The certificate in ${certPath} expires on ${day(certificate)}: ${next}`);
  }
  return withNotes(pair, certificate, []);
}

/** Keeps a certificate as the server's own one in the data folder. Throws the errors of the system. */
export function storeCertificate(folder: string, { cert, key }: TlsKeyPair): void {
  // The certificate is written last, so that its key always exists.
  replacePrivateFile(join(folder, KEY_FILE), key);
  replacePrivateFile(join(folder, CERTIFICATE_FILE), cert);
}

async function readOrCreate(folder: string, hosts: readonly string[]): Promise<TlsKeyPair> {
  const [certPath, keyPath] = [join(folder, CERTIFICATE_FILE), join(folder, KEY_FILE)];
  try {
    const cert = readPrivateFile(certPath);
    if (cert !== undefined) return { cert, key: readPrivateFile(keyPath) ?? "" };
    const made = await makeCertificate(hosts, new Date());
    storeCertificate(folder, made);
    return made;
  } catch (error) {
    const what = `Cannot store the certificate in ${certPath} and ${keyPath}`;
    throw new Failure(EXIT.cannotStore, `${what}: ${explain(error)}; choose another folder with --data`, {
      cause: error,
    });
  }
}

/** Reads and checks the pair. Throws a failure if it cannot be used now. */
function checkPair(pair: TlsKeyPair, which: string, code: Failure["code"], next: string): Certificate {
  let certificate: Certificate;
  let matches: boolean;
  try {
    certificate = readCertificate(pair.cert);
    matches = isPair(pair);
  } catch (error) {
    throw new Failure(code, `Cannot read the certificate or the key ${which}: ${next}`, { cause: error });
  }
  if (!matches) {
    const fix = isMisordered(pair) ? "put the server's own certificate first, before those of its authorities" : next;
    throw new Failure(code, `The certificate and the key ${which} do not match: ${fix}`);
  }
  if (certificate.from.getTime() > Date.now()) {
    throw new Failure(
      code,
      `The certificate ${which} is not valid before ${certificate.from.toISOString()}: check the clock of this machine`,
    );
  }
  if (certificate.until.getTime() > Date.now()) return certificate;
  throw new Failure(code, `The certificate ${which} expired on ${day(certificate)}: ${next}`);
}

/** Whether the key belongs to a later certificate of the chain. */
function isMisordered(pair: TlsKeyPair): boolean {
  try {
    return splitChain(pair.cert).some((cert) => isPair({ ...pair, cert }));
  } catch {
    return false;
  }
}

function withNotes(pair: TlsKeyPair, certificate: Certificate, notes: readonly string[]): ServerCertificate {
  const { fingerprint, isSelfSigned, until } = certificate;
  const shown = [`Certificate ${formatFingerprint(fingerprint)}`, ...isSelfSigned ? selfSignedNotes(fingerprint) : []];
  return { ...pair, fingerprint, until, notes: [...shown, ...notes] };
}

/** An invite cannot make a browser trust a self-signed certificate, so users must compare its fingerprint. */
function selfSignedNotes(fingerprint: string): string[] {
  return [
    "Browsers warn about this certificate because it is self-signed. Before you continue, compare its SHA-256:",
    `  ${formatForBrowsers(fingerprint)}`,
  ];
}

function day({ until }: Certificate): string {
  return until.toISOString().slice(0, 10);
}
