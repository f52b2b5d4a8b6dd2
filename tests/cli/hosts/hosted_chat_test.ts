import { join } from "node:path";
import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { Failure } from "../../../src/cli/args/exit_codes.ts";
import { DeviceKey } from "../../../src/cli/hosts/device_key.ts";
import { HostedChat } from "../../../src/cli/hosts/hosted_chat.ts";
import { createVerifier } from "../../../src/identity/key_choice.ts";
import { mayHost, rosterStatements } from "../../../src/protocol/hosts/roster.ts";
import { MAX_CANDIDATE_ADDRESSES, MAX_CANDIDATES, MAX_TERM, TERM_LEAP } from "../../../src/protocol/limits.ts";
import { ProtocolError } from "../../../src/protocol/errors.ts";
import { isGenuine } from "../../../src/server/turn/key_proof.ts";
import { TIME } from "../../helpers/sample_rosters.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";

const verify = createVerifier();
const FILE = "hosted_chat.json";

function found(folder: string, device = DeviceKey.make()): Promise<HostedChat> {
  return HostedChat.found(folder, { chat: "c-1", member: "m-1", name: "ada", time: TIME, device });
}

function hostChange(key: string, action: "add" | "remove" = "add") {
  return { action, role: "host", key, member: "m-2", name: "bob" } as const;
}

Deno.test("a founded chat is the same after it was opened again, and its owner signs for it", async () => {
  using folder = temporaryFolder();
  const chat = await found(folder.path);
  assert(chat.isOwner && chat.mayHost);
  assertEquals(chat.term, 0);
  const again = (await HostedChat.open(folder.path, verify))!;
  assertEquals([again.roster, again.term, again.device.key], [chat.roster, 0, chat.device.key]);
  assert(isGenuine(chat.device.key, "text", again.device.sign("text")));
  assert(!isGenuine(chat.device.key, "another text", again.device.sign("text")));
});

Deno.test("only this user can read the file, which has no secret of the chat itself", async () => {
  using folder = temporaryFolder();
  const chat = await found(folder.path);
  const path = join(folder.path, FILE);
  const { secret, chatKey, ...rest } = JSON.parse(Deno.readTextFileSync(path));
  assertEquals([secret, chatKey], [chat.device.secret, chat.chatKey]);
  assertEquals(Object.keys(rest).sort(), ["candidates", "chat", "roster", "term", "version"]);
  if (Deno.build.os !== "windows") assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
});

Deno.test("a folder without a shared chat has none, and one with a chat keeps it", async () => {
  using folder = temporaryFolder();
  assertEquals(await HostedChat.open(folder.path, verify), undefined);
  const { device: { key } } = await found(folder.path);
  const failure = await assertRejects(() => found(folder.path), Failure);
  assertStringIncludes(failure.message, `The folder ${folder.path} has a shared chat already`);
  assertEquals((await HostedChat.open(folder.path, verify))!.device.key, key);
});

Deno.test("an owner adds a host to the roster and removes it, and both stay after a restart", async () => {
  using folder = temporaryFolder();
  const chat = await found(folder.path);
  const bob = DeviceKey.make();
  await chat.changeRoster(hostChange(bob.key), TIME);
  const again = (await HostedChat.open(folder.path, verify))!;
  assert(mayHost(again.roster, bob.key));
  await again.changeRoster(hostChange(bob.key, "remove"), TIME);
  assert(!mayHost((await HostedChat.open(folder.path, verify))!.roster, bob.key));
});

Deno.test("hosts that are added at the same time are all in the roster", async () => {
  using folder = temporaryFolder();
  const chat = await found(folder.path);
  const devices = [DeviceKey.make(), DeviceKey.make(), DeviceKey.make()];
  await Promise.all(devices.map(({ key }) => chat.changeRoster(hostChange(key), TIME)));
  assertEquals(devices.map(({ key }) => mayHost(chat.roster, key)), [true, true, true]);
});

Deno.test("a follower learns genuine statements only, and cannot change the roster", async () => {
  using owners = temporaryFolder();
  using followers = temporaryFolder();
  const [chat, bob] = [await found(owners.path), DeviceKey.make()];
  const copy = HostedChat.begin(followers.path, { roster: chat.roster, term: 3, device: bob });
  await chat.changeRoster(hostChange(bob.key), TIME);
  const forged = rosterStatements(chat.roster).map((statement) => ({ ...statement, name: "eve" }));
  await copy.learn(forged, verify);
  assertEquals(copy.mayHost, false);
  await copy.learn(rosterStatements(chat.roster), verify);
  const again = (await HostedChat.open(followers.path, verify))!;
  assertEquals([again.mayHost, again.isOwner, again.term], [true, false, 3]);
  const error = await assertRejects(() => again.changeRoster(hostChange(DeviceKey.make().key), TIME), ProtocolError);
  assertEquals(error.code, "forbidden");
});

Deno.test("the term only rises, and never too far at once", async () => {
  using folder = temporaryFolder();
  const chat = await found(folder.path);
  assertEquals([chat.raiseTerm(5), chat.raiseTerm(4), chat.raiseTerm(5 + TERM_LEAP + 1)], [true, true, false]);
  assertEquals(chat.raiseTerm(MAX_TERM + 1), false);
  assertEquals((await HostedChat.open(folder.path, verify))!.term, 5);
});

Deno.test("as many candidates and addresses are kept as the limits allow", async () => {
  using folder = temporaryFolder();
  const chat = await found(folder.path);
  const addresses = Array.from({ length: 20 }, (_, index) => `192.0.2.${index}:5050`);
  const bob = { key: DeviceKey.make().key, name: "bob", member: "m-2", addresses };
  chat.setCandidates(Array(40).fill(bob));
  const kept = (await HostedChat.open(folder.path, verify))!.candidates;
  assertEquals([kept.length, kept[0]!.addresses.length], [MAX_CANDIDATES, MAX_CANDIDATE_ADDRESSES]);
});

Deno.test("a damaged file is refused with its path and with what to do", async () => {
  using folder = temporaryFolder();
  await found(folder.path);
  const path = join(folder.path, FILE);
  const whole = Deno.readTextFileSync(path);
  const kept = JSON.parse(whole);
  const [founding] = kept.roster;
  const bad = ["", "{", whole.slice(0, 100), "x".repeat(1024 * 1024)];
  for (const fields of [{ secret: "AAAA" }, { term: -1 }, { roster: [] }, { roster: [{ ...founding, name: "eve" }] }]) {
    bad.push(JSON.stringify({ ...kept, ...fields }));
  }
  for (const text of bad) {
    Deno.writeTextFileSync(path, text);
    const failure = await assertRejects(() => HostedChat.open(folder.path, verify), Failure);
    assertStringIncludes(failure.message, path);
    assertStringIncludes(failure.message, "restore it from a backup");
    assertEquals(Deno.readTextFileSync(path), text);
  }
});

Deno.test("a change that cannot be stored is a failure and changes nothing", async () => {
  using folder = temporaryFolder();
  const chat = await found(folder.path);
  // A folder in place of the file that is written first.
  Deno.mkdirSync(join(folder.path, `${FILE}.partial`));
  const failure = assertThrows(() => chat.raiseTerm(2), Failure);
  assertStringIncludes(failure.message, "Cannot store the shared chat in");
  assertEquals(chat.term, 0);
});
