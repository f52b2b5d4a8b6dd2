/** The ports of straight transfers: TLS between two clients. */

import type { FileLink } from "../files/file_ports.ts";

/** The place at which a sender listens. */
export interface StraightPlace {
  /** IP addresses, most likely reachable first. */
  readonly hosts: readonly string[];
  readonly port: number;
  /** DER in base64url. A receiver trusts this certificate only. */
  readonly certificate: string;
}

export interface StraightListener extends StraightPlace {
  /** The next connection, before its handshake. Rejects after `close`. One call at a time. */
  accept(): Promise<FileLink>;
  /** A second call does nothing. */
  close(): void;
}

export interface StraightPorts {
  /** Listens on a free port of all addresses, with a certificate that is made for it. Rejects with an Error for users. */
  listen(): Promise<StraightListener>;
  /** Connects by TLS. Rejects unless the other end proves that it has the certificate's key. */
  dial(host: string, place: StraightPlace, signal: AbortSignal): Promise<FileLink>;
}
