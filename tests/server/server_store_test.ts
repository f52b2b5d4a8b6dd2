import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  type Batch,
  type MessagePage,
  type SearchSteps,
  type StoredMember,
  StoreError,
} from "../../src/history/store.ts";
import { MAINTENANCE_PAUSE_MS, MAINTENANCE_STEP_MS } from "../../src/protocol/limits.ts";
import type { RoomMessage } from "../../src/protocol/messages/messages.ts";
import { SpyHistory, Stage } from "./stage.ts";

const HI = { type: "message", room: "lobby", text: "hi" };
const FAULT = new StoreError("Cannot use /data/confab.db: the disk is full; free some space and try again");

/** A store that fails in the chosen calls, and has the chosen number of maintenance steps. */
class TroubledHistory extends SpyHistory {
  fails: "append" | "read" | "search" | "memberByToken" | "maintain" | undefined;
  fault: Error = FAULT;
  /** Calls of `maintain` after which more work remains. */
  steps = 0;
  readonly maintained: number[] = [];
  readonly batches: Batch[] = [];

  override append(batch: Batch): void {
    this.#check("append");
    this.batches.push(batch);
    super.append(batch);
  }

  override read(page: MessagePage): RoomMessage[] {
    this.#check("read");
    return super.read(page);
  }

  override search(...args: Parameters<SpyHistory["search"]>): SearchSteps {
    this.#check("search");
    return super.search(...args);
  }

  override memberByToken(tokenDigest: string): StoredMember | undefined {
    this.#check("memberByToken");
    return super.memberByToken(tokenDigest);
  }

  override maintain(_now: number, budgetMs?: number): boolean {
    this.#check("maintain");
    this.maintained.push(budgetMs!);
    return --this.steps > 0;
  }

  #check(call: TroubledHistory["fails"]): void {
    if (this.fails === call) throw this.fault;
  }
}

/** Checks the end after a store failure: all clients get only goodbye, and the operator gets the reason. */
async function assertEnds(stage: Stage, ...guests: readonly Awaited<ReturnType<Stage["join"]>>[]): Promise<void> {
  const goodbye = JSON.stringify({ type: "goodbye", reason: "shutdown", retryAfter: 1 });
  for (const guest of guests) assertEquals(await guest.rest(), [goodbye]);
  assert(stage.listener.closed);
  const drained = stage.end();
  assert(await stage.server.ended === FAULT);
  await drained;
  const errors = stage.logged.filter((line) => line.startsWith('["error"'));
  assertEquals(errors, [JSON.stringify(["error", "store failed", { error: FAULT.message }])]);
  assertEquals(stage.history.closed, 1);
}

Deno.test("a message that could not be stored is neither shown nor acknowledged, and the server ends", async () => {
  const history = new TroubledHistory();
  await using stage = new Stage({ history });
  const [ada, bob] = [await stage.join("ada"), await stage.join("bob")];
  await ada.events();
  history.fails = "append";
  await Promise.all([
    ada.say({ type: "ping", ref: "p" }, { ...HI, ref: "1" }, { type: "message", to: "bob", text: "psst", ref: "2" }),
    bob.say({ ...HI, ref: "1" }, { type: "topic", room: "lobby", text: "tea", ref: "2" }),
  ]);
  await assertEnds(stage, ada, bob);
  assertEquals(history.appends, []);
});

Deno.test("an unexpected error ends the server in the same way, and is logged as internal", async () => {
  const history = new TroubledHistory();
  await using stage = new Stage({ history });
  const ada = await stage.join("ada");
  history.fault = new TypeError("undefined is not a message");
  history.fails = "append";
  await ada.say({ ...HI, ref: "1" });
  assertEquals((await ada.event()).type, "goodbye");
  const drained = stage.end();
  assert(await stage.server.ended === history.fault);
  await drained;
  assertEquals(stage.logged.filter((line) => line.startsWith('["error","internal error"')).length, 1);
  assertEquals(history.appends, []);
});

Deno.test("a turn after a failed batch has no effects, whether it stores anything or not", async () => {
  const history = new TroubledHistory();
  await using stage = new Stage({ history });
  const [ada, bob] = [await stage.join("ada"), await stage.join("bob")];
  await ada.events();
  history.fails = "append";
  await ada.say(HI);
  assertEquals((await ada.event()).type, "goodbye");
  history.fails = undefined;
  await bob.say({ type: "ping" }, HI);
  await assertEnds(stage, bob);
  assertEquals(history.appends, []);
});

Deno.test("users on nc and silent clients get goodbye, too, when the store fails", async () => {
  const history = new TroubledHistory();
  await using stage = new Stage({ history });
  const [ada, person, silent] = [await stage.join("ada"), stage.dial(), await stage.arrive()];
  await person.write("bob\n");
  await ada.until("join");
  history.fails = "append";
  await person.write("hello\n");
  await assertEnds(stage, ada);
  const lines = await person.rest();
  assertEquals(lines.at(-1), "* The server is shutting down. Goodbye.");
  assert(!lines.join("\n").includes("hello"));
  assertEquals((await silent.rest()).map((line) => JSON.parse(line).code), ["shutting_down"]);
});

for (
  const [fails, command] of [
    ["read", { type: "history", room: "lobby" }],
    ["search", { type: "search", room: "lobby", query: "hi" }],
    ["memberByToken", { type: "join", room: "lobby", token: "from before" }],
  ] as const
) {
  Deno.test(`a store that fails in ${fails} ends the server as well, and is not logged as an internal error`, async () => {
    const history = new TroubledHistory();
    await using stage = new Stage({ history });
    const ada = await stage.join("ada");
    const bob = stage.dial();
    await bob.say({ type: "ping" });
    await bob.until("pong");
    if (command.type !== "join") await bob.say({ type: "join", name: "bob" });
    if (command.type !== "join") await bob.until("joined");
    await ada.events();
    history.fails = fails;
    await bob.say(command);
    await assertEnds(stage, ada, bob);
  });
}

Deno.test("a store that fails during maintenance ends the server", async () => {
  const history = new TroubledHistory();
  await using stage = new Stage({ history });
  const ada = await stage.join("ada");
  history.fails = "maintain";
  stage.pass(0);
  await assertEnds(stage, ada);
});

Deno.test("a store that fails at several leaves ends the server once", async () => {
  const history = new TroubledHistory();
  await using stage = new Stage({ history });
  const [ada, bob] = [await stage.join("ada"), await stage.join("bob")];
  await ada.events();
  history.fails = "append";
  await Promise.all([ada.say(HI), bob.say(HI)]);
  stage.pass(0);
  await assertEnds(stage, ada, bob);
});

Deno.test("a requested drain ends without an error", async () => {
  await using stage = new Stage();
  await stage.join("ada");
  await stage.end();
  assertEquals(await stage.server.ended, undefined);
  assert(!stage.logged.some((line) => line.startsWith('["error"')));
});

Deno.test("a store with more work is called in steps with pauses, and not when it is done", async () => {
  const history = new TroubledHistory();
  await using stage = new Stage({ history });
  history.steps = 3;
  stage.pass(0);
  assertEquals(history.maintained.length, 1);
  // The next second comes while work remains.
  stage.pass(0);
  stage.timers.advance(MAINTENANCE_PAUSE_MS - 1);
  assertEquals(history.maintained.length, 1);
  stage.timers.advance(1);
  assertEquals(history.maintained.length, 2);
  stage.timers.advance(MAINTENANCE_PAUSE_MS);
  assertEquals(history.maintained.length, 3);
  stage.timers.advance(5 * MAINTENANCE_PAUSE_MS);
  assertEquals(history.maintained, Array(3).fill(MAINTENANCE_STEP_MS));
  stage.pass(0);
  assertEquals(history.maintained.length, 4);
});

Deno.test("while the core is fully used, maintenance steps are as small as possible", async () => {
  const history = new TroubledHistory();
  let taken = true;
  await using stage = new Stage({ history, coreIsTaken: () => taken });
  history.steps = 4;
  stage.pass(0);
  stage.timers.advance(MAINTENANCE_PAUSE_MS);
  taken = false;
  stage.timers.advance(MAINTENANCE_PAUSE_MS);
  assertEquals(history.maintained, [0, 0, MAINTENANCE_STEP_MS]);
});

Deno.test("a draining server leaves the remaining maintenance to the next one", async () => {
  const history = new TroubledHistory();
  await using stage = new Stage({ history });
  history.steps = 1_000;
  stage.pass(0);
  await stage.end();
  stage.timers.advance(10 * MAINTENANCE_PAUSE_MS);
  assertEquals(history.maintained.length, 1);
});

Deno.test("a second server continues with the first one's members, rooms, topics and direct messages", async () => {
  const history = new TroubledHistory();
  const before = await lifeBefore(history);
  await using stage = new Stage({ history });
  const [ada, bob] = [stage.dial(), stage.dial()];
  await ada.say({ type: "join", token: before.ada.token, after: "" });
  const joined = await ada.until("joined");
  assertEquals([joined.you, joined.seq, joined.missed], [before.ada, 1, 1]);
  assertEquals([joined.room.topic, (await ada.until("message")).text], ["tea", "hi"]);
  await bob.say({ type: "join", token: before.bob.token });
  const { you, server } = { you: (await bob.until("joined")).you, server: history.serverId };
  assertEquals([you, server], [before.bob, before.server]);
  const { conversations } = await bob.until("conversations");
  assertEquals(conversations.map((each) => [each.with.name, each.seq, each.unread, each.last?.text]), [
    ["ada", 1, 1, "psst"],
  ]);
  await bob.say({ type: "history", to: "ada" });
  assertEquals((await bob.until("history")).messages.map(({ text }) => text), ["psst"]);
  await ada.say({ ...HI, ref: "2" });
  assertEquals((await ada.until("ack")).seq, 2);
});

async function lifeBefore(history: TroubledHistory) {
  await using stage = new Stage({ history });
  const [ada, bob] = [stage.dial(), stage.dial()];
  await ada.say({ type: "join", name: "ada" });
  await bob.say({ type: "join", name: "bob" });
  const [one, two] = [await ada.until("joined"), await bob.until("joined")];
  bob.hangUp();
  while (stage.server.snapshot().connections > 1) await ada.events();
  await ada.say({ type: "topic", room: "lobby", text: "tea" }, HI, {
    type: "message",
    to: "bob",
    text: "psst",
    ref: "1",
  });
  assertEquals((await ada.until("ack")).waiting, true);
  return { ada: one.you, bob: two.you, server: history.serverId };
}

Deno.test("users on nc are not stored, and their conversations keep the name that they had", async () => {
  const history = new TroubledHistory();
  await using stage = new Stage({ history });
  const [ada, person] = [await stage.join("ada"), stage.dial()];
  await person.write("bob\n");
  const { member } = await ada.until("join");
  await ada.say({ type: "message", to: "bob", text: "psst", ref: "1" });
  assertEquals((await ada.until("ack")).waiting, undefined);
  assertEquals(history.batches.flatMap(({ members }) => members.map(({ name }) => name)), ["ada"]);
  assertStringIncludes((await person.line())!, "Welcome");
  person.hangUp();
  await ada.until("leave");
  await ada.say({ type: "conversations" });
  const { conversations } = await ada.until("conversations");
  assertEquals(conversations.map((each) => each.with), [{ id: member.id, name: "bob" }]);
});

Deno.test("all effects of one turn are one batch, of any kinds", async () => {
  const history = new TroubledHistory();
  await using stage = new Stage({ history });
  const [ada, bob] = [await stage.join("ada"), await stage.join("bob")];
  const before = history.batches.length;
  await Promise.all([
    ada.say({ type: "topic", room: "lobby", text: "tea" }, HI, { type: "message", to: "bob", text: "psst" }),
    bob.say(HI, { type: "rename", name: "robert" }),
  ]);
  await bob.events();
  const batches = history.batches.slice(before);
  assertEquals(
    batches.map(({ rooms, members, messages, conversations }) =>
      [rooms, members, messages, conversations].map((kept) => kept.length)
    ),
    [
      [1, 1, 3, 1],
    ],
  );
});

Deno.test("in a room made right after the removal of one of that name, the ids of the old one are free", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada", "ops");
  const water = { type: "message", room: "ops", id: "019ab1f2-3c00-7abc-8def-000000000000", ref: "m", text: "water" };
  await ada.say({ ...water, ref: "first" });
  await ada.until("ack");
  const before = stage.history.appends.length;
  await ada.say({ type: "remove", room: "ops" }, { type: "join", room: "ops" }, water);
  assertEquals((await ada.until("ack")).ref, "m");
  assertEquals(stage.history.appends.slice(before).flat().map(({ seq }) => seq), [1]);
});
