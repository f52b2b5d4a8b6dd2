/** Several servers of one chat, as operators start them, on a real etcd. */

import { assertEquals } from "@std/assert";
import { makeClusterKey } from "../../src/cluster/cluster_key.ts";
import type { ReplicaStatus } from "../../src/cluster/replica/replica_status.ts";
import { newFolder } from "./e2e_home.ts";
import { type OtherProgram, runConfab, serve, serveBy, type Served } from "./e2e.ts";
import { Etcd, type EtcdFlags } from "./etcd.ts";

export class Cluster implements AsyncDisposable {
  readonly etcd: Etcd;
  readonly keyFile: string;
  readonly #servers: Served[] = [];

  private constructor(etcd: Etcd) {
    this.etcd = etcd;
    this.keyFile = `${newFolder()}/cluster.key`;
    Deno.writeTextFileSync(this.keyFile, makeClusterKey(), { mode: 0o600 });
  }

  static async start(flags?: EtcdFlags): Promise<Cluster> {
    return new Cluster(await Etcd.start(flags));
  }

  /** The options of `serve` that let a server take part. */
  get options(): string[] {
    const log = `etcd:${this.etcd.endpoints.map(({ name }) => name).join()}`;
    return ["--cluster", log, "--cluster-key-file", this.keyFile];
  }

  /** Starts a server, which takes part when it answers its first client. */
  async serve(...options: readonly string[]): Promise<Served> {
    return await this.serveBy({}, ...options);
  }

  /** The same by another program. */
  async serveBy(program: OtherProgram, ...options: readonly string[]): Promise<Served> {
    const served = await serveBy(program, ...this.options, ...options);
    this.#servers.push(served);
    return served;
  }

  /** Asks a server for its view of the cluster. */
  async status({ address }: Served): Promise<ReplicaStatus> {
    const words = ["cluster", "status", address, "--json", "--cluster-key-file", this.keyFile];
    const { code, stdout, stderr } = await runConfab(words);
    assertEquals(code, 0, stderr);
    return JSON.parse(stdout);
  }

  /** Starts a server that is in no cluster. */
  async serveAlone(...options: readonly string[]): Promise<Served> {
    const served = await serve(...options);
    this.#servers.push(served);
    return served;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) await server[Symbol.asyncDispose]();
    await this.etcd[Symbol.asyncDispose]();
  }
}
