import { assertEquals } from "@std/assert";
import type { Codec } from "../../../src/framing/codec.ts";
import { JSON_LINES } from "../../../src/framing/json_lines.ts";
import { PlainText } from "../../../src/framing/plain/plain_text.ts";
import { FIRST_LINE_TIMEOUT_MS, PING_INTERVAL_MS, PING_TIMEOUT_MS } from "../../../src/protocol/limits.ts";
import { AcceptedConnection } from "../../../src/server/connection/accepted_connection.ts";
import { Peer } from "../../../src/server/connection/peer.ts";
import { Statistics } from "../../../src/server/monitor/statistics.ts";
import { FakeTimers } from "../../helpers/fake_timers.ts";
import { type MemoryConnection, memoryConnectionPair } from "../../helpers/memory_connection.ts";

/** An accepted connection with a clock of the test, and with a peer if it has a codec. */
class Accepted implements Disposable {
  readonly #timers = new FakeTimers();
  readonly #sent: string[] = [];
  readonly link: MemoryConnection;
  readonly connection: AcceptedConnection;
  readonly peer: Peer | undefined;

  constructor(codec?: Codec) {
    const [other, link] = memoryConnectionPair();
    this.link = link;
    other.tap = (chunk) => this.#sent.push(JSON.parse(new TextDecoder().decode(chunk)).type);
    const statistics = new Statistics(0);
    const scheduleFlush = () => this.connection.outbox.flushScheduled();
    this.connection = new AcceptedConnection(link, { statistics, scheduleFlush }, 0);
    if (codec === undefined) return;
    this.peer = new Peer(this.connection, codec, {
      statistics,
      turns: { add: () => Promise.resolve() },
      newSession: () => 1,
    }, 0);
    this.connection.owner = this.peer;
  }

  /** Returns the types of the events sent at that time. */
  async check(now: number): Promise<string[]> {
    this.connection.checkTimeouts(now);
    await this.connection.outbox.idle();
    return this.#sent.splice(0);
  }

  [Symbol.dispose](): void {
    this.connection.abort();
    this.#timers[Symbol.dispose]();
  }
}

Deno.test("a silent client is pinged once", async () => {
  using accepted = new Accepted(JSON_LINES);
  assertEquals(await accepted.check(PING_INTERVAL_MS - 1), []);
  assertEquals(await accepted.check(PING_INTERVAL_MS), ["ping"]);
  assertEquals(await accepted.check(PING_INTERVAL_MS + 1), []);
  assertEquals(await accepted.check(PING_TIMEOUT_MS - 1), []);
});

Deno.test("a client that does not answer gets a goodbye, and its connection ends as timed out", async () => {
  using accepted = new Accepted(JSON_LINES);
  await accepted.check(PING_INTERVAL_MS);
  assertEquals(await accepted.check(PING_TIMEOUT_MS), ["goodbye"]);
  assertEquals([accepted.connection.closing, accepted.connection.leaveReason], [true, "timeout"]);
  assertEquals(await accepted.check(PING_TIMEOUT_MS + 1), []);
});

Deno.test("a client that has answered is pinged again after the next silence", async () => {
  using accepted = new Accepted(JSON_LINES);
  await accepted.check(PING_INTERVAL_MS);
  accepted.peer!.noteActivity(PING_INTERVAL_MS + 10);
  assertEquals(await accepted.check(2 * PING_INTERVAL_MS), []);
  assertEquals(await accepted.check(2 * PING_INTERVAL_MS + 10), ["ping"]);
  assertEquals(await accepted.check(PING_TIMEOUT_MS), []);
});

Deno.test("a client is not pinged while its queries run", async () => {
  using accepted = new Accepted(JSON_LINES);
  accepted.peer!.startQueries(Promise.resolve());
  assertEquals(await accepted.check(PING_TIMEOUT_MS), []);
  accepted.peer!.endQueries();
  assertEquals(await accepted.check(2 * PING_TIMEOUT_MS), ["goodbye"]);
});

Deno.test("a user on plain text is never pinged", async () => {
  using accepted = new Accepted(new PlainText());
  assertEquals(await accepted.check(1e9), []);
  assertEquals(accepted.connection.closing, false);
});

Deno.test("a client that does not end its first line in time is closed", async () => {
  using accepted = new Accepted();
  await accepted.check(FIRST_LINE_TIMEOUT_MS - 1);
  assertEquals(accepted.connection.closing, false);
  assertEquals(await accepted.check(FIRST_LINE_TIMEOUT_MS), []);
  assertEquals([accepted.connection.closing, accepted.link.closed], [true, true]);
});

Deno.test("a clock that goes back causes no pings", async () => {
  using accepted = new Accepted(JSON_LINES);
  assertEquals(await accepted.check(-1e9), []);
});
