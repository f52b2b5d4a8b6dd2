import type { OpenFileLink } from "../../client/files/file_ports.ts";
import { type Dial, Untrusted } from "../../client/link/dial.ts";
import { formatEndpoint } from "../../protocol/address/endpoint.ts";
import { quote } from "../../protocol/text/names.ts";
import type { CloseStatus } from "../../terminal/app.ts";
import { ByteLink } from "../../transports/byte_link.ts";
import { dialTcp } from "../../transports/tcp.ts";
import { dialUnix } from "../../transports/unix.ts";
import { type Address, formatAddress } from "../args/address.ts";
import { EXIT, type ExitCode } from "../args/exit_codes.ts";
import { givenPassword } from "../args/password_options.ts";
import { reachBeside } from "../hosting/control_socket.ts";
import type { Reach } from "../invites/share.ts";
import { readVariable } from "../platform/program.ts";
import { explain, isUnknownHost } from "../platform/system_errors.ts";
import type { PlanContext, ServerPlan } from "./connect_plan.ts";
import { type KnownServers, openKnownServers } from "./known_servers.ts";
import { dialTrusted, serverName, type TlsTrust } from "./tls_dialer.ts";

/** The context of the running program. */
export const PLAN_CONTEXT: PlanContext = { env: readVariable, knownServers: openKnownServers, givenPassword };

export interface Dialer {
  /** Opens a connection. Rejects with a sentence for the user. */
  readonly dial: Dial;
  /** Opens a further connection, for bytes, which is trusted as the others are. Rejects as `dial`. */
  readonly openLink: OpenFileLink;
  /** How others reach the server, as far as is known now; `undefined` if only this machine can reach it. */
  readonly reach: () => Reach | undefined;
  /** The fingerprint of the certificate that this client trusts at the address; `undefined` if an authority vouches for it. */
  readonly seenCertificate: () => string | undefined;
}

/** Dials the server of a plan. `notify` shows a line to the user at the first connection to a TLS server. */
export function createDialer({ address, tls, stateFolder }: ServerPlan, notify: (line: string) => void): Dialer {
  const servers = openKnownServers(stateFolder);
  const trust = tls && { ...tls, servers, notify };
  const dial = async (signal: AbortSignal) => {
    try {
      return await dialAddress(address, trust, signal);
    } catch (error) {
      if (error instanceof Untrusted) throw error;
      throw new Error(connectError(address, error), { cause: error });
    }
  };
  return {
    dial,
    openLink: async (signal) => new ByteLink(await dial(signal)),
    reach: () => address.kind === "unix" ? reachBeside(address.path) : reachByTcp(address, trust, servers),
    seenCertificate: () => address.kind === "unix" ? undefined : reachByTcp(address, trust, servers).fingerprint,
  };
}

async function dialAddress(address: Address, trust: TlsTrust | undefined, signal: AbortSignal) {
  if (address.kind === "unix") return await dialUnix(address.path);
  if (trust === undefined) return await dialTcp(address.host, address.port, signal);
  return await dialTrusted({ ...address, ...trust }, signal);
}

type TcpAddress = Extract<Address, { kind: "tcp" }>;

function reachByTcp(address: TcpAddress, trust: TlsTrust | undefined, servers: KnownServers): Reach {
  const fingerprint = trust && (trust.fingerprint ?? servers.find(serverName(address))?.certificate.fingerprint);
  return { addresses: [formatEndpoint(address)], tls: trust !== undefined, fingerprint };
}

function connectError(address: Address, error: unknown): string {
  const where = formatAddress(address);
  if (error instanceof Deno.errors.ConnectionRefused) {
    return `Connection refused by ${where}: check the address and that the server is running`;
  }
  if (address.kind === "tcp" && isUnknownHost(error)) return `Unknown host ${quote(address.host)}: check the spelling`;
  return `Cannot connect to ${where}: ${explain(error)}`;
}

/** The exit code of a program whose client has closed. */
export function exitCodeOf(closed: CloseStatus): ExitCode {
  switch (closed.cause) {
    case "left":
      return EXIT.fine;
    case "unreachable":
      return EXIT.cannotConnect;
    case "refused":
      return EXIT.refused;
    case "lost":
      return EXIT.lost;
    case "untrusted":
      return EXIT.untrusted;
    default:
      return closed.cause satisfies never;
  }
}
