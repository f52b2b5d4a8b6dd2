import { assert, assertEquals, assertGreater, assertRejects } from "@std/assert";
import {
  type CommandLog,
  EntryTaken,
  type LogEntry,
  LogLost,
  LogRefused,
  LogTrimmed,
  MAX_ENTRY_BYTES,
  type PlacedEntry,
} from "../../src/cluster/command_log.ts";
import { Random } from "../helpers/random.ts";

/** One log of its own for a test. Each `open` is another server's access to it. */
export interface CommandLogSubject extends AsyncDisposable {
  open(): CommandLog;
}

const NEVER = new AbortController().signal;

export function logEntry(s: number, n: number, text = `entry ${s}/${n}`): LogEntry {
  return { s, n, data: new TextEncoder().encode(text) };
}

/** Follows a log and keeps what it takes. Disposing ends it, and throws what ended it before. */
export class LogFollower implements AsyncDisposable {
  readonly taken: PlacedEntry[] = [];
  /** Calls of `caughtUp`, and how many entries had been taken by the first. */
  caughtUps = 0;
  takenBefore = 0;
  /** The end of `follow`. */
  readonly ended: Promise<void>;
  readonly #end = new AbortController();
  #wakes: (() => void)[] = [];

  constructor(log: CommandLog, position = 0, take: (entry: PlacedEntry) => void | Promise<void> = () => {}) {
    const onEntry = (entry: PlacedEntry) => {
      this.taken.push(entry);
      this.#wake();
      return take(entry);
    };
    const onCaughtUp = () => {
      if (this.caughtUps++ === 0) this.takenBefore = this.taken.length;
      this.#wake();
    };
    this.ended = log.follow(position, onEntry, onCaughtUp, this.#end.signal);
    this.ended.then(() => this.#wake(), () => this.#wake());
  }

  get names(): string[] {
    return this.taken.map(({ s, n }) => `${s}/${n}`);
  }

  /** Resolves when it has taken this many entries. */
  async have(count: number): Promise<void> {
    await this.#until(() => this.taken.length >= count);
  }

  async isCaughtUp(): Promise<void> {
    await this.#until(() => this.caughtUps > 0);
  }

  end(): void {
    this.#end.abort(new Error("The follower ends"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
    await this.ended;
  }

  async #until(holds: () => boolean): Promise<void> {
    let hasEnded = false;
    const mark = () => hasEnded = true;
    this.ended.then(mark, mark);
    while (!holds()) {
      if (hasEnded) await this.ended.then(() => Promise.reject(new Error("The follower has ended")));
      await new Promise<void>((resolve) => this.#wakes.push(resolve));
    }
  }

  #wake(): void {
    for (const wake of this.#wakes.splice(0)) wake();
  }
}

async function readAll(log: CommandLog, position = 0): Promise<LogFollower> {
  await using follower = new LogFollower(log, position);
  await follower.isCaughtUp();
  return follower;
}

async function appendAll(log: CommandLog, entries: readonly LogEntry[]): Promise<void> {
  for (const entry of entries) await log.append(entry, NEVER);
}

function numbered(s: number, count: number, from = 1): LogEntry[] {
  return Array.from({ length: count }, (_, at) => logEntry(s, from + at));
}

/** The contract of every `CommandLog`. Each implementation runs it once in its own tests. */
export function commandLogContract(
  name: string,
  create: () => CommandLogSubject | Promise<CommandLogSubject>,
  isIgnored = false,
): void {
  const test = (promise: string, run: (log: CommandLog, subject: CommandLogSubject) => Promise<void>) =>
    Deno.test(`${name} ${promise}`, { ignore: isIgnored }, async () => {
      await using subject = await create();
      await run(subject.open(), subject);
    });

  test("hands over entries in the order of their appends, with rising positions", async (log) => {
    await appendAll(log, [logEntry(2, 1), logEntry(1, 1), logEntry(2, 2)]);
    const { names, taken, caughtUps, takenBefore } = await readAll(log);
    assertEquals(names, ["2/1", "1/1", "2/2"]);
    assertEquals(taken.map(({ data }) => new TextDecoder().decode(data)), ["entry 2/1", "entry 1/1", "entry 2/2"]);
    assertGreater(taken[0]!.position, 0);
    assertGreater(taken[1]!.position, taken[0]!.position);
    assertGreater(taken[2]!.position, taken[1]!.position);
    assertEquals([caughtUps, takenBefore], [1, 3]);
  });

  test("hands over nothing of an empty log, and has caught up at once", async (log) => {
    const { taken, caughtUps } = await readAll(log);
    assertEquals([taken.length, caughtUps], [0, 1]);
  });

  test("appends an entry once, however often and by whomever it is repeated", async (log, subject) => {
    await log.append(logEntry(1, 1), NEVER);
    await log.append(logEntry(1, 1), NEVER);
    await Promise.all([1, 2, 3].map(() => subject.open().append(logEntry(1, 2), NEVER)));
    await log.append(logEntry(1, 1), NEVER);
    assertEquals((await readAll(log)).names, ["1/1", "1/2"]);
  });

  test("refuses other bytes under the number of an entry, and keeps the first", async (log, subject) => {
    await log.append(logEntry(7, 1, "mine"), NEVER);
    const error = await assertRejects(() => subject.open().append(logEntry(7, 1, "theirs"), NEVER), EntryTaken);
    assertEquals(error.message, "Another server has written entry 1 of incarnation 7");
    assertEquals((await readAll(log)).taken.map(({ data }) => new TextDecoder().decode(data)), ["mine"]);
  });

  test("lets one of two servers have the number that both append at the same time", async (log, subject) => {
    const logs = [log, subject.open(), subject.open()];
    const outcomes = await Promise.allSettled(logs.map((each, nth) => each.append(logEntry(3, 1, `${nth}`), NEVER)));
    const losers = outcomes.filter((outcome) => outcome.status === "rejected");
    assertEquals(losers.length, 2);
    assert(losers.every(({ reason }) => reason instanceof EntryTaken), String(losers[0]!.reason));
    const winner = outcomes.findIndex(({ status }) => status === "fulfilled");
    assertEquals((await readAll(log)).taken.map(({ data }) => new TextDecoder().decode(data)), [`${winner}`]);
  });

  test("shows all followers the same order, with the same positions, whenever they begin", async (log, subject) => {
    await appendAll(log, numbered(1, 3));
    await using early = new LogFollower(subject.open());
    const writers = [1, 2, 3].map((s) => appendAll(subject.open(), numbered(s, 10, s === 1 ? 4 : 1)));
    await using middle = new LogFollower(subject.open());
    await Promise.all(writers);
    await using late = new LogFollower(subject.open());
    for (const follower of [early, middle, late]) await follower.have(33);
    assertEquals(middle.taken, early.taken);
    assertEquals(late.taken, early.taken);
    for (const s of [1, 2, 3]) {
      const numbers = early.taken.filter((entry) => entry.s === s).map(({ n }) => n);
      assertEquals(numbers, numbers.toSorted((a, b) => a - b), `entries of incarnation ${s}`);
    }
  });

  test("goes on from any position, without it", async (log) => {
    await appendAll(log, numbered(1, 5));
    const { taken } = await readAll(log);
    for (const [at, { position }] of taken.entries()) {
      assertEquals((await readAll(log, position)).taken, taken.slice(at + 1), `after entry ${at + 1}`);
    }
  });

  test("hands over entries as they come, after caughtUp, which is called once", async (log, subject) => {
    await appendAll(log, numbered(1, 2));
    await using follower = new LogFollower(subject.open());
    await follower.isCaughtUp();
    assertEquals(follower.takenBefore, 2);
    for (let n = 3; n <= 6; n++) {
      await log.append(logEntry(1, n), NEVER);
      await follower.have(n);
    }
    assertEquals(follower.names, ["1/1", "1/2", "1/3", "1/4", "1/5", "1/6"]);
    assertEquals(follower.caughtUps, 1);
  });

  test("hands over the next entry only after the promise of the last one", async (log) => {
    await appendAll(log, numbered(1, 3));
    const gates = [1, 2, 3].map(() => Promise.withResolvers<void>());
    await using follower = new LogFollower(log, 0, ({ n }) => gates[n - 1]!.promise);
    for (let n = 1; n <= 3; n++) {
      await follower.have(n);
      await log.status(NEVER);
      assertEquals([follower.taken.length, follower.caughtUps], [n, 0]);
      gates[n - 1]!.resolve();
    }
    await follower.isCaughtUp();
  });

  test("ends the following with what the taker throws", async (log) => {
    await appendAll(log, numbered(1, 2));
    const broken = new LogFollower(log, 0, ({ n }) => {
      if (n === 2) throw new TypeError("Entry 2 is unusable");
    });
    await assertRejects(() => broken.ended, TypeError, "Entry 2 is unusable");
  });

  test("ends the following when its signal aborts: before, during and after the first entries", async (log) => {
    await appendAll(log, numbered(1, 3));
    await log.follow(0, () => assert(false), () => assert(false), AbortSignal.abort());
    const during: LogFollower = new LogFollower(log, 0, ({ n }) => n === 2 ? during.end() : undefined);
    await during.ended;
    assertEquals([during.names, during.caughtUps], [["1/1", "1/2"], 0]);
    const after = new LogFollower(log);
    await after.isCaughtUp();
    after.end();
    await after.ended;
    await log.append(logEntry(1, 4), NEVER);
    assertEquals(after.taken.length, 3);
  });

  test("rejects calls whose signal has aborted with its reason", async (log) => {
    const signal = AbortSignal.abort(new TypeError("Enough"));
    await assertRejects(() => log.append(logEntry(1, 1), signal), TypeError, "Enough");
    await assertRejects(() => log.forget(1, signal), TypeError, "Enough");
    await assertRejects(() => log.found("chat", new Uint8Array(1), signal), TypeError, "Enough");
    await assertRejects(() => log.status(signal), TypeError, "Enough");
    assertEquals((await readAll(log)).taken, []);
  });

  test("takes and hands over entries of 1 byte and of 512 KiB, with all byte values, and refuses others", async (log) => {
    const random = new Random(1);
    const large = Uint8Array.from({ length: MAX_ENTRY_BYTES }, () => random.between(0, 255));
    const sizes = [1, 2, 3, 255, 65_536, MAX_ENTRY_BYTES];
    for (const [at, size] of sizes.entries()) {
      await log.append({ s: 1, n: at + 1, data: large.subarray(0, size) }, NEVER);
    }
    const { taken } = await readAll(log);
    assertEquals(taken.map(({ data }) => data.length), sizes);
    for (const { data } of taken) assert(data.every((byte, at) => byte === large[at]));
    await assertRejects(
      () => log.append({ s: 1, n: 9, data: new Uint8Array(MAX_ENTRY_BYTES + 1) }, NEVER),
      LogRefused,
      "Entry 9 of incarnation 1 has 524289 bytes: the log takes 1 to 524288",
    );
    await assertRejects(() => log.append({ s: 1, n: 9, data: new Uint8Array() }, NEVER), LogRefused, "has 0 bytes");
    for (const number of [0, -1, 1.5, NaN, 2 ** 53]) {
      await assertRejects(() => log.append(logEntry(number, 1), NEVER), LogRefused, "no valid number");
      await assertRejects(() => log.append(logEntry(1, number), NEVER), LogRefused, "no valid number");
    }
  });

  test("hands over many entries, which take several pages, in order", async (log) => {
    const count = 450;
    await Promise.all([1, 2, 3].map((s) => appendAll(log, numbered(s, count / 3))));
    const { taken, takenBefore } = await readAll(log);
    assertEquals([taken.length, takenBefore], [count, count]);
    assertEquals(new Set(taken.map(({ s, n }) => `${s}/${n}`)).size, count);
    assert(taken.every(({ position }, at) => at === 0 || position > taken[at - 1]!.position));
  });

  test("takes the largest numbers in the right order", async (log) => {
    const s = 2 ** 21 - 1;
    const numbers = [1, 9, 10, 99, 100, 4_294_967_296, Number.MAX_SAFE_INTEGER];
    await appendAll(log, numbers.map((n) => logEntry(s, n)));
    assertEquals((await readAll(log)).names, numbers.map((n) => `${s}/${n}`));
  });

  test("forgets entries through a position, and refuses followers that lack them", async (log) => {
    await appendAll(log, numbered(1, 6));
    const { taken } = await readAll(log);
    await log.forget(taken[2]!.position, NEVER);
    assertEquals((await readAll(log, taken[2]!.position)).taken, taken.slice(3));
    assertEquals((await readAll(log, taken[4]!.position)).taken, taken.slice(5));
    for (const position of [0, taken[0]!.position, taken[2]!.position - 1]) {
      const error = await assertRejects(() => new LogFollower(log, position).ended, LogTrimmed);
      assertEquals(error.trimmed, taken[2]!.position);
      assertEquals(
        error.message,
        `The log begins after position ${taken[2]!.position}, and this server has only read it up to ${position}`,
      );
    }
  });

  test("forgets many entries, also twice, also positions that were forgotten already", async (log, subject) => {
    await appendAll(log, numbered(1, 300));
    const { taken } = await readAll(log);
    await Promise.all([log.forget(taken[249]!.position, NEVER), subject.open().forget(taken[199]!.position, NEVER)]);
    await log.forget(taken[9]!.position, NEVER);
    await log.forget(0, NEVER);
    assertEquals((await readAll(log, taken[249]!.position)).taken, taken.slice(250));
    await assertRejects(() => new LogFollower(log, taken[248]!.position).ended, LogTrimmed);
    assertEquals((await log.status(NEVER)).entries, 50);
  });

  test("forgets all entries, and goes on with the next ones", async (log) => {
    await appendAll(log, numbered(1, 3));
    const { taken } = await readAll(log);
    const last = taken.at(-1)!.position;
    await using follower = new LogFollower(log, last);
    await log.forget(last, NEVER);
    await log.append(logEntry(1, 4), NEVER);
    await follower.have(1);
    assertEquals(follower.names, ["1/4"]);
    assertEquals((await readAll(log, last)).names, ["1/4"]);
    assertGreater(follower.taken[0]!.position, last);
  });

  test("refuses a follower who has read further than the log goes", async (log) => {
    await appendAll(log, numbered(1, 2));
    const { taken } = await readAll(log);
    const error = await assertRejects(() => new LogFollower(log, taken[1]!.position + 1_000_000).ended, LogLost);
    assert(error.message.includes(String(taken[1]!.position + 1_000_000)), error.message);
  });

  test("keeps the first value under each name, through every forget", async (log, subject) => {
    const value = (text: string) => new TextEncoder().encode(text);
    assertEquals(await log.found("chat", value("one"), NEVER), value("one"));
    assertEquals(await subject.open().found("chat", value("two"), NEVER), value("one"));
    const rivals = await Promise.all(
      ["a", "b", "c"].map((text) => subject.open().found("other", value(text), NEVER)),
    );
    assertEquals(new Set(rivals.map((bytes) => new TextDecoder().decode(bytes))).size, 1);
    await log.append(logEntry(1, 1), NEVER);
    await log.forget((await readAll(log)).taken[0]!.position, NEVER);
    assertEquals(await log.found("chat", value("three"), NEVER), value("one"));
    await assertRejects(() => log.found("no/name", value("x"), NEVER), LogRefused, '"no/name" is not a name');
    await assertRejects(() => log.found("chat", new Uint8Array(65_537), NEVER), LogRefused, "has 65537 bytes");
  });

  test("tells its status", async (log) => {
    await appendAll(log, numbered(1, 3));
    const { isReady, entries, warnings, endpoints } = await log.status(NEVER);
    assertEquals([isReady, entries, Array.isArray(warnings)], [true, 3, true]);
    for (const { fault } of endpoints) assertEquals(fault, undefined);
  });
}
