import { assertEquals } from "@std/assert";
import { JSON_LINES } from "../../../src/framing/json_lines.ts";
import { PlainText } from "../../../src/framing/plain/plain_text.ts";
import type { Codec } from "../../../src/framing/codec.ts";
import { FIRST_LINE_TIMEOUT_MS, PING_INTERVAL_MS, PING_TIMEOUT_MS } from "../../../src/protocol/limits.ts";
import type { ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { checkHeartbeat } from "../../../src/server/accept/peer_timeouts.ts";
import type { Peer } from "../../../src/server/peer.ts";

class FakePeer {
  readonly done: string[] = [];
  readonly since = 0;
  lastHeard = 0;
  pinged = false;
  closing = false;
  leaveReason = "closed";
  readonly codec: Codec | undefined;

  constructor(codec?: Codec) {
    this.codec = codec;
  }

  send(event: ServerEvent): void {
    this.done.push(event.type);
  }

  finish(): void {
    this.done.push("finish");
    this.closing = true;
  }

  abort(): void {
    this.done.push("abort");
    this.closing = true;
  }

  check(now: number): string[] {
    checkHeartbeat(this as unknown as Peer, now);
    return this.done.splice(0);
  }
}

Deno.test("who has been silent for a while is asked, once", () => {
  const peer = new FakePeer(JSON_LINES);
  assertEquals(peer.check(PING_INTERVAL_MS - 1), []);
  assertEquals(peer.check(PING_INTERVAL_MS), ["ping"]);
  assertEquals(peer.check(PING_INTERVAL_MS + 1), []);
  assertEquals(peer.check(PING_TIMEOUT_MS - 1), []);
});

Deno.test("who does not answer gets a goodbye, and is gone for that reason", () => {
  const peer = new FakePeer(JSON_LINES);
  peer.check(PING_INTERVAL_MS);
  assertEquals(peer.check(PING_TIMEOUT_MS), ["goodbye", "finish"]);
  assertEquals(peer.leaveReason, "timeout");
  assertEquals(peer.check(PING_TIMEOUT_MS + 1), []);
});

Deno.test("who has answered is asked again after the next silence", () => {
  const peer = new FakePeer(JSON_LINES);
  peer.check(PING_INTERVAL_MS);
  peer.lastHeard = PING_INTERVAL_MS + 10;
  peer.pinged = false;
  assertEquals(peer.check(2 * PING_INTERVAL_MS), []);
  assertEquals(peer.check(2 * PING_INTERVAL_MS + 10), ["ping"]);
  assertEquals(peer.check(PING_TIMEOUT_MS), []);
});

Deno.test("a person is not asked, however silent", () => {
  assertEquals(new FakePeer(new PlainText()).check(1e9), []);
});

Deno.test("who does not come to the end of a first line is cut off", () => {
  const peer = new FakePeer();
  assertEquals(peer.check(FIRST_LINE_TIMEOUT_MS - 1), []);
  assertEquals(peer.check(FIRST_LINE_TIMEOUT_MS), ["abort"]);
  assertEquals(peer.check(FIRST_LINE_TIMEOUT_MS + 1), []);
});

Deno.test("a clock that goes back asks nobody", () => {
  assertEquals(new FakePeer(JSON_LINES).check(-1e9), []);
});
