/** The program as a client of a chat with several servers. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { makeCertificate } from "../../src/cli/hosting/certificate.ts";
import { ChatDoors } from "../helpers/chat_doors.ts";
import { assertUntroubled, confab, runConfab } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { Peer } from "../helpers/e2e_peer.ts";

/** Another address of this machine; macOS has only one. */
const SECOND_HOST = Deno.build.os === "darwin" ? "127.0.0.1" : "127.0.0.2";

/** 2 s are promised; a machine that runs other tests as well is slower. Without a route it would be 10 s and more. */
const MOVE_MS = 5_000;

Deno.test("a client whose server dies is at another one at once, with nothing missed or doubled, and nobody sees it go", async () => {
  await using chat = new ChatDoors(3);
  const [first, second, third] = chat.doors.map(({ address }) => address);
  await using bob = await Peer.join(third!, "bob");
  await using ada = confab(["connect", first!, "--name", "ada", "--json"]);
  await ada.stdout.next('"type":"joined"');
  await bob.next({ type: "join" });
  for (let move = 0; move < 2; move++) {
    // Ada is at one of the doors that are left, other than bob's.
    chat.doors[move]!.die();
    const start = performance.now();
    await ada.type(`after loss ${move}\n`);
    await bob.send({ type: "message", text: `to ada ${move}` });
    const { from } = await bob.next({ type: "message", text: `after loss ${move}` });
    assertEquals(from.name, "ada");
    await ada.stdout.next(`to ada ${move}`);
    const tookMs = performance.now() - start;
    assert(tookMs < MOVE_MS, `The client was back after ${Math.round(tookMs)} ms`);
    console.log(`At another server after ${Math.round(tookMs)} ms`);
  }
  ada.kill("SIGTERM");
  const { code, stderr } = await ada.exit();
  assertEquals(code, 0);
  assertUntroubled(stderr);
  assertMatch(stderr, /reconnecting[^]*Reconnected/);
  const { reason } = await bob.next({ type: "leave" });
  assertEquals(reason, "left");
  const texts = ada.stdout.all.map((line) => JSON.parse(line)).filter(({ type }) => type === "message").map((event) =>
    event.text
  );
  assertEquals(texts.toSorted(), ["after loss 0", "after loss 1", "to ada 0", "to ada 1"]);
  assertEquals([second, third].includes(chat.doors[2]!.address), true);
});

Deno.test("a start finds another server of a chat whose first one is down, as the same member, and so does send", async () => {
  const home = newFolder();
  await using chat = new ChatDoors(1);
  chat.open(0, SECOND_HOST);
  chat.server.tick();
  const [first, second] = chat.doors.map(({ address }) => address);
  const ada = ["--name", "ada"];
  // From the second start on, ada is known by a key, which signs for the host that was dialed.
  for (let start = 0; start < 2; start++) {
    assertEquals((await runConfab(["connect", first!, ...ada], { home, input: "one\n" })).code, 0);
  }
  await using bob = await Peer.join(second!, "bob");
  chat.doors[0]!.die();
  const again = await runConfab(["connect", first!, ...ada], { home, input: "two\n" });
  assertEquals(again.code, 0);
  assertMatch(again.stderr, /^Connection refused by .*; reconnecting\nReconnected$/);
  assertEquals((await runConfab(["send", first!, ...ada, "three"], { home })).code, 0);
  assertEquals(await runConfab(["send", first!, "four"], { home }).then(({ code }) => code), 0);
  const two = await bob.next({ type: "message", text: "two" });
  const three = await bob.next({ type: "message", text: "three" });
  await bob.next({ type: "message", text: "four" });
  assertEquals([two.from.name, three.from.name, two.from.id === three.from.id], ["ada", "ada", true]);
  const elsewhere = await runConfab(["send", first!, "five"]);
  assertEquals(elsewhere.code, 4);
});

Deno.test("with TLS the certificate of the first server is that of all, and a server with another one gets nothing", async () => {
  const home = newFolder();
  const pair = await makeCertificate([], new Date());
  await using chat = new ChatDoors(2, pair);
  await using impostor = new ChatDoors(1, await makeCertificate([], new Date()));
  const [first, second] = chat.doors.map(({ address }) => address);
  chat.listed = () => [first!, impostor.doors[0]!.address, second!];
  chat.server.tick();
  await using ada = confab(["connect", first!, "--tls", "--name", "ada"], { home });
  await ada.stderr.next("First connection to");
  await ada.stdout.next("You are ada");
  chat.doors[0]!.die();
  await ada.stderr.next("Reconnected");
  await ada.type("still here\n");
  await ada.stdout.next("ada: still here");
  ada.kill("SIGTERM");
  assertEquals((await ada.exit()).code, 0);
  // The next start has both in its memory.
  assertEquals((await runConfab(["connect", first!, "--name", "ada"], { home, input: "again\n" })).code, 0);
  assertEquals(impostor.server.statistics.messages, 0);
  assertEquals(impostor.server.snapshot().members, 0);
});
