import { join } from "node:path";
import { type Certificate, formatFingerprint, readCertificate } from "../hosting/certificate.ts";
import { mayUse } from "../platform/private_file.ts";
import { ServerLines } from "./server_lines.ts";

/** A server whose certificate was accepted at the first connection and must stay the same. */
export interface KnownServer {
  readonly certificate: Certificate;
  /** The time of the first connection (RFC 3339). */
  readonly since: string;
}

/** The accepted certificates: one line per server in a file that only its owner can read, or in memory only. */
export class KnownServers {
  /** `undefined` if nothing is kept beyond this process. */
  readonly path: string | undefined;
  readonly #lines: ServerLines | undefined;
  readonly #unsaved = new Map<string, KnownServer>();

  constructor(folder: string | undefined) {
    this.path = folder === undefined ? undefined : join(folder, FILE);
    this.#lines = this.path === undefined ? undefined : new ServerLines(this.path);
  }

  /**
   * Finds a server by `host:port`. Throws if the file or the server's line is
   * damaged, so that a known server never counts as new.
   */
  find(server: string): KnownServer | undefined {
    if (this.#lines === undefined) return this.#unsaved.get(server);
    const line = this.#lines.find(server);
    return line === undefined ? undefined : parse(line, server, this.path!);
  }

  /** Remembers the server and replaces its earlier certificate. Throws if the file cannot be written. */
  keep(server: string, known: KnownServer): void {
    if (this.#lines === undefined) this.#unsaved.set(server, known);
    else this.#lines.keep(server, format(server, known));
  }
}

const FILE = "known_servers";

/**
 * The known servers of a state folder. Nothing is read or kept without a folder, or without the
 * permission to use it.
 */
export function openKnownServers(folder: string | undefined): KnownServers {
  return new KnownServers(folder !== undefined && mayUse(folder) ? folder : undefined);
}

/** The line holds the whole certificate, so that the next connection is verified in one handshake. */
function format(server: string, { certificate, since }: KnownServer): string {
  return [server, formatFingerprint(certificate.fingerprint), since, certificate.der.toBase64()].join(" ");
}

function parse(line: string, server: string, path: string): KnownServer {
  const [, fingerprint, since, der] = line.split(" ");
  try {
    const certificate = readCertificate(Uint8Array.fromBase64(der!));
    if (formatFingerprint(certificate.fingerprint) === fingerprint) return { certificate, since: since! };
  } catch {
    // Reported below.
  }
  throw new Error(`the line of ${server} in ${path} is damaged: remove it to accept the server's certificate again`);
}
