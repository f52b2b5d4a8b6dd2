import type { OpenFileLink } from "../../client/files/file_ports.ts";
import { type Dial, Untrusted } from "../../client/link/dial.ts";
import type { ClientOptions } from "../../client/client_options.ts";
import { systemClock } from "../../client/clock.ts";
import { ServerRoute } from "../../client/link/server_route.ts";
import { type Endpoint, formatEndpoint } from "../../protocol/address/endpoint.ts";
import { quote } from "../../protocol/text/names.ts";
import type { CloseStatus } from "../../terminal/app.ts";
import { ByteLink } from "../../transports/byte_link.ts";
import type { StreamConnection } from "../../transports/stream_connection.ts";
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
import { type KnownChats, openKnownChats } from "./known_chats.ts";
import { type KnownServers, openKnownServers } from "./known_servers.ts";
import { openHostGates } from "./known_hosts.ts";
import { dialHost, dialTrusted, serverName, type TlsTrust } from "./tls_dialer.ts";

/** The context of the running program. */
export const PLAN_CONTEXT: PlanContext = {
  env: readVariable,
  knownServers: openKnownServers,
  knownChats: openKnownChats,
  givenPassword,
};

/** The options of a client about the servers of its chat. */
export type ChatServers = Pick<ClientOptions, "route" | "chat" | "openGate">;

export interface Dialer {
  /** Opens a connection. Rejects with a sentence for the user. */
  readonly dial: Dial;
  /** Opens a further connection, for bytes, to the server that was reached last. Rejects as `dial`. */
  readonly openLink: OpenFileLink;
  /** For each client: the choice among the servers of the chat, and what is known of them. Empty for a Unix socket. */
  readonly chatServers: () => ChatServers;
  /** The host that was reached last. */
  readonly dialedHost: () => string;
  /** How others reach the server, as far as is known now; `undefined` if only this machine can reach it. */
  readonly reach: () => Reach | undefined;
  /** The fingerprint of the certificate that this client trusts at the address; `undefined` if an authority vouches for it. */
  readonly seenCertificate: () => string | undefined;
}

/**
 * Dials the servers of the chat of a plan. `notify` shows a line to the user at the first connection to a TLS server. All of them
 * are reached like the first one: by TLS if that has it, and never from a Unix socket.
 */
export function createDialer(plan: ServerPlan, notify: (line: string) => void): Dialer {
  return plan.address.kind === "unix" ? unixDialer(plan.address) : new TcpDialer(plan, plan.address, notify);
}

type UnixAddress = Extract<Address, { kind: "unix" }>;
type TcpAddress = Extract<Address, { kind: "tcp" }>;

function unixDialer(address: UnixAddress): Dialer {
  const dial = async () => await explained(address, dialUnix(address.path));
  return {
    dial,
    openLink: async () => new ByteLink(await dial()),
    chatServers: () => ({}),
    reach: () => reachBeside(address.path),
    dialedHost: () => "localhost",
    seenCertificate: () => undefined,
  };
}

class TcpDialer implements Dialer {
  readonly #home: TcpAddress;
  readonly #trust: TlsTrust | undefined;
  readonly #servers: KnownServers;
  readonly #chats: KnownChats;
  readonly #invited: readonly Endpoint[];
  /** The key of a shared chat. */
  readonly #chatKey: string | undefined;
  readonly #folder: string | undefined;
  /** The server that was reached last. */
  #current: Endpoint;
  /** The certificate of a host of a shared chat that was reached last. */
  #seen: string | undefined;

  constructor(
    { tls, stateFolder, others = [] }: ServerPlan,
    home: TcpAddress,
    notify: (line: string) => void,
  ) {
    this.#home = this.#current = home;
    this.#servers = openKnownServers(stateFolder);
    this.#chats = openKnownChats(stateFolder);
    this.#invited = others;
    this.#chatKey = tls?.chatKey;
    this.#folder = stateFolder;
    this.#trust = tls && { ...tls, servers: this.#servers, notify };
  }

  readonly dial: Dial = async (signal, server = this.#home) => {
    const connection = await this.#connect(server, signal);
    this.#current = server;
    return connection;
  };

  readonly openLink: OpenFileLink = async (signal) =>
    new ByteLink(await this.#connect(this.#current, signal, this.#seen));

  readonly chatServers = (): ChatServers => {
    const { host, port } = this.#home;
    const key = serverName({ host, port });
    const known = this.#chats.find(key);
    const route = new ServerRoute({
      clock: systemClock,
      random: Math.random,
      home: { host, port },
      others: [...known?.others ?? [], ...this.#invited],
      changed: (others, chat) => this.#chats.keep(key, { chat, others }),
    });
    return { route, chat: known?.chat, ...this.#chatKey !== undefined && this.#gates(this.#chatKey) };
  };

  readonly reach = (): Reach => {
    const others = this.#others.map(formatEndpoint);
    return {
      addresses: [formatEndpoint(this.#home)],
      tls: this.#trust !== undefined,
      fingerprint: this.#fingerprint,
      ...this.#chatKey !== undefined && { chatKey: this.#chatKey },
      ...others.length > 0 && { others },
    };
  };

  readonly dialedHost = (): string => this.#current.host;

  readonly seenCertificate = (): string | undefined => this.#fingerprint;

  #gates(chatKey: string): Pick<ChatServers, "openGate"> {
    return { openGate: openHostGates(chatKey, this.#folder, () => ({ fingerprint: this.#seen ?? "" })) };
  }

  /** The servers of an invite count until the chat has listed its own. */
  get #others(): readonly Endpoint[] {
    return this.#chats.find(serverName(this.#home))?.others ?? this.#invited;
  }

  get #fingerprint(): string | undefined {
    if (this.#chatKey !== undefined) return this.#seen;
    return this.#trust &&
      (this.#trust.fingerprint ?? this.#servers.find(serverName(this.#home))?.certificate.fingerprint);
  }

  /** With `seen`, a host of a shared chat must have the certificate with this fingerprint. */
  async #connect(server: Endpoint, signal: AbortSignal, seen?: string): Promise<StreamConnection> {
    const { host, port } = server;
    if (this.#trust === undefined) return await explained({ kind: "tcp", host, port }, dialTcp(host, port, signal));
    if (this.#chatKey !== undefined) return await this.#connectHost({ host, port, fingerprint: seen }, signal);
    const home = server === this.#home ? undefined : this.#home;
    const dialing = dialTrusted({ host, port, ...this.#trust, home }, signal);
    return await explained({ kind: "tcp", host, port }, dialing);
  }

  async #connectHost(options: Parameters<typeof dialHost>[0], signal: AbortSignal): Promise<StreamConnection> {
    const { host, port } = options;
    const { connection, fingerprint } = await explained({ kind: "tcp", host, port }, dialHost(options, signal));
    // A connection that opens too late is closed.
    if (!signal.aborted) this.#seen = fingerprint;
    return connection;
  }
}

/** Explains errors of the system to users. */
async function explained<T>(address: Address, dialing: Promise<T>): Promise<T> {
  try {
    return await dialing;
  } catch (error) {
    if (error instanceof Untrusted) throw error;
    throw new Error(connectError(address, error), { cause: error });
  }
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
