/** Several servers of one chat, from the outside. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { EXIT } from "../../src/cli/args/exit_codes.ts";
import { EtcdLog } from "../../src/cluster/etcd/etcd_log.ts";
import { confab, runConfab, type Served } from "../helpers/e2e.ts";
import { Cluster } from "../helpers/e2e_cluster.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { HAS_ETCD } from "../helpers/etcd.ts";

Deno.test({
  name: "members of three servers are in one chat, and those of a server that is killed go on at another one",
  ignore: !HAS_ETCD,
  async fn() {
    await using cluster = await Cluster.start();
    const first = await cluster.serve();
    const [second, third] = [await cluster.serve(), await cluster.serve()];
    await using ada = confab(["connect", first.address, "--name", "ada", "--json"]);
    await ada.stdout.next('"type":"joined"');
    await using bob = await Peer.join(second.address, "bob");
    await using eve = await Peer.join(third.address, "eve");
    await bob.send({ type: "message", text: "hello from the second" });
    for (const peer of [bob, eve]) {
      const { seq } = await peer.next({ type: "message", text: "hello from the second" });
      assertEquals(seq, 1);
    }
    await ada.stdout.next("hello from the second");
    first.program.kill("SIGKILL");
    const start = performance.now();
    await ada.type("still here\n");
    const { from, seq } = await eve.next({ type: "message", text: "still here" });
    assertEquals([from.name, seq], ["ada", 2]);
    console.log(`At another server after ${Math.round(performance.now() - start)} ms`);
    await eve.send({ type: "message", text: "welcome back" });
    await ada.stdout.next("welcome back");
    ada.kill("SIGTERM");
    assertEquals((await ada.exit()).code, 0);
    const texts = ada.stdout.all.map((line) => JSON.parse(line)).filter(({ type }) => type === "message");
    assertEquals(texts.map(({ text }) => text), ["hello from the second", "still here", "welcome back"]);
  },
});

Deno.test({
  name:
    "a server that starts late has the whole history and the certificate, and one that comes back has what it missed",
  ignore: !HAS_ETCD,
  async fn() {
    await using cluster = await Cluster.start();
    const first = await cluster.serve("--tls");
    const home = newFolder();
    const say = (address: string, text: string) => runConfab(["send", address, "--name", "ada", text], { home });
    await runConfab(["connect", first.address, "--tls", "--name", "ada"], { home, input: "one\n" });
    const second = await cluster.serve("--tls");
    const certificates = [first, second].map(({ folder }) => Deno.readTextFileSync(`${folder}/cert.pem`));
    assertEquals(certificates[0], certificates[1]);
    await second.stop();
    assertEquals((await say(first.address, "two")).code, 0);
    const again = await cluster.serve("--tls", "--data", second.folder);
    await runConfab(["connect", again.address, "--tls", "--name", "eve"], { home: newFolder(), input: "three\n" });
    await again.stop();
    await first.stop();
    const exported = await Promise.all([first, again].map(({ folder }) => runConfab(["export", "--data", folder])));
    for (const text of ["one", "two", "three"]) assertMatch(exported[0]!.stdout, new RegExp(`"text":"${text}"`));
    assertEquals(exported[0]!.stdout, exported[1]!.stdout);
  },
});

Deno.test({
  name:
    "the data of one server become those of a cluster, go back to one server with all that was written, and found another cluster",
  ignore: !HAS_ETCD,
  async fn() {
    await using cluster = await Cluster.start();
    const folder = newFolder();
    const alone = await cluster.serveAlone("--data", folder);
    await runConfab(["connect", alone.address, "--name", "ada"], { input: "alone\n" });
    await alone.stop();
    const first = await cluster.serve("--data", folder);
    const second = await cluster.serve();
    await runConfab(["connect", second.address, "--name", "bob"], { input: "together\n" });
    for (const server of [first, second]) await server.stop();
    const after = await cluster.serveAlone("--data", folder);
    await using eve = await Peer.join(after.address, "eve");
    await eve.send({ type: "history", room: "lobby", limit: 10 });
    const { messages } = await eve.next({ type: "history" });
    assertEquals(messages.map(({ text }: { text: string }) => text), ["alone", "together"]);
    await after.stop();
    // The first cluster may go on without it.
    const refused = await runConfab(["serve", "--port", "0", "--data", folder, ...cluster.options]);
    assertEquals(refused.code, EXIT.outOfCluster, refused.stderr);
    assertMatch(
      refused.stderr,
      /not a copy of another server's: .* start a new cluster with these data by another --cluster-name/,
    );
    const anew = await cluster.serve("--data", folder, "--cluster-name", "anew");
    const said = await runConfab(["send", anew.address, "--name", "bob", "anew"]);
    assertEquals(said.code, 0, said.stderr);
    await anew.stop();
    const exported = await runConfab(["export", "--data", folder]);
    for (const text of ["alone", "together", "anew"]) assertStringIncludes(exported.stdout, `"text":"${text}"`);
  },
});

Deno.test({
  name: "a server with the data of another chat is refused each time, and keeps them when the log is trimmed",
  ignore: !HAS_ETCD,
  async fn() {
    await using cluster = await Cluster.start();
    const other = await cluster.serveAlone();
    await runConfab(["send", other.address, "--name", "ada", "mine"]);
    await other.stop();
    const server = await cluster.serve();
    const { position } = await cluster.status(server);
    const { endpoints } = cluster.etcd;
    await new EtcdLog({ cluster: "confab", endpoints, fetch }).forget(position, new AbortController().signal);
    for (let start = 0; start < 2; start++) {
      const refused = await runConfab(["serve", "--port", "0", "--data", other.folder, ...cluster.options]);
      assertEquals(refused.code, EXIT.outOfCluster, refused.stderr);
      assertMatch(refused.stderr, /The log holds the chat .* choose another --cluster-name/);
    }
    const exported = await runConfab(["export", "--data", other.folder]);
    assertStringIncludes(exported.stdout, '"text":"mine"');
  },
});

Deno.test({
  name: "a server that was away while the chat had other options copies the data of one that was there, and goes on",
  ignore: !HAS_ETCD,
  async fn() {
    await using cluster = await Cluster.start();
    const [first, second] = [await cluster.serve(), await cluster.serve()];
    const say = (server: Served, text: string) => runConfab(["send", server.address, "--name", "ada", text]);
    await say(second, "one");
    for (const server of [second, first]) await server.stop();
    const other = await cluster.serve("--data", first.folder, "--max-rooms", "5");
    await say(other, "two");
    const refused = await runConfab(["serve", "--port", "0", "--data", second.folder, ...cluster.options]);
    assertEquals(refused.code, EXIT.outOfCluster, refused.stderr);
    assertMatch(refused.stderr, /^The options of this server differ from those of the others: .*/m);
    await other.stop();
    const again = await cluster.serve("--data", first.folder);
    const late = await cluster.serve("--data", second.folder);
    await late.program.stderr.first("data outdated");
    await say(late, "three");
    for (const server of [late, again]) await server.stop();
    const exported = await Promise.all([first, second].map(({ folder }) => runConfab(["export", "--data", folder])));
    assertEquals(exported[0]!.stdout.match(/(?<="text":")\w+/g), ["one", "two", "three"]);
    assertEquals(exported[1]!.stdout, exported[0]!.stdout);
  },
});

Deno.test({
  name: "cluster status lists the servers, and cluster remove ends one",
  ignore: !HAS_ETCD,
  async fn() {
    await using cluster = await Cluster.start();
    const [first, second] = [await cluster.serve(), await cluster.serve()];
    const ask = (...words: string[]) => runConfab(["cluster", ...words, "--cluster-key-file", cluster.keyFile]);
    const { stdout, code } = await ask("status", first.address, "--json");
    assertEquals(code, 0);
    const { servers } = JSON.parse(stdout);
    assertEquals(servers.length, 2);
    assertEquals(servers.map(({ addresses }: { addresses: string[] }) => addresses[0]), [
      first.address,
      second.address,
    ]);
    const other = servers.find(({ isSelf }: { isSelf: boolean }) => !isSelf).incarnation;
    assertEquals((await ask("remove", String(other), first.address)).code, 0);
    const exit = await second.program.exit();
    assert(exit.code !== 0);
    assertMatch(exit.stderr, /An operator has removed this server/);
    const wrong = `${newFolder()}/other.key`;
    assertEquals((await runConfab(["cluster", "key", wrong])).code, 0);
    const refused = await runConfab(["cluster", "status", first.address, "--cluster-key-file", wrong]);
    assertEquals(refused.code, 4);
    assertEquals(refused.stderr.split("\n").length, 1);
  },
});

Deno.test({
  name: "all servers that are shared have the same passphrase and certificate, and a client joins each by the words",
  ignore: !HAS_ETCD,
  async fn() {
    await using cluster = await Cluster.start();
    const servers: Served[] = [];
    for (let number = 0; number < 3; number++) servers.push(await cluster.serve("--share", "--host", "127.0.0.1"));
    const lines = await Promise.all(servers.map(async ({ program: { stdout } }) => [
      /connect (\S+) (.*)$/.exec(await stdout.first("Or read out:"))!,
      await stdout.first(/^ +([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
    ]));
    assertEquals(lines.map(([spoken]) => spoken![1]), servers.map(({ address }) => address));
    const words = lines.map(([spoken]) => spoken![2]!);
    assertEquals(words, Array(3).fill(words[0]));
    assertEquals(lines.map(([, fingerprint]) => fingerprint), Array(3).fill(lines[0]![1]));
    const home = newFolder();
    // The second time it compares the certificate with the one of the first server.
    for (const { address } of servers) {
      const { code, stderr, stdout } = await runConfab(["connect", address, ...words[0]!.split(" "), "--name", "ada"], {
        home,
        input: `to ${address}\n`,
      });
      assertEquals([code, stdout.includes(`to ${address}`)], [0, true], stderr);
    }
    await servers[2]!.stop();
    const exported = await runConfab(["export", "--data", servers[2]!.folder]);
    for (const { address } of servers) assertStringIncludes(exported.stdout, `"text":"to ${address}"`);
  },
});
