/** A real etcd of one or more machines on this one, with its data in a temporary folder. */

import { assert } from "@std/assert";
import { type EtcdEndpoint, parseEtcdAddress } from "../../src/cluster/etcd/etcd_address.ts";
import { makeCertificate } from "../../src/cli/hosting/certificate.ts";
import type { TlsKeyPair } from "../../src/transports/tls.ts";
import { newFolder } from "./e2e_home.ts";
import { isInstalled, Program } from "./process.ts";

export const HAS_ETCD = isInstalled("etcd", ["--version"], /etcd Version/);
if (!HAS_ETCD) console.log("Tests with etcd are skipped: they need etcd (Debian's etcd-server)");

/** Without it each write waits for the disk. etcd 3.4 does not have it. */
const HAS_NO_FSYNC = HAS_ETCD && isInstalled("etcd", ["--help"], /--unsafe-no-fsync/);

export interface EtcdFlags {
  readonly machines?: number;
  /** With TLS: its own certificate, which clients must show, too. */
  readonly isSecure?: boolean;
  /** More options of `etcd`, such as `--quota-backend-bytes=1048576`. */
  readonly args?: readonly string[];
}

/** One machine. It keeps its data when it is killed, and its addresses when it starts again. */
export class EtcdMachine {
  readonly endpoint: EtcdEndpoint;
  readonly peerUrl: string;
  readonly name: string;
  readonly #folder = newFolder();
  readonly #tls: TlsKeyPair | undefined;
  #program: Program | undefined;

  constructor(name: string, tls?: TlsKeyPair) {
    this.#tls = tls;
    // An address of its own keeps other tests from taking its ports.
    const [a, b, c] = crypto.getRandomValues(new Uint8Array(3));
    const host = tls === undefined ? `127.${1 + a! % 254}.${b}.${1 + c! % 254}` : "127.0.0.1";
    this.name = name;
    this.endpoint = parseEtcdAddress(`etcd:${host}:${freePort(host)}`, tls !== undefined)[0]!;
    this.peerUrl = `http://${host}:${freePort(host)}`;
  }

  /** Starts it, as one of these machines. `isReady` resolves when it serves clients. */
  start(machines: readonly EtcdMachine[], args: readonly string[]): { readonly isReady: Promise<void> } {
    assert(this.#program === undefined, `${this.name} runs already`);
    const { url } = this.endpoint;
    const program = new Program("etcd", {
      args: [
        ...[`--name=${this.name}`, `--data-dir=${this.#folder}/data`],
        ...[`--listen-client-urls=${url}`, `--advertise-client-urls=${url}`],
        ...[`--listen-peer-urls=${this.peerUrl}`, `--initial-advertise-peer-urls=${this.peerUrl}`],
        `--initial-cluster=${machines.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join(",")}`,
        ...(HAS_NO_FSYNC ? ["--unsafe-no-fsync"] : []),
        ...this.#tlsArgs(),
        ...args,
      ],
    });
    this.#program = program;
    return { isReady: program.stderr.next("ready to serve client requests").then(() => {}) };
  }

  #tlsArgs(): string[] {
    if (this.#tls === undefined) return [];
    const [cert, key] = [`${this.#folder}/cert.pem`, `${this.#folder}/key.pem`];
    Deno.writeTextFileSync(cert, this.#tls.cert);
    Deno.writeTextFileSync(key, this.#tls.key);
    return [`--cert-file=${cert}`, `--key-file=${key}`, "--client-cert-auth", `--trusted-ca-file=${cert}`];
  }

  /** `SIGSTOP` freezes it, and `SIGCONT` lets it go on. */
  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#program!.kill(name);
  }

  async kill(): Promise<void> {
    await this.#program?.[Symbol.asyncDispose]();
    this.#program = undefined;
  }

  /** Removes its data while it does not run. */
  async forget(): Promise<void> {
    assert(this.#program === undefined, `${this.name} runs`);
    await Deno.remove(`${this.#folder}/data`, { recursive: true });
  }

  /** Calls its gateway as `etcdctl` would. */
  async call(path: string, body: unknown, token?: string): Promise<Record<string, unknown>> {
    const headers = token === undefined ? undefined : { authorization: token };
    const response = await fetch(this.endpoint.url + path, { method: "POST", headers, body: JSON.stringify(body) });
    const text = await response.text();
    assert(response.ok, `${path} answers ${response.status}: ${text}`);
    return JSON.parse(text);
  }
}

/** Disposing kills all machines. */
export class Etcd implements AsyncDisposable {
  readonly machines: readonly EtcdMachine[];
  /** The certificate of all machines, if they use TLS. */
  readonly tls: TlsKeyPair | undefined;
  readonly #args: readonly string[];

  private constructor({ machines = 1, args = [] }: EtcdFlags, tls: TlsKeyPair | undefined) {
    this.tls = tls;
    this.machines = Array.from({ length: machines }, (_, at) => new EtcdMachine(`etcd${at + 1}`, tls));
    this.#args = args;
  }

  static async start(flags: EtcdFlags = {}): Promise<Etcd> {
    const etcd = new Etcd(flags, flags.isSecure ? await makeCertificate(["127.0.0.1"], new Date()) : undefined);
    await Promise.all(etcd.machines.map((machine) => etcd.restart(machine)));
    return etcd;
  }

  get endpoints(): EtcdEndpoint[] {
    return this.machines.map(({ endpoint }) => endpoint);
  }

  /** Starts a machine that does not run, and resolves when it serves clients. */
  async restart(machine: EtcdMachine): Promise<void> {
    await machine.start(this.machines, this.#args).isReady;
  }

  async leader(): Promise<EtcdMachine> {
    const answers = await Promise.all(this.machines.map((machine) => machine.call("/v3/maintenance/status", {})));
    const at = answers.findIndex(({ leader, header }) => leader === (header as Record<string, unknown>).member_id);
    assert(at >= 0, "No machine leads");
    return this.machines[at]!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.machines.map((machine) => machine.kill()));
  }
}

function freePort(hostname: string): number {
  using listener = Deno.listen({ hostname, port: 0 });
  return listener.addr.port;
}
