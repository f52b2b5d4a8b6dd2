import { PROTOCOL_VERSION } from "../../protocol/conventions.ts";
import { quote } from "../../protocol/text/names.ts";
import type { Connection } from "../../transports/connection.ts";
import { TlsFault } from "../../transports/tls.ts";
import { type Address, formatAddress } from "../args/address.ts";
import { EXIT } from "../args/exit_codes.ts";
import { type Certificate, readCertificate, trusted } from "../hosting/certificate.ts";
import type { Destination } from "../joining/destination.ts";
import type { KnownServer } from "../joining/known_servers.ts";
import { serverName } from "../joining/tls_dialer.ts";
import { isLoopbackHost } from "../platform/machine_addresses.ts";
import { explain } from "../platform/system_errors.ts";
import { checkShown } from "./certificate_checks.ts";
import { type Check, failed, type Finding, note, ok, warning } from "./check_result.ts";
import { checksOfOthers } from "./other_servers.ts";
import { type Answer, converse, type Welcome } from "./server_answer.ts";
import type { ServerTools } from "./server_tools.ts";

type TcpAddress = Extract<Address, { kind: "tcp" }>;

/** A server without TLS may take the handshake for the first bytes of a line, and wait for its end. */
const HANDSHAKE_MS = 2_000;
/** A server that answers later is too slow for a chat. */
const ANSWER_MS = 2_000;
const SLOW_ROUND_TRIP_MS = 1_000;
/** A larger difference is seen in the times of messages. */
const CLOCK_MARGIN_SECONDS = 30;

/** Follows the way of a client to a server, step by step, joins nothing, and remembers nothing. */
export class ServerExamination {
  readonly #destination: Destination;
  readonly #tools: ServerTools;
  /** Opened by the check of TLS, or by the greeting. */
  #connection: Connection | undefined;
  #welcome: Welcome | undefined;
  #certificate: Certificate | undefined;
  #remoteAddress: string | undefined;

  constructor(destination: Destination, tools: ServerTools) {
    this.#destination = destination;
    this.#tools = tools;
  }

  /** In the order of a client. After one that fails, the others make no sense. */
  get checks(): readonly Check[] {
    const { address } = this.#destination;
    const network = address.kind === "unix" ? [] : [
      check("Name lookup", () => this.#lookUp(address)),
    ];
    const tls = address.kind === "unix" ? [] : [
      check("Encryption", (signal) => this.#encrypt(address, signal)),
    ];
    return [
      ...network,
      check("Connection", (signal) => this.#connect(address, signal)),
      ...tls,
      check("Greeting", (signal) => this.#greet(address, signal)),
      check("Round trip", () => this.#roundTrip()),
      check("Server clock", () => this.#compareClocks()),
    ];
  }

  /** The checks of the other servers of the chat, which are known after the others. */
  get checksOfOthers(): readonly Check[] {
    const [welcome, certificate, remoteAddress] = [this.#welcome, this.#certificate, this.#remoteAddress];
    return welcome === undefined ? [] : checksOfOthers({ welcome, certificate, remoteAddress }, this.#tools);
  }

  /** Closes what the checks have opened. */
  close(): void {
    this.#connection?.close();
  }

  async #lookUp({ host }: TcpAddress): Promise<Finding> {
    if (isIp(host)) return ok(`${host} is an IP address: no name to look up`);
    try {
      const addresses = await this.#tools.lookup(host);
      if (addresses.length > 0) return ok(`${host} is ${addresses.slice(0, 4).join(", ")}`);
    } catch {
      // As without an address: the system does not say more.
    }
    const next = "Check the spelling and the network, or use the server's IP address";
    return failed(EXIT.cannotConnect, `Unknown host ${quote(host)}`, next);
  }

  async #connect(address: Address, signal: AbortSignal): Promise<Finding> {
    const started = this.#tools.stopwatch();
    try {
      (await this.#tools.dial(address, signal)).close();
    } catch (error) {
      return failed(EXIT.cannotConnect, connectFault(formatAddress(address), error), CONNECT_NEXT);
    }
    return ok(`Open after ${this.#since(started)} ms`);
  }

  async #encrypt(address: TcpAddress, signal: AbortSignal): Promise<Finding> {
    const known = this.#tools.servers.find(serverName(address));
    const mustEncrypt = this.#destination.tls || known !== undefined;
    try {
      return await this.#compare(address, known, signal);
    } catch (error) {
      if (!mustEncrypt && !(error instanceof TlsFault && error.kind === "certificate")) {
        return unencrypted(address, error);
      }
      if (known !== undefined && error instanceof TlsFault && error.kind === "no_tls") {
        const next = `Ask the operator: only if they changed it, remove the line from ${this.#tools.servers.path}`;
        return failed(EXIT.untrusted, `The server does not use TLS, but did since ${known.since}`, next);
      }
      return failed(EXIT.cannotConnect, `TLS fails: ${explain(error)}`, "Check the address, and ask the operator");
    }
  }

  async #compare(address: TcpAddress, known: KnownServer | undefined, signal: AbortSignal): Promise<Finding> {
    const { host, port } = address;
    const { fingerprint } = this.#destination;
    const inTime = within(HANDSHAKE_MS, signal);
    const shown = readCertificate(await this.#tools.look(host, port, inTime));
    this.#certificate = shown;
    const bySignature = fingerprint === undefined && !shown.isSelfSigned
      ? await this.#dialSigned(address, signal)
      : undefined;
    const grounds = { server: serverName(address), invited: fingerprint, known, path: this.#tools.servers.path };
    const finding = checkShown(shown, { ...grounds, signed: bySignature !== undefined }, this.#tools.now());
    this.#connection = bySignature;
    if (finding.verdict === "failed" || bySignature !== undefined) return finding;
    return await this.#prove(address, shown, signal) ?? finding;
  }

  async #dialSigned({ host, port }: TcpAddress, signal: AbortSignal): Promise<Connection | undefined> {
    try {
      return await this.#tools.dialTls(host, port, { signal });
    } catch (error) {
      if (error instanceof TlsFault && error.kind === "certificate") return undefined;
      throw error;
    }
  }

  /** Makes the server prove that it has the key of its certificate. `undefined` if it does. */
  async #prove({ host, port }: TcpAddress, shown: Certificate, signal: AbortSignal): Promise<Finding | undefined> {
    const trust = trusted(shown);
    const next = "Ask the operator of the server to replace it";
    if (trust === undefined) return failed(EXIT.untrusted, "The certificate has no host name", next);
    try {
      this.#connection = await this.#tools.dialTls(host, port, { trusted: trust, signal });
      return undefined;
    } catch (error) {
      return failed(EXIT.untrusted, `The certificate cannot be verified: ${explain(error)}`, next);
    }
  }

  async #greet(address: Address, signal: AbortSignal): Promise<Finding> {
    this.#connection ??= await this.#tools.dial(address, signal);
    this.#remoteAddress = this.#connection.remoteAddress;
    const answer = await converse(this.#connection, this.#tools, within(ANSWER_MS, signal));
    if (answer.kind !== "welcome") return noGreeting(answer);
    this.#welcome = answer;
    const found = `${quote(answer.title)} runs Confab ${
      nameOfVersion(answer)
    }, version ${answer.protocol} of the protocol`;
    if (answer.protocol <= PROTOCOL_VERSION) return ok(found);
    return failed(EXIT.refused, `${found}, and this program speaks version ${PROTOCOL_VERSION}`, "Update this program");
  }

  #roundTrip(): Finding {
    const milliseconds = this.#welcome?.roundTripMs;
    if (milliseconds === undefined) {
      return warning("No answer to a ping in time", "Try again when the server is less busy");
    }
    const found = `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms to the server and back`;
    return milliseconds <= SLOW_ROUND_TRIP_MS ? ok(found) : warning(found, "Try another network: messages arrive late");
  }

  #compareClocks(): Finding {
    const ahead = this.#welcome?.aheadMs;
    if (ahead === undefined) return note("The server does not tell its time");
    const seconds = Math.abs(ahead / 1_000);
    const found = `The server's clock is ${seconds.toFixed(1)} s ${ahead < 0 ? "behind" : "ahead of"} this machine's`;
    if (seconds <= CLOCK_MARGIN_SECONDS) return ok(found);
    return warning(found, "Set both clocks by the internet (NTP): the times of messages are those of the server");
  }

  #since(started: number): string {
    return (this.#tools.stopwatch() - started).toFixed(0);
  }
}

function check(name: string, run: Check["run"]): Check {
  return { name, code: EXIT.cannotConnect, run };
}

function within(milliseconds: number, signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(milliseconds)]);
}

/** A version as we write them, and any other in quotes. */
export function nameOfVersion({ version }: Welcome): string {
  return /^[\w.+-]{1,40}$/.test(version) ? version : quote(version);
}

const CONNECT_NEXT =
  "Check the address, that the server runs with --share or --host 0.0.0.0, and that its firewall admits the port";

function connectFault(where: string, error: unknown): string {
  if (error instanceof Deno.errors.ConnectionRefused) return `Connection refused by ${where}: no program listens there`;
  return `Cannot connect to ${where}: ${explain(error)}`;
}

function isIp(host: string): boolean {
  return host.includes(":") || /^\d+\.\d+\.\d+\.\d+$/.test(host);
}

function unencrypted(address: TcpAddress, error: unknown): Finding {
  const isPlain = error instanceof TlsFault && error.kind === "no_tls";
  const found = isPlain ? "The server does not use TLS" : `The other side does not use TLS: ${explain(error)}`;
  if (isLoopbackHost(address.host)) return ok(`${found}; on one machine it is not needed`);
  return note(found, "Everyone on the way can read what you write: start the server with --share or --tls");
}

function noGreeting(answer: Exclude<Answer, Welcome>): Finding {
  const other = "Check the port: Confab listens on 5050 unless --port says otherwise";
  switch (answer.kind) {
    case "refused":
      return failed(EXIT.refused, `The server admits no connection now: ${answer.text}`, "Wait, or ask the operator");
    case "foreign":
      return failed(EXIT.cannotConnect, `Another program answers: ${quote(answer.line)}`, other);
    case "silent":
      return failed(
        EXIT.cannotConnect,
        answer.began ? "Another program answers, and not in lines" : "No answer: the other side is silent or closes",
        other,
      );
    default:
      return answer satisfies never;
  }
}

/** Asks a program on this machine who it is, with or without TLS, whatever its certificate. */
export async function askServer(host: string, port: number, tools: ServerTools, signal: AbortSignal): Promise<Answer> {
  const inTime = within(HANDSHAKE_MS, signal);
  const shown = await tools.look(host, port, inTime).then(readCertificate, () => undefined);
  const trust = shown && trusted(shown);
  const connection = trust === undefined
    ? await tools.dial({ kind: "tcp", host, port }, signal)
    : await tools.dialTls(host, port, { trusted: trust, signal });
  try {
    return await converse(connection, tools, within(ANSWER_MS, signal));
  } finally {
    connection.close();
  }
}
