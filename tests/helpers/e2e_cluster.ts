/** Several servers of one chat, as operators start them, on a real etcd. */

import { makeClusterKey } from "../../src/cluster/cluster_key.ts";
import { newFolder } from "./e2e_home.ts";
import { serve, type Served } from "./e2e.ts";
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
    const served = await serve(...this.options, ...options);
    this.#servers.push(served);
    return served;
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
