import type { Connection } from "../../transports/connection.ts";
import type { DialTlsOptions } from "../../transports/tls.ts";
import type { Address } from "../args/address.ts";
import type { KnownServers } from "../joining/known_servers.ts";
import type { Clocks } from "./server_answer.ts";

/** How the examination reaches the network. All of them reject when the signal aborts. */
export interface ServerTools extends Clocks {
  /** The IP addresses of a host name. Rejects if the name is unknown. */
  readonly lookup: (host: string) => Promise<readonly string[]>;
  /** Opens a connection without TLS. */
  readonly dial: (address: Address, signal: AbortSignal) => Promise<Connection>;
  readonly dialTls: (host: string, port: number, options: DialTlsOptions) => Promise<Connection>;
  /** The certificate that a server shows, in DER. */
  readonly look: (host: string, port: number, signal: AbortSignal) => Promise<Uint8Array>;
  readonly servers: Pick<KnownServers, "find" | "path">;
}
