import { join } from "node:path";
import { type Certificate, formatFingerprint, readCertificate } from "../hosting/certificate.ts";
import { mayUse, preparePrivateFolder, readPrivateFile, replacePrivateFile } from "../platform/private_file.ts";

/** A server whose certificate was accepted once, and has to be the same from then on. */
export interface KnownServer {
  readonly certificate: Certificate;
  /** RFC 3339. */
  readonly since: string;
}

/** What is remembered of servers: a line for each in a file that only its owner may read, or nothing beyond the process. */
export class KnownServers {
  /** Undefined where nothing is kept. */
  readonly path: string | undefined;
  readonly #met = new Map<string, KnownServer>();

  constructor(folder: string | undefined) {
    this.path = folder === undefined ? undefined : join(folder, FILE);
  }

  /** `server` is `host:port`. Throws where the file, or its line of this server, cannot be read: that is no first meeting. */
  find(server: string): KnownServer | undefined {
    if (this.path === undefined) return this.#met.get(server);
    const line = readLines(this.path).find((line) => serverOf(line) === server);
    return line === undefined ? undefined : parse(line, server, this.path);
  }

  /** In place of what was remembered. Throws where it cannot be written. */
  keep(server: string, known: KnownServer): void {
    if (this.path === undefined) return void this.#met.set(server, known);
    preparePrivateFolder(join(this.path, ".."));
    const lock = Deno.openSync(`${this.path}.lock`, { create: true, write: true, mode: 0o600 });
    try {
      lock.lockSync(true);
      const others = readLines(this.path).filter((line) => serverOf(line) !== server);
      replacePrivateFile(this.path, [...others, format(server, known), ""].join("\n"));
    } finally {
      lock.close();
    }
  }
}

const FILE = "known_servers";

/** The known servers of a state folder. Nothing is read or kept without a folder, or without the permission to use it. */
export function openKnownServers(folder: string | undefined): KnownServers {
  return new KnownServers(folder !== undefined && mayUse(folder) ? folder : undefined);
}

function readLines(path: string): string[] {
  return (readPrivateFile(path) ?? "").split("\n").filter((line) => line !== "");
}

function serverOf(line: string): string {
  return line.split(" ", 1)[0]!;
}

/** The whole certificate stands behind its fingerprint: with it the next connection is checked in one handshake. */
function format(server: string, { certificate, since }: KnownServer): string {
  return [server, formatFingerprint(certificate.fingerprint), since, certificate.der.toBase64()].join(" ");
}

function parse(line: string, server: string, path: string): KnownServer {
  const [, fingerprint, since, der] = line.split(" ");
  try {
    const certificate = readCertificate(Uint8Array.fromBase64(der!));
    if (formatFingerprint(certificate.fingerprint) === fingerprint) return { certificate, since: since! };
  } catch {
    // It is told below.
  }
  throw new Error(`the line of ${server} in ${path} is damaged: remove it to accept the server's certificate anew`);
}
