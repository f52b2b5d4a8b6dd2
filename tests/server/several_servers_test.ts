/** Several servers in one process that apply one sequence of ops, each with a store of its own, and clients of each. */

import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { incarnationOf } from "../../src/core/hub_op.ts";
import { type Batch, type HistoryStore, StoreError } from "../../src/history/store.ts";
import { openSqliteHistory } from "../../src/history/sqlite/sqlite_history.ts";
import { GRACE_MS, MAX_STALL_MS } from "../../src/protocol/limits.ts";
import type { LinkNote } from "../../src/server/links/server_links.ts";
import { type DelayedOrder, OpSequence } from "../helpers/delayed_order.ts";
import { FakeTimers } from "../helpers/fake_timers.ts";
import { HttpEnd, textOfAnswer } from "../helpers/http_end.ts";
import { MemoryFileStore } from "../helpers/memory_file_store.ts";
import { type Guest, type Of, SpyHistory, Stage, type StageOptions } from "./stage.ts";

/** Servers whose first one has the clock. */
class Cluster implements AsyncDisposable {
  readonly sequence = new OpSequence();
  readonly #timers = new FakeTimers();
  readonly stages: Stage[] = [];
  readonly orders: DelayedOrder[] = [];

  constructor(servers: number, options: StageOptions = {}, newHistory = () => new SpyHistory()) {
    for (let n = 0; n < servers; n++) this.add(newHistory(), options);
    this.sequence.now = () => this.stages[0]!.now;
  }

  add(history: SpyHistory, options: StageOptions): Stage {
    // All stores are of one chat.
    if (this.stages.length > 0) Object.defineProperty(history, "serverId", { value: this.stages[0]!.history.serverId });
    const stage = new Stage({
      ...options,
      history,
      timers: this.#timers,
      order: (machine) => {
        const order = this.sequence.join(machine);
        this.orders.push(order);
        return order;
      },
    });
    this.stages.push(stage);
    return stage;
  }

  /** Advances all clocks; one server ticks. */
  pass(ms: number): void {
    for (const stage of this.stages) stage.now += ms;
    this.stages[0]!.server.tick();
  }

  /** The images of all hubs are equal, and so is what the stores have. */
  assertEqual(): void {
    const [first, ...others] = this.orders.map((order) => JSON.stringify(order.machine.image()));
    for (const other of others) assertEquals(other, first);
    const [stored, ...rest] = this.stages.map(({ history }) => contentOf(history));
    for (const each of rest) assertEquals(each, stored);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      assertEquals(this.sequence.faults, []);
      for (const stage of this.stages) await stage[Symbol.asyncDispose]();
      assertEquals(this.#timers.pending, 0);
    } finally {
      this.#timers[Symbol.dispose]();
    }
  }
}

function contentOf(history: HistoryStore) {
  const rooms = history.rooms().toSorted((a, b) => a.id < b.id ? -1 : 1);
  const records = history.records().toSorted((a, b) => `${a.kind} ${a.key}` < `${b.kind} ${b.key}` ? -1 : 1);
  const entries = rooms.map(({ name }) => history.entries({ room: name, limit: 1_000 }));
  const audit = history.audit({ limit: 1_000 });
  return { rooms, records, entries, audit, conversations: history.conversationCount() };
}

function say(text: string, more: object = {}) {
  return { type: "message", room: "lobby", text, ...more };
}

async function joinAs(stage: Stage, join: object): Promise<[Guest, Of<"joined">]> {
  const guest = stage.dial();
  await guest.say({ type: "join", room: "lobby", ...join });
  return [guest, await guest.until("joined")];
}

Deno.test("members of two servers see each other's messages in one order, without a gap, and both stores are equal", async () => {
  await using cluster = new Cluster(2);
  const [one, two] = cluster.stages as [Stage, Stage];
  const ada = await one.join("ada");
  const bob = await two.join("bob");
  assertEquals((await ada.until("join")).member.name, "bob");
  const five = [0, 1, 2, 3, 4];
  await Promise.all([ada.say(...five.map((n) => say(`a${n}`))), bob.say(...five.map((n) => say(`b${n}`)))]);
  const seen: string[][] = [];
  for (const guest of [ada, bob]) {
    const texts: string[] = [];
    for (let seq = 1; seq <= 10; seq++) {
      const message = await guest.until("message");
      assertEquals(message.seq, seq);
      texts.push(message.text);
    }
    seen.push(texts);
  }
  assertEquals(seen[0], seen[1]);
  assertEquals(one.history.appends.flat().length, 10);
  cluster.assertEqual();
});

Deno.test("a server whose store has failed stores nothing after that, and gives no image, which would accuse the others of another state", async () => {
  class FailingHistory extends SpyHistory {
    #fails = true;

    override append(batch: Batch): void {
      if (!this.#fails || batch.messages.length === 0) return super.append(batch);
      this.#fails = false;
      throw new StoreError("The disk is full");
    }
  }
  await using cluster = new Cluster(2);
  const { history, server } = cluster.add(new FailingHistory(), {});
  const [good, , failed] = cluster.orders.map(({ machine }) => machine);
  const guests = await Promise.all([cluster.stages[0]!.join("ada"), cluster.stages[1]!.join("bob")]);
  // The message of one is on its way when that of the other cannot be stored.
  cluster.sequence.hold();
  for (const guest of guests) await guest.say(say("hello", { ref: "m" }));
  cluster.sequence.release();
  for (const guest of guests) await guest.until("ack");
  assertEquals([server.snapshot().state, history.appends], ["failed", []]);
  assertThrows(() => failed!.image(), StoreError);
  good!.image();
});

Deno.test("an offer that is sent together with the message of an earlier file finds the bytes of that file", async () => {
  const limits = { maxFileBytes: 100, totalBytes: 1_000, bytesPerMemberAndDay: 100 };
  await using cluster = new Cluster(1, { files: { store: new MemoryFileStore(), limits } });
  const [stage] = cluster.stages as [Stage];
  const ada = await stage.join("ada");
  const offer = { type: "offer", room: "lobby", name: "a.bin", size: 60 };
  await ada.say(offer);
  const { id, path, token } = await ada.until("slot");
  const end = new HttpEnd(stage.listener.dial());
  const answer = await end.ask(`PUT ${path}`, { Authorization: `Bearer ${token}` }, new Uint8Array(60));
  end.hangUp();
  const found = JSON.parse(textOfAnswer(answer));
  await ada.say(say("here", { ref: "m", file: { id, name: "a.bin", ...found } }), { ...offer, ref: "o" });
  await ada.until("ack");
  assertEquals((await ada.until("error")).code, "quota_exceeded");
});

Deno.test("renames, topics, reactions, edits and direct messages reach the members of three servers", async () => {
  await using cluster = new Cluster(3);
  const [ada, bob, eve] = await Promise.all(cluster.stages.map((stage, n) => stage.join(["ada", "bob", "eve"][n]!)));
  await ada!.say(
    { type: "rename", name: "ada2" },
    { type: "topic", room: "lobby", text: "tea" },
    say("tea?", { ref: "t" }),
  );
  const { id } = await ada!.until("ack");
  assertEquals((await bob!.until("rename")).member.name, "ada2");
  assertEquals((await bob!.until("topic")).text, "tea");
  assertEquals((await eve!.until("message")).text, "tea?");
  await bob!.say({ type: "react", of: id, room: "lobby", emoji: "👍" });
  assertEquals((await eve!.until("reacted")).count, 1);
  await ada!.say({ type: "edit", of: id, room: "lobby", text: "tea!" });
  assertEquals((await eve!.until("edited")).text, "tea!");
  await eve!.say(say("psst", { room: undefined, to: "bob" }));
  assertEquals([(await bob!.until("message")).text, (await bob!.until("message")).text], ["tea?", "psst"]);
  cluster.assertEqual();
});

Deno.test("a name is free or taken on all servers at once, and a member may use two of them", async () => {
  await using cluster = new Cluster(2);
  const [one, two] = cluster.stages as [Stage, Stage];
  const [, { you }] = await joinAs(one, { name: "ada" });
  const other = two.dial();
  await other.say({ type: "join", room: "lobby", name: "ada" });
  assertEquals((await other.until("error")).code, "name_taken");
  const [again, joined] = await joinAs(two, { token: you.token });
  assertEquals(joined.you.id, you.id);
  await again.say({ type: "members", room: "lobby" });
  assertEquals((await again.until("members")).members.map(({ name }) => name), ["ada"]);
  cluster.assertEqual();
});

Deno.test("a moderator of one server kicks and bans a member of another one", async () => {
  await using cluster = new Cluster(2);
  const [one, two] = cluster.stages as [Stage, Stage];
  const owner = one.dialAsOwner();
  await owner.say({ type: "join", room: "lobby", name: "boss" });
  const bob = await two.join("bob");
  await owner.until("join");
  await owner.say({ type: "kick", room: "lobby", name: "bob" });
  assertEquals((await bob.until("leave")).reason, "kicked");
  await owner.say({ type: "ban", name: "bob" });
  assertEquals((await bob.until("goodbye")).reason, "kicked");
  cluster.assertEqual();
});

Deno.test("history and search of a server find what members of another one have said", async () => {
  await using cluster = new Cluster(2);
  const [one, two] = cluster.stages as [Stage, Stage];
  const ada = await one.join("ada");
  for (const n of [1, 2, 3]) await ada.say(say(`lamp ${n}`, { ref: `${n}` }));
  for (const _ of [1, 2, 3]) await ada.until("ack");
  const bob = await two.join("bob");
  await bob.say({ type: "history", room: "lobby" }, { type: "search", room: "lobby", query: "lamp" }, {
    type: "rooms",
  });
  assertEquals((await bob.until("history")).messages.map(({ text }) => text), ["lamp 1", "lamp 2", "lamp 3"]);
  assertEquals((await bob.until("search")).messages.length, 3);
  assertEquals((await bob.until("rooms")).rooms.length, 1);
  cluster.assertEqual();
});

Deno.test("a client that comes back at the other server gets what it missed, and nobody is told that it was gone", async () => {
  await using cluster = new Cluster(2);
  const [one, two] = cluster.stages as [Stage, Stage];
  const ada = await one.join("ada");
  const [bob, { you }] = await joinAs(two, { name: "bob" });
  await ada.until("join");
  bob.hangUp();
  await two.deserted();
  for (const n of [1, 2]) await ada.say(say(`missed ${n}`));
  for (const _ of [1, 2]) await ada.until("message");
  const [again, joined] = await joinAs(one, { token: you.token, after: "" });
  assertEquals([joined.you.id, joined.missed], [you.id, 2]);
  assertEquals([(await again.until("message")).text, (await again.until("message")).text], ["missed 1", "missed 2"]);
  cluster.pass(2 * GRACE_MS);
  await again.say({ type: "rooms", ref: "r" });
  await again.until("rooms");
  const seen = (await ada.events()).map(({ type }) => type);
  assertEquals(seen.filter((type) => type === "leave" || type === "join"), []);
  cluster.assertEqual();
});

Deno.test("a password is hashed by the server that got it alone, and its account opens on the other one", async () => {
  await using cluster = new Cluster(2);
  const [one, two] = cluster.stages as [Stage, Stage];
  const ada = await one.join("ada");
  await ada.say({ type: "register", password: "correct horse" });
  assertEquals((await ada.until("registered")).name, "ada");
  const [phone, { you }] = await joinAs(two, { name: "ada", password: "correct horse" });
  assertEquals(you.name, "ada");
  const wrong = two.dial();
  await wrong.say({ type: "join", room: "lobby", name: "ada", password: "wrong horse" });
  assertEquals((await wrong.until("error")).code, "wrong_password");
  await phone.say({ type: "members", room: "lobby", ref: "m" });
  await phone.until("members");
  const warned = (stage: Stage) => stage.logged.filter((line) => line.includes("wrong password")).length;
  assertEquals([warned(one), warned(two)], [0, 1]);
  cluster.assertEqual();
});

Deno.test("lines of a person on nc have their meaning by the outcome of the one before", async () => {
  await using cluster = new Cluster(2);
  const [one, two] = cluster.stages as [Stage, Stage];
  const ada = await one.join("ada");
  const kim = two.dial();
  await kim.write("kim\n/join dev\nhello\n/join lobby\nin the lobby\n");
  assertEquals((await ada.until("join")).member.name, "kim");
  assertEquals((await ada.until("message")).text, "in the lobby");
  assertEquals(two.history.appends.flat().map(({ room }) => room), ["dev", "lobby"]);
  cluster.assertEqual();
});

Deno.test("while nothing can be decided, newcomers are sent away, nothing is answered, and all goes on afterwards", async () => {
  await using cluster = new Cluster(2);
  const [one, two] = cluster.stages as [Stage, Stage];
  const ada = await one.join("ada");
  const bob = await two.join("bob");
  await ada.until("join");
  cluster.sequence.hold();
  await ada.say(say("waits", { ref: "w" }), { type: "no such type" });
  const late = two.dial();
  await late.say({ type: "join", room: "lobby", name: "late" });
  const [error] = (await late.rest()).map((line) => JSON.parse(line));
  assertEquals([error.type, error.code, error.retryAfter > 0], ["error", "server_full", true]);
  assertEquals(one.history.appends.flat(), []);
  cluster.sequence.release();
  assertEquals((await ada.until("ack")).ref, "w");
  assertEquals((await ada.until("error")).code, "unknown_type");
  assertEquals((await bob.until("message")).text, "waits");
  cluster.assertEqual();
});

Deno.test("a server that can decide nothing for MAX_STALL_MS sends its clients to others, and says that it waits", async () => {
  await using cluster = new Cluster(2);
  const [one] = cluster.stages as [Stage, Stage];
  const [ada, { you }] = await joinAs(one, { name: "ada" });
  assertEquals(one.server.snapshot().state, "ok");
  cluster.sequence.hold();
  cluster.pass(1_000);
  assertEquals(one.server.snapshot().state, "waiting");
  cluster.pass(MAX_STALL_MS);
  const goodbye = await ada.until("goodbye");
  assertEquals([goodbye.reason, goodbye.retryAfter], ["shutdown", 1]);
  ada.hangUp();
  cluster.sequence.release();
  await one.deserted();
  const [, joined] = await joinAs(one, { token: you.token });
  assertEquals([joined.you.id, one.server.snapshot().state], [you.id, "ok"]);
  cluster.assertEqual();
});

Deno.test("typing reaches the others of the same server without the log, and a link is asked to carry it to other servers", async () => {
  const notes: [number, LinkNote][] = [];
  const links = {
    ...{ accept: () => undefined, attach: () => {}, blobs: undefined as never },
    send: (server: number, note: LinkNote) => notes.push([server, note]) > 0,
  };
  await using cluster = new Cluster(2, { links });
  const [one, two] = cluster.stages as [Stage, Stage];
  const [ada, eve, bob] = [await one.join("ada"), await one.join("eve"), await two.join("bob")];
  await bob.say({ type: "ping" });
  await eve.until("join");
  await ada.say({ type: "typing", room: "lobby" });
  assertEquals((await eve.until("typing")).member.name, "ada");
  const [[server, note]] = notes.filter(([server]) => server === cluster.orders[1]!.incarnation) as [
    [number, LinkNote],
  ];
  assertEquals([server, note.type === "signal" && note.sessions.length], [cluster.orders[1]!.incarnation, 1]);
  cluster.assertEqual();
});

Deno.test("a server that the others gave up cuts its clients, takes new ids of sessions, and they come back to it", async () => {
  await using cluster = new Cluster(2);
  const [one, two] = cluster.stages as [Stage, Stage];
  const ada = await one.join("ada");
  const [bob, { you }] = await joinAs(two, { name: "bob" });
  await ada.until("join");
  const before = cluster.orders[1]!.incarnation;
  cluster.sequence.lose(cluster.orders[1]!);
  const goodbye = await bob.until("goodbye");
  assertEquals([goodbye.reason, goodbye.retryAfter], ["shutdown", 1]);
  const [again, joined] = await joinAs(two, { token: you.token });
  assertEquals(joined.you.id, you.id);
  const [session] = [joined.you.session!];
  assertNotEquals(incarnationOf(Number(session.split("-")[0])), before);
  await ada.say(say("welcome back"));
  assertEquals((await again.until("message")).text, "welcome back");
  cluster.assertEqual();
});

Deno.test("three servers with databases have equal rows at the end", async () => {
  const folders = await Promise.all([0, 1, 2].map(() => Deno.makeTempDir({ prefix: "confab-several-" })));
  const left = [...folders];
  try {
    const open = () => openSqliteHistory({ folder: left.shift()! }) as unknown as SpyHistory;
    await using cluster = new Cluster(3, {}, open);
    const guests = await Promise.all(cluster.stages.map((stage, n) => stage.join(`m${n}`)));
    const twenty = Array.from({ length: 20 }, (_, i) => `${i}`);
    await Promise.all(guests.map((guest, n) => guest.say(...twenty.map((ref) => say(`${n} ${ref}`, { ref })))));
    for (const guest of guests) for (let i = 0; i < 20; i++) assert((await guest.until("ack")).seq! > 0);
    // The acknowledgement of one server comes no later than the entry at the others.
    cluster.assertEqual();
  } finally {
    for (const folder of folders) await Deno.remove(folder, { recursive: true });
  }
});
