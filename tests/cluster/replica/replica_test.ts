import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { kinds, open, ReplicaStage, sessionOf } from "./replica_stage.ts";

const YEAR_MS = 365 * 24 * 3_600_000;
const SEND = [{ type: "send", session: 1, event: { type: "pong" } }] as never;

Deno.test("a server founds the chat, says hello and serves", async () => {
  await using stage = new ReplicaStage();
  const server = stage.start("one");
  assertEquals([server.replica.isStalled, server.replica.incarnation], [true, 0]);
  await stage.settle();
  assertEquals([server.replica.isStalled, server.replica.incarnation], [false, 1]);
  assertEquals(server.machine.checkpoints.map(({ position }) => position), [0]);
});

Deno.test("all servers apply all ops in one order, and only the own server has the local part", async () => {
  await using stage = new ReplicaStage();
  const [one, two] = await stage.startAll("one", "two");
  const first = open(one!, 1, "secret");
  const second = open(two!, 1, "other");
  assertEquals([one!.replica.isPending(first), one!.replica.isPending(second)], [true, false]);
  await stage.settle();
  assertEquals(one!.machine.done, [`open ${first} secret`, `open ${second}`]);
  assertEquals(two!.machine.done, [`open ${first}`, `open ${second} other`]);
  assertEquals(one!.replica.isPending(first), false);
  assertEquals(one!.machine.state.slice(-4), two!.machine.state.slice(-4));
});

Deno.test("what comes while an entry is on its way is the next entry", async () => {
  await using stage = new ReplicaStage();
  const [one] = await stage.startAll("one");
  stage.network.hold(({ call, isAnswer }) => call === "append" && isAnswer);
  const before = stage.log.entries.length;
  for (let nth = 1; nth <= 10; nth++) open(one!, nth);
  await stage.settle();
  // The entry was read from the log before its answer came, which counts as the answer.
  assertEquals(stage.log.entries.length, before + 2);
  assertEquals(one!.machine.done.length, 10);
});

Deno.test("entries are split at 512 KiB", async () => {
  await using stage = new ReplicaStage();
  const [one, two] = await stage.startAll("one", "two");
  const text = "ä".repeat(30_000);
  for (let nth = 1; nth <= 20; nth++) {
    const session = sessionOf(1, nth);
    one!.replica.submit({ op: "say", session, command: { type: "message", room: "lobby", text } as never });
  }
  const before = stage.log.entries.length;
  one!.replica.endTurn();
  await stage.settle();
  assertEquals(stage.log.entries.length, before + 3);
  assert(Math.max(...stage.log.entries.map(({ data }) => data.length)) <= 512 * 1024);
  assertEquals(two!.machine.done, one!.machine.done);
  assertEquals(one!.machine.done.length, 20);
});

Deno.test("settled resolves when everything submitted before was applied, and not sooner", async () => {
  await using stage = new ReplicaStage();
  const [one] = await stage.startAll("one");
  await one!.replica.settled();
  stage.network.hold(({ call }) => call === "append");
  open(one!, 1);
  const order: string[] = [];
  void one!.replica.settled().then(() => order.push(`settled after ${one!.machine.done.length}`));
  await stage.settle();
  open(one!, 2);
  void one!.replica.settled().then(() => order.push(`settled after ${one!.machine.done.length}`));
  await stage.settle();
  assertEquals(order, []);
  stage.network.release();
  await stage.settle();
  assertEquals(order, ["settled after 1", "settled after 2"]);
});

Deno.test("effects are shown in order with the ops around them, and at once if nothing is on its way", async () => {
  await using stage = new ReplicaStage();
  const [one, two] = await stage.startAll("one", "two");
  const { replica, machine } = one!;
  replica.show(SEND);
  replica.endTurn();
  assertEquals(machine.done.splice(0), ["show send"]);
  const session = sessionOf(1, 1);
  replica.show(SEND);
  replica.submit({ op: "open", session, opening: { resumable: true } }, "a");
  replica.show(SEND);
  replica.submit({ op: "close", session, reason: "left" }, "b");
  replica.endTurn();
  replica.show(SEND);
  replica.endTurn();
  assertEquals(machine.done, []);
  await stage.settle();
  assertEquals(machine.done, ["show send", `open ${session} a`, "show send", `close ${session} b`, "show send"]);
  assertEquals(two!.machine.done, [`open ${session}`, `close ${session}`]);
});

Deno.test("a server is stalled while its entry is not applied for 2 s, and goes on by itself", async () => {
  await using stage = new ReplicaStage();
  const [one] = await stage.startAll("one");
  stage.network.cut("one");
  const session = open(one!, 1);
  await stage.pass(2);
  assertEquals(one!.replica.isStalled, false);
  await stage.pass(1);
  assertEquals([one!.replica.isStalled, one!.machine.done], [true, []]);
  stage.network.release();
  await stage.settle();
  assertEquals([one!.replica.isStalled, one!.machine.done], [false, [`open ${session}`]]);
  assertEquals(one!.events.filter(({ type }) => type === "lost"), []);
});

Deno.test("a server that was silent is evicted: the others close its sessions, it cuts its clients and comes back", async () => {
  await using stage = new ReplicaStage();
  const [one, two, three] = await stage.startAll("one", "two", "three");
  const session = open(three!, 1);
  await stage.settle();
  await stage.pass(5, [one!, two!]);
  assertEquals(one!.machine.done, [`open ${session}`, "closeAll 3"]);
  assertEquals(three!.machine.done, [`open ${session}`, "closeAll 3", "cutAll"]);
  assertEquals([three!.replica.incarnation, three!.replica.isStalled], [4, false]);
  const again = open(three!, 1);
  await stage.settle();
  assertEquals(again, sessionOf(4, 1));
  assertEquals(one!.machine.done.at(-1), `open ${again}`);
});

Deno.test("ops of sessions are dropped with their incarnation, and those without a session are kept", async () => {
  await using stage = new ReplicaStage();
  const [one, two] = await stage.startAll("one", "two");
  stage.network.cut("two");
  const session = open(two!, 1);
  two!.replica.submit({ op: "cancelUpload", id: "f", hasBytes: false }, "file");
  two!.replica.submit({ op: "close", session, reason: "left" });
  two!.replica.endTurn();
  await stage.pass(5, [one!]);
  let isSettled = false;
  void two!.replica.settled().then(() => isSettled = true);
  // The append that was on its way is lost, and what it was about is not in the log.
  stage.network.hold(({ client, call, n }) => client === "two" && call === "append" && n !== 1);
  for (const held of [...stage.network.held]) if (held.call !== "append") held.arrive();
  await stage.settle();
  assertEquals(two!.replica.incarnation, 3);
  stage.network.release();
  await stage.settle();
  assertEquals(two!.machine.done, ["closeAll 2", "cutAll", "cancelUpload file"]);
  assertEquals(one!.machine.done, ["closeAll 2", "cancelUpload"]);
  assertEquals([isSettled, two!.replica.isPending(session)], [true, false]);
  two!.replica.submit({ op: "close", session, reason: "left" });
  assertEquals(two!.replica.isPending(session), false);
});

Deno.test("two servers that choose one incarnation at the same time get different ones", async () => {
  await using stage = new ReplicaStage();
  const founder = stage.start("one");
  await stage.settle();
  stage.network.hold(({ call, isAnswer }) => call === "append" && !isAnswer);
  const [checkpoint] = founder.machine.checkpoints;
  const [two, three] = [stage.start("two", { checkpoint }), stage.start("three", { checkpoint })];
  await stage.settle();
  assertEquals(stage.network.held.map(({ client, s, n }) => [client, s, n]), [["two", 2, 1], ["three", 2, 1]]);
  stage.network.release();
  await stage.settle();
  assertEquals([two.replica.incarnation, three.replica.incarnation].sort(), [2, 3]);
  assertEquals([two, three].map(({ replica }) => replica.isStalled), [false, false]);
});

Deno.test("an entry under the own incarnation by somebody else makes the server begin a new one", async () => {
  await using stage = new ReplicaStage();
  const [one] = await stage.startAll("one");
  stage.network.hold(({ client, call }) => client === "one" && call === "append");
  open(one!, 1);
  await stage.write(1, 2, [{ op: "open", session: sessionOf(1, 7), opening: { resumable: true } }]);
  stage.network.release();
  await stage.settle();
  assertEquals(one!.events.find(({ type }) => type === "lost"), { type: "lost", incarnation: 1, why: "taken" });
  assertEquals([one!.replica.incarnation, one!.replica.isStalled], [2, false]);
  await stage.pass(5);
  assertEquals(one!.machine.done.at(-1), "closeAll 1");
});

Deno.test("replayed entries, gaps and entries of servers that do not take part are skipped, and reported", async () => {
  await using stage = new ReplicaStage();
  const [one] = await stage.startAll("one");
  const op = { op: "open", session: sessionOf(9, 1), opening: { resumable: true } } as const;
  await stage.write(9, 2, [op]);
  await stage.hello(9);
  await stage.write(9, 4, [op]);
  stage.log.append({ s: 9, n: 5, data: new Uint8Array(100) });
  stage.log.append({ s: 9, n: 6, data: new Uint8Array(100).fill(2) });
  await stage.settle();
  assertEquals(
    one!.events.flatMap((event) => event.type === "skipped" ? [[event.s, event.n, event.reason]] : []),
    [[9, 2, "not live"], [9, 4, "gap"], [9, 5, "forged"], [9, 6, "forged"]],
  );
  assertEquals([one!.machine.done, one!.failure], [[], undefined]);
});

Deno.test("an entry of another form or with an unknown op ends the server with a sentence", async () => {
  for (
    const [ops, more, sentence] of [
      [[], { v: 2 }, "has the form 2"],
      [[{ op: "dance" }], {}, 'has the op "dance"'],
      [[{ op: "tick" }], {}, 'has the op "tick"'],
      [[{ op: "closeAll", incarnation: 1 }], {}, 'has the op "closeAll"'],
      [[null], {}, 'has the op "undefined"'],
      [[], { t: "now" }, "lacks its time"],
    ] as const
  ) {
    await using stage = new ReplicaStage();
    const [one] = await stage.startAll("one");
    await stage.write(9, 1, ops as never, more);
    assertEquals(one!.failure?.kind, "version");
    assertStringIncludes(one!.failure!.message, sentence);
    assertStringIncludes(one!.failure!.message, "update this server");
    assertEquals(one!.replica.isStalled, true);
  }
});

Deno.test("an op that fails is reported and dropped, and the rest of the entry goes on", async () => {
  await using stage = new ReplicaStage();
  const [one, two] = await stage.startAll("one", "two");
  for (const { machine } of stage.servers) machine.fails.add("close");
  const session = sessionOf(1, 1);
  one!.replica.submit({ op: "open", session, opening: { resumable: true } });
  one!.replica.submit({ op: "close", session, reason: "left" });
  one!.replica.submit({ op: "cancelUpload", id: "f", hasBytes: false });
  one!.replica.endTurn();
  await stage.settle();
  for (const server of [one!, two!]) {
    assertEquals(server.machine.done, [`open ${session}`, "cancelUpload"]);
    assertEquals(kinds(server), ["fault"]);
  }
});

Deno.test("a store that fails ends the server", async () => {
  for (const name of ["end", "checkpoint"]) {
    await using stage = new ReplicaStage();
    const [one] = await stage.startAll("one");
    one!.machine.fails.add(name);
    await stage.pass(31);
    assertEquals(one!.failure?.kind, "internal");
  }
});

Deno.test("a server whose clock is wrong writes nothing, says so, and comes back when it is right", async () => {
  for (const error of [YEAR_MS, -YEAR_MS, 13_000, -13_000]) {
    await using stage = new ReplicaStage();
    const [one, two, three] = await stage.startAll("one", "two", "three");
    await stage.pass(3);
    three!.clockError = error;
    await stage.pass(2);
    assertEquals([one!, two!, three!].map(({ replica }) => replica.isStalled), [false, false, true]);
    assertEquals(kinds(three!), ["clock"]);
    assertEquals(Math.sign(three!.replica.status().clockDifference), Math.sign(error));
    await stage.pass(6);
    assertEquals(three!.replica.status().servers.length, 2);
    const ahead = Math.abs(
      one!.machine.times.at(-1)! - (one!.replica.status().servers[0]!.ahead + one!.machine.times.at(-1)!),
    );
    assert(ahead < 2_000);
    three!.clockError = 0;
    await stage.pass(2);
    assertEquals([three!.replica.isStalled, three!.replica.status().servers.length], [false, 3]);
  }
});

Deno.test("of two servers the one whose clock was set stops, and the other goes on", async () => {
  for (const error of [YEAR_MS, -YEAR_MS]) {
    await using stage = new ReplicaStage();
    const [one, two] = await stage.startAll("one", "two");
    await stage.pass(3);
    two!.clockError = error;
    await stage.pass(3);
    assertEquals([one!.replica.isStalled, two!.replica.isStalled], [false, true]);
  }
});

Deno.test("a frozen server does not take the late entries of the others for wrong clocks", async () => {
  await using stage = new ReplicaStage();
  const [one, two, three] = await stage.startAll("one", "two", "three");
  await stage.pass(3);
  stage.network.cut("three");
  await stage.pass(40, [one!, two!]);
  stage.network.release();
  await stage.settle();
  await stage.pass(2);
  assertEquals(kinds(three!).includes("clock"), false);
  assertEquals(three!.replica.isStalled, false);
});

Deno.test("a server with other options is refused, until the others do not write any more", async () => {
  await using stage = new ReplicaStage();
  const [one] = await stage.startAll("one");
  const checkpoint = one!.machine.checkpoints[0]!;
  const other = stage.start("two", { checkpoint, facts: { settings: "other" } });
  await stage.settle();
  await stage.pass(9);
  assertEquals(other.failure?.kind, "settings");
  await one!.replica.close();
  await stage.hello(100);
  const heir = stage.start("three", { checkpoint: one!.machine.checkpoints.at(-1)!, facts: { settings: "other" } });
  await stage.settle();
  await stage.pass(6, [heir]);
  assertEquals([heir.failure, heir.replica.isStalled], [undefined, false]);
  assertEquals(heir.machine.done.at(-1), "closeAll 100");
});

Deno.test("when all servers have ended, the first one that starts brings its options, and all others need the same", async () => {
  await using stage = new ReplicaStage();
  const [one, two] = await stage.startAll("one", "two");
  assertEquals([one!.machine.rules, two!.machine.rules], [1, 1]);
  const [checkpoint] = one!.machine.checkpoints;
  // It reads the log, and can never take part.
  stage.network.hold(({ client, call }) => client === "three" && call === "append");
  const three = stage.start("three", { checkpoint, facts: { settings: "same" } });
  await stage.settle();
  await one!.replica.close();
  await two!.replica.close();
  const late = two!.machine.checkpoints.at(-1)!;
  const four = stage.start("four", { checkpoint: late, facts: { settings: "other" } });
  await stage.settle();
  assertEquals([four.failure, four.replica.isStalled, four.machine.rules], [undefined, false, 1]);
  assertEquals([three.failure?.kind, three.machine.rules], ["settings", 1]);
  const five = stage.start("five", { checkpoint: late, facts: { settings: "other" } });
  await stage.settle();
  assertEquals([five.failure, five.replica.isStalled, five.machine.rules], [undefined, false, 1]);
});

Deno.test("a chat that has gone on by two sets of options can be started again with one after the other", async () => {
  await using stage = new ReplicaStage();
  const [one] = await stage.startAll("one");
  await one!.replica.close();
  // Neither server has saved a checkpoint.
  for (const [s, settings] of [[100, "second"], [101, "third"]] as const) {
    await stage.hello(s, { settings });
    await stage.write(s, 2, [{ op: "leave" }]);
  }
  let checkpoint = one!.machine.checkpoints.at(-1)!;
  const startWith = async (settings: string) => {
    const server = stage.start(settings, { checkpoint, facts: { settings } });
    await stage.settle();
    checkpoint = server.machine.checkpoints.at(-1) ?? checkpoint;
    return server;
  };
  assertEquals((await startWith("third")).failure?.kind, "settings");
  assertEquals((await startWith("second")).failure?.kind, "settings");
  const last = await startWith("third");
  assertEquals([last.failure, last.replica.isStalled], [undefined, false]);
});

Deno.test("a server with a lower level is refused, and one that takes part ends when the level rises", async () => {
  await using stage = new ReplicaStage();
  const [one] = await stage.startAll("one");
  const checkpoint = one!.machine.checkpoints[0]!;
  const two = stage.start("two", { checkpoint, facts: { level: 2 } });
  await stage.settle();
  await stage.pass(2);
  assertEquals([one!.replica.level, two.replica.level], [1, 1]);
  await one!.replica.close();
  await stage.pass(2);
  assertEquals(two.replica.level, 2);
  const old = stage.start("three", { checkpoint });
  await stage.settle();
  assertEquals(old.failure?.kind, "level");
  assertStringIncludes(old.failure!.message, "update this server");
});

Deno.test("a server whose state differs from the majority's stops, and saves no checkpoint", async () => {
  await using stage = new ReplicaStage();
  const [one, two, three] = await stage.startAll("one", "two", "three");
  await stage.pass(15);
  three!.machine.state.push("something else");
  const saved = three!.machine.checkpoints.length;
  await stage.hello(50);
  for (let n = 2; n <= 1_000; n++) {
    stage.log.append({ s: 50, n, data: stage.sealer.seal(50, n, `{"v":1,"t":0,"r":"","ops":[]}`) });
  }
  await stage.write(50, 1_001, [{ op: "leave" }]);
  await stage.pass(2);
  assertEquals([one!, two!, three!].map(({ failure }) => failure?.kind), [undefined, undefined, "diverged"]);
  await three!.replica.close();
  assertEquals(three!.machine.checkpoints.length, saved);
});

Deno.test("a checkpoint is saved every 30 s, and a server starts again from it", async () => {
  await using stage = new ReplicaStage();
  const [one, two] = await stage.startAll("one", "two");
  open(one!, 1);
  await stage.pass(31);
  const checkpoint = two!.machine.checkpoints.at(-1)!;
  assert(checkpoint.position > 0);
  const session = open(one!, 2);
  await stage.settle();
  const three = stage.start("three", { checkpoint });
  await stage.settle();
  assertEquals(three.machine.done, [`open ${session}`]);
  assertEquals(three.replica.status().index, one!.replica.status().index);
});

Deno.test("the first server removes what no server has needed for five minutes", async () => {
  await using stage = new ReplicaStage();
  await stage.startAll("one", "two");
  await stage.pass(120);
  const kept = Math.min(...stage.servers[1]!.replica.status().servers.map((server) => server.kept));
  await stage.pass(239);
  assertEquals(stage.log.entries[0]!.position, 3);
  await stage.pass(62);
  const { servers } = stage.servers[1]!.replica.status();
  assertEquals(servers.map(({ trims }) => trims), [true, false]);
  assert(kept > 3);
  assertEquals(stage.log.entries[0]!.position, kept + 3);
});

Deno.test("a log that begins later, that has lost data, or that belongs to another chat ends the server with a sentence", async () => {
  await using stage = new ReplicaStage();
  const [one] = await stage.startAll("one");
  const [checkpoint] = one!.machine.checkpoints;
  await stage.pass(40);
  const late = one!.machine.checkpoints.at(-1)!;
  const failureOf = async (options: Parameters<ReplicaStage["start"]>[1]) => {
    const { replica, failure, name } = await startFailing(stage, options);
    await replica.close();
    assert(failure !== undefined, name);
    return failure.kind;
  };
  assertEquals(await failureOf({ chat: "another" }), "otherChat");
  assertEquals(await failureOf({}), "needsCopy");
  assertEquals(await failureOf({ checkpoint: late, key: new Uint8Array(32).fill(9) }), "forged");
  stage.log.forget(late.position - 3);
  assertEquals(await failureOf({ checkpoint }), "trimmed");
  stage.log.lose(late.position - 3);
  assertEquals(await failureOf({ checkpoint: late }), "lost");
  await stage.settle();
  assertEquals(one!.failure?.kind, "lost");
});

async function startFailing(stage: ReplicaStage, options: Parameters<ReplicaStage["start"]>[1]) {
  const server = stage.start("late", options);
  await stage.settle();
  return server;
}

Deno.test("a server that is closed writes what waits, leaves, and saves a checkpoint", async () => {
  await using stage = new ReplicaStage();
  const [one, two] = await stage.startAll("one", "two");
  const session = open(two!, 1);
  two!.replica.submit({ op: "close", session, reason: "shutdown" });
  await two!.replica.close();
  await stage.settle();
  assertEquals(one!.machine.done, [`open ${session}`, `close ${session}`, "closeAll 2"]);
  assertEquals(two!.machine.done.includes("cutAll"), false);
  assertEquals(two!.machine.checkpoints.at(-1)!.position, stage.log.end);
  assertEquals(one!.replica.status().servers.map(({ name }) => name), ["one"]);
});

Deno.test("a server that is closed while nothing goes on ends after 5 s", async () => {
  await using stage = new ReplicaStage();
  const [one] = await stage.startAll("one");
  stage.network.cut("one");
  const session = open(one!, 1);
  let isSettled = false;
  void one!.replica.settled().then(() => isSettled = true);
  const closed = one!.replica.close();
  await stage.pass(5);
  await closed;
  assertEquals([isSettled, one!.replica.isPending(session), one!.machine.done], [true, false, []]);
});

Deno.test("an operator removes a server, which stops and says so", async () => {
  await using stage = new ReplicaStage();
  const [one, two] = await stage.startAll("one", "two");
  const session = open(two!, 1);
  await stage.settle();
  one!.replica.remove(2);
  await stage.settle();
  assertEquals(two!.failure?.kind, "removed");
  assertEquals(one!.machine.done, [`open ${session}`, "closeAll 2"]);
});

Deno.test("the status names all servers, their lag and delay, and who trims the log", async () => {
  await using stage = new ReplicaStage();
  const [one] = await stage.startAll("one", "two");
  await stage.pass(2);
  const { servers, ...rest } = one!.replica.status();
  assertEquals(
    servers.map((
      { incarnation, name, addresses, isSelf, trims, lag },
    ) => [incarnation, name, addresses, isSelf, trims, lag]),
    [
      [1, "one", ["one:5050"], true, true, 0],
      [2, "two", ["two:5050"], false, false, 0],
    ],
  );
  assertEquals([rest.incarnation, rest.isStalled, rest.level, rest.index, rest.skipped], [1, false, 1, 6, 0]);
  assertEquals(rest.position, stage.log.end);
});
