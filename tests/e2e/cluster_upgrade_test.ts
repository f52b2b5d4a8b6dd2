/** Servers of one chat that are not the same program: real ones, on a real etcd. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { EXIT } from "../../src/cli/args/exit_codes.ts";
import { CHAT_LEVEL } from "../../src/cluster/cluster_op.ts";
import { BINARY, confab, runConfab, type Served } from "../helpers/e2e.ts";
import { Cluster } from "../helpers/e2e_cluster.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { HAS_ETCD } from "../helpers/etcd.ts";
import type { Program } from "../helpers/process.ts";
import { poll } from "../helpers/process_lines.ts";

const LEVELS = "../../src/cluster/cluster_op.ts";
/** The program of the checkout, by another version of Deno if there is one. */
const OLD = { deno: Deno.env.get("CONFAB_E2E_OLD_DENO") };
const NEW = { modules: { [import.meta.resolve(LEVELS)]: import.meta.resolve("../helpers/next_level.ts") } };

/** After so many entries each of three servers has written its clock, and the one that may raise the level has done so. */
const ENTRIES = 6;

/** Resolves when the server has applied some more entries, or its level is another one. Returns the level. */
async function laterLevel(cluster: Cluster, server: Served): Promise<number> {
  const { index, level } = await cluster.status(server);
  let now = { index, level };
  const isLater = async () => {
    now = await cluster.status(server);
    return now.index >= index + ENTRIES || now.level !== level;
  };
  await poll(isLater, () => `${ENTRIES} more entries after ${index}`);
  return now.level;
}

async function untilLevel(cluster: Cluster, server: Served, level: number): Promise<void> {
  await poll(async () => (await cluster.status(server)).level === level, () => `level ${level}`);
}

function textsOf({ stdout }: Program): string[] {
  return stdout.all.map((line) => JSON.parse(line)).filter(({ type }) => type === "message").map(({ text }) => text);
}

Deno.test({
  name: "the rules rise when the last of three servers has the new program, and nothing is lost on the way",
  ignore: !HAS_ETCD || BINARY !== undefined,
  async fn() {
    await using cluster = await Cluster.start();
    const last = await cluster.serveBy(OLD);
    const next = await cluster.serveBy(OLD);
    const first = await cluster.serveBy(NEW);
    await using ada = confab(["connect", last.address, "--name", "ada", "--json"]);
    await ada.stdout.next('"type":"joined"');
    await using bob = await Peer.join(first.address, "bob");
    await using eve = await Peer.join(first.address, "eve");
    const texts: string[] = [];
    const say = async (text: string) => {
      texts.push(`${text} from ada`, `${text} from bob`);
      await ada.type(`${text} from ada\n`);
      await bob.next({ type: "message", text: `${text} from ada` });
      await bob.send({ type: "message", text: `${text} from bob` });
      await ada.stdout.next(`${text} from bob`);
      await eve.next({ type: "message", text: `${text} from bob`, seq: texts.length });
    };
    await say("before");
    await last.stop();
    const again = await cluster.serveBy(OLD, "--data", last.folder);
    await next.stop();
    const updated = await cluster.serveBy(NEW, "--data", next.folder);
    await say("between");
    // The server that has been there longest raises the level, and would do so now.
    assertEquals(await laterLevel(cluster, first), CHAT_LEVEL);
    await again.stop();
    const servers = [first, updated, await cluster.serveBy(NEW, "--data", last.folder)];
    for (const server of servers) await untilLevel(cluster, server, CHAT_LEVEL + 1);
    await say("after");
    assertEquals(textsOf(ada), texts);
    for (const server of servers.toReversed()) await server.stop();
    const exported = servers.map(({ folder }) => runConfab(["export", "--data", folder]));
    const [one, ...others] = await Promise.all(exported);
    assertEquals(others.map(({ stdout }) => stdout), [one!.stdout, one!.stdout]);
    const refused = await runConfab(["serve", "--port", "0", "--data", last.folder, ...cluster.options]);
    assertEquals(refused.code, EXIT.outOfCluster, refused.stderr);
    const newer = CHAT_LEVEL + 1;
    assertStringIncludes(
      refused.stderr,
      `The chat has reached level ${newer}, and this program knows ${CHAT_LEVEL}: update`,
    );
  },
});
