/** Clients of a chat with several servers: real ones, on a real etcd. */

import { assertEquals, assertMatch } from "@std/assert";
import { formatEndpoint } from "../../src/protocol/address/endpoint.ts";
import { parseInvite } from "../../src/protocol/address/invite_link.ts";
import { assertUntroubled, confab, runConfab, WINDOWS } from "../helpers/e2e.ts";
import { Cluster } from "../helpers/e2e_cluster.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { HAS_ETCD } from "../helpers/etcd.ts";
import type { Program } from "../helpers/process.ts";
import { poll } from "../helpers/process_lines.ts";

const AFTER = ["after the kill", "after the drain"];

/** The texts of the messages that a client has printed as JSON. */
function textsOf(lines: readonly string[]): string[] {
  return lines.map((line) => JSON.parse(line)).filter(({ type }) => type === "message").map(({ text }) => text);
}

/** Resolves when the client was told of so many servers. */
async function untilListed({ stdout }: Program, count: number): Promise<void> {
  const last = () =>
    stdout.all.flatMap((line) => JSON.parse(line).servers === undefined ? [] : [JSON.parse(line).servers]).at(-1);
  await poll(() => Promise.resolve(last()?.length === count), () => `${count} servers in the list`);
}

Deno.test({
  name:
    "a member with a key moves from server to server as these are killed and drained, over TLS, and nobody sees it go",
  ignore: !HAS_ETCD || WINDOWS,
  async fn() {
    await using cluster = await Cluster.start();
    const first = await cluster.serve("--tls");
    const [second, third] = [await cluster.serve("--tls"), await cluster.serve("--tls")];
    const home = newFolder();
    const name = ["--name", "ada"];
    // Known by a key from the second start on.
    for (let start = 0; start < 2; start++) {
      assertEquals((await runConfab(["connect", first.address, "--tls", ...name], { home, input: "one\n" })).code, 0);
    }
    await using bob = confab(["connect", third.address, "--tls", "--name", "bob", "--json"]);
    await bob.stdout.next('"type":"joined"');
    await using ada = confab(["connect", first.address, "--tls", ...name, "--json"], { home });
    await ada.stdout.next('"type":"joined"');
    await untilListed(ada, 3);
    first.program.kill("SIGKILL");
    let start = performance.now();
    await ada.type("after the kill\n");
    await bob.stdout.next("after the kill");
    const killedMs = performance.now() - start;
    start = performance.now();
    await second.stop();
    await ada.type("after the drain\n");
    await bob.stdout.next("after the drain");
    console.log(
      `At another server ${Math.round(killedMs)} ms after a kill, and ${
        Math.round(performance.now() - start)
      } after a drain`,
    );
    ada.kill("SIGTERM");
    const { code, stderr } = await ada.exit();
    assertEquals(code, 0);
    assertUntroubled(stderr);
    assertMatch(stderr, /^(?:.*; reconnecting\nReconnected\n?){1,2}$/);
    await bob.stdout.next('"reason":"left"');
    const left = bob.stdout.all.map((line) => JSON.parse(line)).filter(({ type }) => type === "leave");
    assertEquals(left.length, 1, "Nobody was told of the moves");
    assertEquals(textsOf(ada.stdout.all).filter((text) => text.startsWith("after")), AFTER);
    assertEquals(textsOf(bob.stdout.all).filter((text) => text.startsWith("after")), AFTER);
  },
});

Deno.test({
  name: "an invite names all servers, and lets people in while the one that made it is gone",
  ignore: !HAS_ETCD || WINDOWS,
  async fn() {
    await using cluster = await Cluster.start();
    const options = ["--tls", "--password", "otter-lamp-crane"];
    const [first, second] = [await cluster.serve(...options), await cluster.serve(...options)];
    const invite = async () => {
      const { code, stdout, stderr } = await runConfab(["invite", "--data", first.folder]);
      assertEquals([code, stderr], [0, ""]);
      return stdout.match(/^Invite: (.*)$/m)![1]!;
    };
    let link = await invite();
    await poll(async () => (link = await invite()).includes("?or="), () => "an invite with both servers");
    const { host, port, others } = parseInvite(link);
    assertEquals([`${host}:${port}`, ...others!.map(formatEndpoint)], [first.address, second.address]);
    first.program.kill("SIGKILL");
    await first.program.exit();
    const home = newFolder();
    for (const text of ["hello", "again"]) {
      assertEquals((await runConfab(["connect", link, "--name", "ada"], { home, input: `${text}\n` })).code, 0);
    }
    const { code, stdout } = await runConfab(["doctor", second.address, "--json"]);
    assertEquals(code, 0, stdout);
    await second.stop();
    const { stdout: kept } = await runConfab(["export", "--data", second.folder]);
    const senders = kept.split("\n").filter((line) => /"text":"(?:hello|again)"/.test(line)).map((line) =>
      JSON.parse(line).from
    );
    assertEquals(senders.map(({ name }) => name), ["ada", "ada"]);
    assertEquals(senders[0].id, senders[1].id);
  },
});
