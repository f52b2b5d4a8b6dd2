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
    "a member with a key goes from server to server as these end, and a later start and an invite find the one that is left",
  ignore: !HAS_ETCD || WINDOWS,
  async fn() {
    await using cluster = await Cluster.start();
    const password = ["--password", "otter-lamp-crane"];
    const first = await cluster.serve("--tls", ...password);
    const [second, third] = [await cluster.serve("--tls", ...password), await cluster.serve("--tls", ...password)];
    const home = newFolder();
    const say = (text: string) =>
      runConfab(["connect", first.address, "--tls", "--name", "ada", ...password], { home, input: `${text}\n` });
    // Known by a key from the second start on.
    for (let start = 0; start < 2; start++) assertEquals((await say("one")).code, 0);
    await using bob = confab(["connect", third.address, "--tls", "--name", "bob", "--json", ...password]);
    await bob.stdout.next('"type":"joined"');
    await using ada = confab(["connect", first.address, "--name", "ada", "--json", ...password], { home });
    await ada.stdout.next('"type":"joined"');
    await untilListed(ada, 3);
    const invite = /^Invite: (.*)$/m.exec((await runConfab(["invite", "--data", first.folder])).stdout)![1]!;
    const { others = [] } = parseInvite(invite);
    assertEquals(others.map(formatEndpoint).toSorted(), [second.address, third.address].toSorted());

    first.program.kill("SIGKILL");
    const start = performance.now();
    await ada.type("after the kill\n");
    await bob.stdout.next("after the kill");
    console.log(`At another server ${Math.round(performance.now() - start)} ms after a kill`);
    await second.stop();
    await ada.type("after the drain\n");
    await bob.stdout.next("after the drain");
    ada.kill("SIGTERM");
    const { code, stderr } = await ada.exit();
    assertEquals(code, 0);
    assertUntroubled(stderr);
    assertMatch(stderr, /^(?:.*; reconnecting\nReconnected\n?){1,2}$/);
    assertEquals(textsOf(ada.stdout.all).filter((text) => text.startsWith("after")), AFTER);
    await bob.stdout.next('"reason":"left"');
    const left = bob.stdout.all.map((line) => JSON.parse(line)).filter(({ type }) => type === "leave");
    assertEquals(left.length, 1, "Nobody was told of the moves");

    assertEquals((await say("by a later start")).code, 0);
    assertEquals((await runConfab(["send", first.address, "--name", "ada", "by send", ...password], { home })).code, 0);
    const eve = await runConfab(["connect", invite, "--name", "eve"], { home: newFolder(), input: "by the invite\n" });
    assertEquals(eve.code, 0, eve.stderr);
    await bob.stdout.next("by the invite");
    const messages = bob.stdout.all.map((line) => JSON.parse(line)).filter(({ type }) => type === "message");
    assertEquals(messages.map(({ text }) => text), [...AFTER, "by a later start", "by send", "by the invite"]);
    assertEquals(new Set(messages.slice(0, -1).map(({ from }) => from.id)).size, 1);
  },
});
