import { assertEquals, assertMatch } from "@std/assert";
import { assertOneLine, confab, runConfab, serve } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { Peer } from "../helpers/e2e_peer.ts";

Deno.test("send posts one message in the lobby and exits 0 when it is acknowledged", async () => {
  await using server = await serve();
  await using bob = await Peer.join(server.address, "bob");
  const exit = await runConfab(["send", server.address, "build", "42", "is", "done", "--name", "ci"]);
  assertEquals(exit, { code: 0, stdout: "", stderr: "" });
  const { room, from } = await bob.next({ type: "message", text: "build 42 is done" });
  assertEquals([room, from.name], ["lobby", "ci"]);
});

Deno.test("send --room posts in that room", async () => {
  await using server = await serve();
  await using ops = await Peer.join(server.address, "olga", "ops");
  assertEquals((await runConfab(["send", server.address, "--room", "Ops", "reboot"])).code, 0);
  await ops.next({ type: "message", text: "reboot", room: "ops" });
});

Deno.test("send - reads the text from standard input with its line breaks", async () => {
  await using server = await serve();
  await using bob = await Peer.join(server.address, "bob");
  assertEquals((await runConfab(["send", server.address, "-"], { input: "one\ntwo\n\n日本\n" })).code, 0);
  await bob.next({ type: "message", text: "one\ntwo\n\n日本" });
});

Deno.test("send -- lets the text begin with a dash", async () => {
  await using server = await serve();
  await using bob = await Peer.join(server.address, "bob");
  assertEquals((await runConfab(["send", server.address, "--", "--help", "me"])).code, 0);
  await bob.next({ type: "message", text: "--help me" });
});

Deno.test("send --to reaches only that member", async () => {
  await using server = await serve();
  await using bob = await Peer.join(server.address, "bob");
  await using eve = await Peer.join(server.address, "eve");
  assertEquals((await runConfab(["send", server.address, "--to", "BOB", "psst", "--name", "ci"])).code, 0);
  const { with: partner, from } = await bob.next({ type: "message", text: "psst" });
  assertEquals([partner.name, from.name], ["ci", "ci"]);
  await bob.send({ type: "message", room: "lobby", text: "to all" });
  await eve.next({ type: "message", text: "to all" });
  assertEquals(eve.events.filter(({ type }) => type === "message").length, 1);
});

Deno.test("send to an unknown member exits 5 and says so", async () => {
  await using server = await serve();
  const { code, stderr } = await runConfab(["send", server.address, "--to", "nobody", "psst"]);
  assertEquals(code, 5);
  assertOneLine(stderr);
  assertMatch(stderr, /^Not sent: No member is called "nobody"/);
});

Deno.test("send under a name that is taken exits 5", async () => {
  await using server = await serve();
  await using _bob = await Peer.join(server.address, "bob");
  const { code, stderr } = await runConfab(["send", server.address, "hello", "--name", "bob"]);
  assertEquals(code, 5);
  assertOneLine(stderr);
  assertMatch(stderr, /"bob2" is free/);
});

Deno.test("send under the name of the user's own client comes from that member, whether the client runs or not", async () => {
  await using server = await serve();
  await using bob = await Peer.join(server.address, "bob");
  const home = newFolder();
  const typed = async (text: string) => {
    const args = ["connect", server.address, "--name", "ada", "--json"];
    assertEquals((await runConfab(args, { home, input: `${text}\n` })).code, 0);
  };
  const send = async (...args: string[]) =>
    await runConfab(["send", server.address, "--name", "ada", ...args], { home });
  // The first run makes the client memory, and the second one the key, which owns the name from then on.
  await typed("one");
  await typed("two");
  const { from: ada } = await bob.next({ type: "message", text: "two" });
  assertEquals(await send("three"), { code: 0, stdout: "", stderr: "" });
  assertEquals((await bob.next({ type: "message", text: "three" })).from, ada);
  await using client = confab(["connect", server.address, "--name", "ada"], { home });
  await client.stdout.next("You are");
  assertEquals(await send("four"), { code: 0, stdout: "", stderr: "" });
  const { from, signature } = await bob.next({ type: "message", text: "four" });
  assertEquals([from, typeof signature], [ada, "string"]);
  assertMatch(await client.stdout.next("four"), /ada: four$/);
  const { code, stderr } = await send("five", "--no-state");
  assertEquals(code, 5);
  assertMatch(stderr, /^Name "ada" belongs to a member with a key/);
});

Deno.test("send to an address without a server exits 4", async () => {
  const { code, stderr } = await runConfab(["send", "127.0.0.1:1", "hello"]);
  assertEquals(code, 4);
  assertOneLine(stderr);
});

for (
  const [what, args, input] of [
    ["no text", ["127.0.0.1:1"], ""],
    ["an empty text", ["127.0.0.1:1", "-"], "\n"],
    ["a text that is too long", ["127.0.0.1:1", "-"], "x".repeat(9_000)],
    ["a text that is no UTF-8", ["127.0.0.1:1", "-"], Uint8Array.of(0x61, 0xff)],
    ["two targets", ["127.0.0.1:1", "--room", "ops", "--to", "bob", "hello"], ""],
    ["an impossible name", ["127.0.0.1:1", "--name", "a b", "hello"], ""],
    ["an impossible address", ["127.0.0.1:99999", "hello"], ""],
  ] as const
) {
  Deno.test(`send with ${what} exits 2 before it connects`, async () => {
    const { code, stderr } = await runConfab(["send", ...args], { input: input as string });
    assertEquals(code, 2, stderr);
    assertOneLine(stderr);
  });
}
