import { assertEquals, assertRejects } from "@std/assert";
import { LogLost } from "../../src/cluster/command_log.ts";
import { MemoryLog } from "../../src/cluster/memory_log.ts";
import { commandLogContract, logEntry, LogFollower } from "../contracts/command_log_contract.ts";
import { HeldNetwork } from "../helpers/held_network.ts";

const NEVER = new AbortController().signal;

commandLogContract("the log in memory", () => {
  const log = new MemoryLog();
  return { open: () => log.open("server"), [Symbol.asyncDispose]: () => Promise.resolve() };
});

Deno.test("an append whose answer is lost happened, and its repeat changes nothing", async () => {
  const network = new HeldNetwork();
  const log = new MemoryLog(network.carry);
  network.hold(({ call }) => call === "append");
  const appended = log.open("a").append(logEntry(1, 1), NEVER);
  (await network.next(({ isAnswer }) => !isAnswer)).arrive();
  const answer = await network.next(({ isAnswer }) => isAnswer);
  assertEquals(log.entries.length, 1);
  answer.lose();
  (await network.next(({ isAnswer }) => !isAnswer)).arrive();
  (await network.next(({ isAnswer }) => isAnswer)).arrive();
  await appended;
  assertEquals(log.entries.length, 1);
});

Deno.test("an append whose request is lost is sent again", async () => {
  const network = new HeldNetwork();
  const log = new MemoryLog(network.carry);
  network.hold(({ call }) => call === "append");
  const appended = log.open("a").append(logEntry(1, 1), NEVER);
  (await network.next()).lose();
  const again = await network.next();
  assertEquals(log.entries.length, 0);
  network.hold(() => false);
  again.arrive();
  await appended;
  assertEquals(log.entries.length, 1);
});

Deno.test("an append that was aborted may still happen", async () => {
  const network = new HeldNetwork();
  const log = new MemoryLog(network.carry);
  const end = new AbortController();
  network.cut("a");
  const appended = log.open("a").append(logEntry(1, 1), end.signal);
  const request = await network.next();
  end.abort(new TypeError("The server stops"));
  await assertRejects(() => appended, TypeError, "The server stops");
  request.arrive();
  (await network.next(({ isAnswer }) => isAnswer)).arrive();
  assertEquals(log.entries.length, 1);
});

Deno.test("appends arrive in the order that the network chooses, and all followers see that order", async () => {
  const network = new HeldNetwork();
  const log = new MemoryLog(network.carry);
  network.hold(({ call, isAnswer }) => call === "append" && !isAnswer);
  const appends = ["a", "b", "c"].map((client, at) => log.open(client).append(logEntry(at + 1, 1), NEVER));
  assertEquals(network.held.map(({ client }) => client), ["a", "b", "c"]);
  for (const client of ["c", "a", "b"]) network.held.find((message) => message.client === client)!.arrive();
  await Promise.all(appends);
  await using follower = new LogFollower(log.open("d"));
  await follower.have(3);
  assertEquals(follower.names, ["3/1", "1/1", "2/1"]);
});

Deno.test("a client that is cut off gets everything once, in order, when it is back", async () => {
  const network = new HeldNetwork();
  const log = new MemoryLog(network.carry);
  const writer = log.open("writer");
  await using follower = new LogFollower(log.open("reader"));
  await writer.append(logEntry(1, 1), NEVER);
  await follower.have(1);
  network.cut("reader");
  for (let n = 2; n <= 250; n++) await writer.append(logEntry(1, n), NEVER);
  (await network.next()).lose();
  assertEquals(follower.taken.length, 1);
  network.release();
  await follower.have(250);
  assertEquals(follower.taken.map(({ n }) => n), Array.from({ length: 250 }, (_, at) => at + 1));
});

Deno.test("after a loss of data, followers and writers of the lost log are told", async () => {
  const log = new MemoryLog();
  const writer = log.open("writer");
  const follower = new LogFollower(log.open("reader"));
  for (let n = 1; n <= 3; n++) await writer.append(logEntry(1, n), NEVER);
  await follower.have(3);
  log.lose(follower.taken[0]!.position);
  await assertRejects(
    () => follower.ended,
    LogLost,
    "The log ends at position 3, before 9, which this server has read",
  );
  await assertRejects(() => writer.append(logEntry(1, 4), NEVER), LogLost, "has lost entries that it had confirmed");
  assertEquals(log.entries.map(({ n }) => n), [1]);
});
