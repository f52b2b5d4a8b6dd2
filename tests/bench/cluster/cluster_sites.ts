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

  /** Starts `confab serve`, and resolves when it listens. */
  async serve(...options: readonly string[]): Promise<void> {
    const port = freePort();
    const words = ["run", "--no-prompt", "--quiet", ...flagsOf("serve"), MAIN, "serve", "--port", String(port)];
    const data = ["--data", join(this.folder, String(port))];
    const child = this.start(Deno.execPath(), [...words, ...data, ...OPTIONS, ...options], "piped");
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
  const keyFile = join(site.folder, "cluster.key");
  Deno.writeTextFileSync(keyFile, makeClusterKey(), { mode: 0o600 });
  const log = `etcd:${urls.map(({ client }) => `127.0.0.1:${client}`).join()}`;
  for (let server = 0; server < 3; server++) await site.serve("--cluster", log, "--cluster-key-file", keyFile);
  return site;
}

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
