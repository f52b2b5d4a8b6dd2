/** The two sites that the bench of clusters compares. Each program has a folder of its own, which is removed at the end. */

import { join } from "node:path";
import { makeClusterKey } from "../../../src/cluster/cluster_key.ts";
import { flagsOf } from "../../helpers/task_flags.ts";

const MAIN = new URL("../../../main.ts", import.meta.url).pathname;
const START_MS = 30_000;
const OPTIONS = ["--rate", "0", "--connections-per-address", "0", "--attempts-per-address", "0", "--quiet"];

export class Site implements AsyncDisposable {
  readonly ports: number[] = [];
  readonly folder = Deno.makeTempDirSync({ prefix: "confab-bench-" });
  readonly #children: Deno.ChildProcess[] = [];
  readonly #servers: Deno.ChildProcess[] = [];

  /** The key of the cluster, and its log as an option; empty for a single server. */
  keyFile = "";
  log = "";

  /** Starts `confab serve` in a new folder, and resolves when it listens. */
  async serve(): Promise<void> {
    await this.serveOn(join(this.folder, crypto.randomUUID()));
  }

  /** The same in this folder. */
  async serveOn(folder: string): Promise<void> {
    const port = freePort();
    const words = ["run", "--no-prompt", "--quiet", ...flagsOf("serve"), MAIN, "serve", "--port", String(port)];
    const cluster = this.log === "" ? [] : ["--cluster", this.log, "--cluster-key-file", this.keyFile];
    const child = this.start(Deno.execPath(), [...words, "--data", folder, ...OPTIONS, ...cluster], "piped");
    this.#servers.push(child);
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value } = await reader.read();
    if (value === undefined) throw new Error("A server of the bench has ended");
    reader.releaseLock();
    this.ports.push(port);
  }

  start(program: string, args: readonly string[], stdout: "null" | "piped"): Deno.ChildProcess {
    const child = new Deno.Command(program, { args: [...args], stdin: "null", stdout, stderr: "null" }).spawn();
    this.#children.push(child);
    return child;
  }

  /** Kills all servers of the chat. */
  async endServers(): Promise<void> {
    for (const child of this.#servers.splice(0)) {
      child.kill("SIGKILL");
      await child.status;
      this.#children.splice(this.#children.indexOf(child), 1);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children.toReversed()) {
      child.kill("SIGKILL");
      await child.status;
    }
    await Deno.remove(this.folder, { recursive: true });
  }
}

export async function startSingle(): Promise<Site> {
  const site = new Site();
  await site.serve();
  return site;
}

/** Three servers, and so many machines of etcd. */
export async function startCluster(engines: number): Promise<Site> {
  const site = await startEngines(engines);
  for (let server = 0; server < 3; server++) await site.serve();
  return site;
}

/** So many machines of etcd, without any server. */
export async function startEngines(engines: number): Promise<Site> {
  const site = new Site();
  const urls = Array.from({ length: engines }, () => ({ client: freePort(), peer: freePort() }));
  const names = urls.map((_, index) => `e${index}`);
  const all = urls.map(({ peer }, index) => `${names[index]}=http://127.0.0.1:${peer}`).join();
  for (const [index, { client, peer }] of urls.entries()) {
    const [own, peers] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`];
    site.start("etcd", [
      ...["--name", names[index]!, "--data-dir", join(site.folder, names[index]!), "--initial-cluster", all],
      ...["--listen-client-urls", own, "--advertise-client-urls", own],
      ...["--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers],
    ], "null");
  }
  await answers(urls.map(({ client }) => `http://127.0.0.1:${client}/health`));
  site.keyFile = join(site.folder, "cluster.key");
  Deno.writeTextFileSync(site.keyFile, makeClusterKey(), { mode: 0o600 });
  site.log = `etcd:${urls.map(({ client }) => `127.0.0.1:${client}`).join()}`;
  return site;
}

/** etcd tells nobody when it is ready, so that it is asked again and again. No figure depends on the interval. */
async function answers(urls: readonly string[]): Promise<void> {
  for (const end = performance.now() + START_MS; performance.now() < end;) {
    const oks = await Promise.all(urls.map((url) => fetch(url).then((response) => response.text()).catch(() => "")));
    if (oks.every((text) => text.includes("true"))) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("etcd does not start");
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
