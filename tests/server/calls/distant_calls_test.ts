import { assert, assertEquals } from "@std/assert";
import { WebSocketDecoder } from "../../../src/framing/websocket/websocket_decoder.ts";
import { decodeMediaFrame, encodeMediaFrame, type MediaFrame } from "../../../src/protocol/calls/media_frame.ts";
import type { MediaChunk } from "../../../src/protocol/calls/media_outbox.ts";
import {
  MAX_LINE_BYTES,
  MAX_SOUND_IN_FLIGHT_MS,
  MAX_SOUND_WAITING_MS,
  SOUND_CONFIRM_MS,
  SOUND_PACKET_MS,
} from "../../../src/protocol/limits.ts";
import { CallRelay } from "../../../src/server/calls/call_relay.ts";
import type { MediaReceiver, MediaSeat } from "../../../src/server/calls/media_seat.ts";
import type { CallNote } from "../../../src/server/links/server_links.ts";
import { JPEG, VIDEO } from "./media_end.ts";

const CALL = "c";
/** Sound of this many ms may be on its way, or wait. */
const PACKETS = (MAX_SOUND_IN_FLIGHT_MS + MAX_SOUND_WAITING_MS) / SOUND_PACKET_MS;

/** Servers with links that carry notes in order, which the test may hold or cut. */
class Servers {
  readonly relays = new Map<number, CallRelay>();
  /** Notes that have not arrived, with their sender and receiver. */
  readonly waiting: { from: number; to: number; note: CallNote }[] = [];
  /** All notes that were sent. */
  readonly sent: { from: number; to: number; note: CallNote }[] = [];
  isCut = false;

  constructor(...servers: readonly number[]) {
    for (const from of servers) {
      const send = (to: number, note: CallNote) => {
        if (this.isCut) return false;
        const copy = "bytes" in note ? { ...note, bytes: note.bytes.slice() } : note;
        this.sent.push({ from, to, note: copy });
        this.waiting.push({ from, to, note: copy });
        return true;
      };
      this.relays.set(from, new CallRelay({ send: send as never }));
    }
  }

  /** All servers apply that the member entered the call on that server. Returns the token. */
  admit(memberId: string, stream: number, server: number): string {
    let token = "";
    for (const [own, relay] of this.relays) {
      const admission = { call: CALL, memberId, stream };
      if (own === server) token = relay.admit(admission);
      else relay.admitElsewhere({ ...admission, session: server * 2 ** 32 + 1 });
    }
    return token;
  }

  dismiss(memberId: string): void {
    for (const relay of this.relays.values()) relay.dismiss({ call: CALL, memberId });
  }

  /** Lets all notes arrive, and those that follow from them. */
  settle(): void {
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      this.relays.get(next.to)!.take(next.from, next.note);
    }
  }

  /** A member enters and connects. */
  enter(memberId: string, stream: number, server: number): Member {
    const member = new Member(this, this.relays.get(server)!, this.admit(memberId, stream, server));
    this.settle();
    return member;
  }

  /** Kinds of notes from one server to another. */
  kinds(from: number, to: number): string[] {
    return this.sent.filter((each) => each.from === from && each.to === to).map(({ note }) => note.type);
  }
}

class Member implements MediaReceiver {
  readonly got: MediaFrame[] = [];
  readonly events: string[] = [];
  readonly seat: MediaSeat;
  readonly #servers: Servers;

  constructor(servers: Servers, relay: CallRelay, token: string) {
    this.#servers = servers;
    this.seat = relay.enter({ type: "media", call: CALL, token }, this, 0)!;
    assert(this.seat !== undefined);
  }

  deliver({ bytes }: MediaChunk): void {
    this.control(bytes);
  }

  control(bytes: Uint8Array): void {
    const [frame] = new WebSocketDecoder(MAX_LINE_BYTES, "server").push(bytes);
    this.got.push(decodeMediaFrame((frame as { bytes: Uint8Array<ArrayBuffer> }).bytes));
  }

  forget(stream: number): void {
    this.events.push(`forget ${stream}`);
  }

  dismiss(reason: string): void {
    this.events.push(reason);
  }

  send(...frames: readonly MediaFrame[]): void {
    for (const frame of frames) {
      const bytes = encodeMediaFrame(frame);
      if (frame.kind === "video" || frame.kind === "sound") this.seat.spread(frame.kind, frame.time, bytes);
      else if (frame.kind === "state") this.seat.tell(frame, bytes);
      else if (frame.kind === "demand") this.seat.demand(frame.stream, bytes);
    }
  }

  sendAndSettle(...frames: readonly MediaFrame[]): void {
    this.send(...frames);
    this.#servers.settle();
  }

  times(kind: MediaFrame["kind"]): number[] {
    return this.got.filter((frame) => frame.kind === kind).map(({ time }) => time);
  }
}

function sound(time: number): MediaFrame {
  return { kind: "sound", stream: 0, time, packet: Uint8Array.of(1, 2) };
}

Deno.test("members on two servers see and hear each other, and a frame goes once to each server", () => {
  const servers = new Servers(1, 2, 3);
  const ada = servers.enter("ada", 0, 1);
  const [bob, carol] = [servers.enter("bob", 1, 2), servers.enter("carol", 2, 2)];
  ada.sendAndSettle(VIDEO, sound(1));
  for (const there of [bob, carol]) {
    assertEquals(there.got, [{ ...VIDEO, jpeg: JPEG }, { ...sound(1) }]);
  }
  bob.sendAndSettle(VIDEO);
  assertEquals([ada.got, carol.got.at(-1)], [[{ ...VIDEO, stream: 1 }], { ...VIDEO, stream: 1 }]);
  assertEquals(servers.kinds(1, 2).filter((type) => type === "media").length, 2);
  assertEquals(servers.sent.filter(({ from, to }) => from === 3 || to === 3), []);
});

Deno.test("states and demands reach the members on other servers, also those who enter later", () => {
  const servers = new Servers(1, 2);
  const ada = servers.enter("ada", 0, 1);
  const state = { kind: "state", stream: 0, time: 5, camera: true, microphone: false } as const;
  ada.sendAndSettle(state);
  const bob = servers.enter("bob", 1, 2);
  assertEquals(bob.got, [{ ...state, time: 0 }]);
  assertEquals([...bob.seat.states()], [{ stream: 0, camera: true, microphone: false }]);
  const demand = { kind: "demand", stream: 0, time: 0, width: 80, height: 48, rate: 5 } as const;
  bob.sendAndSettle(demand, { ...demand, stream: 1 }, { ...demand, stream: 3 });
  assertEquals(ada.got, [{ ...demand, stream: 1 }]);
});

Deno.test("of what the other server has not confirmed, two pictures and half a second of sound are on their way", () => {
  const servers = new Servers(1, 2);
  const ada = servers.enter("ada", 0, 1);
  const bob = servers.enter("bob", 1, 2);
  for (let nth = 1; nth <= 2 * PACKETS; nth++) ada.send({ ...VIDEO, time: nth }, sound(nth * SOUND_PACKET_MS));
  const flying = servers.waiting.length;
  assertEquals(flying, 2 + MAX_SOUND_IN_FLIGHT_MS / SOUND_PACKET_MS);
  servers.settle();
  assertEquals(bob.times("video"), [1, 2, 2 * PACKETS]);
  const heard = bob.times("sound").map((time) => time / SOUND_PACKET_MS);
  assertEquals(heard.slice(0, 25), Array.from({ length: 25 }, (_, nth) => nth + 1));
  assertEquals(heard.slice(25), Array.from({ length: 10 }, (_, nth) => 2 * PACKETS - 9 + nth));
  // Everything is confirmed, so nothing waits.
  ada.sendAndSettle({ ...VIDEO, time: 1_000 });
  assertEquals(bob.times("video").at(-1), 1_000);
  const confirmed = servers.kinds(2, 1).filter((type) => type === "got").length;
  assertEquals(confirmed, 4 + 35 * SOUND_PACKET_MS / SOUND_CONFIRM_MS);
});

Deno.test("after a link has broken, what was on its way is forgotten and the call goes on", () => {
  const servers = new Servers(1, 2);
  const ada = servers.enter("ada", 0, 1);
  const bob = servers.enter("bob", 1, 2);
  ada.send({ ...VIDEO, time: 1 }, { ...VIDEO, time: 2 }, { ...VIDEO, time: 3 });
  servers.waiting.length = 0;
  servers.isCut = true;
  ada.send({ ...VIDEO, time: 4 });
  servers.relays.get(1)!.lost(2);
  ada.send({ ...VIDEO, time: 5 });
  servers.isCut = false;
  ada.sendAndSettle({ ...VIDEO, time: 6 });
  assertEquals(bob.times("video"), [6]);
});

Deno.test("a member who leaves, reconnects or moves to another server begins anew for all", () => {
  const servers = new Servers(1, 2);
  const ada = servers.enter("ada", 0, 1);
  const bob = servers.enter("bob", 1, 2);
  bob.events.length = 0;
  ada.seat.leave();
  servers.settle();
  assertEquals(bob.events, ["forget 0"]);
  const again = servers.enter("ada", 0, 1);
  assertEquals(new Set(bob.events), new Set(["forget 0"]));
  assert(bob.events.length > 1);
  const moved = servers.enter("ada", 0, 2);
  assertEquals(again.events.at(-1), "You have connected to the call again");
  bob.got.length = 0;
  moved.sendAndSettle(VIDEO);
  assertEquals(bob.times("video"), [VIDEO.time]);
  const before = servers.sent.length;
  moved.sendAndSettle(VIDEO);
  assertEquals(servers.sent.length, before);
});

Deno.test("a member who is dismissed is dismissed on all servers, and an empty call is forgotten", () => {
  const servers = new Servers(1, 2);
  const ada = servers.enter("ada", 0, 1);
  const bob = servers.enter("bob", 1, 2);
  servers.dismiss("ada");
  assertEquals(ada.events.at(-1), "You have left the call");
  const before = servers.sent.length;
  bob.sendAndSettle(VIDEO);
  assertEquals(servers.sent.length, before);
  servers.dismiss("bob");
  servers.relays.get(1)!.take(2, { type: "media", call: CALL, bytes: encodeMediaFrame(VIDEO) });
});

Deno.test("notes about members of other servers, unknown calls, and bytes that are no frame change nothing", () => {
  const servers = new Servers(1, 2, 3);
  const ada = servers.enter("ada", 0, 1);
  servers.enter("bob", 1, 2);
  ada.got.length = ada.events.length = 0;
  const bytes = (frame: MediaFrame) => encodeMediaFrame(frame);
  const notes: CallNote[] = [
    { type: "media", call: CALL, bytes: bytes({ ...VIDEO, stream: 0 }) },
    { type: "media", call: CALL, bytes: bytes({ ...VIDEO, stream: 2 }) },
    { type: "media", call: "other", bytes: bytes({ ...VIDEO, stream: 1 }) },
    { type: "media", call: CALL, bytes: Uint8Array.of(1, 1, 9) },
    { type: "media", call: CALL, bytes: bytes({ kind: "got", stream: 1, time: 1, of: "video" }) },
    { type: "demand", call: CALL, to: 0, bytes: bytes({ ...VIDEO, stream: 1 }) },
    { type: "entered", call: CALL, stream: 0 },
    { type: "left", call: CALL, stream: 3 },
    { type: "got", call: CALL, of: "video", stream: 3, time: 0 },
  ];
  for (const note of notes) servers.relays.get(1)!.take(2, note);
  servers.relays.get(1)!.take(3, { type: "media", call: CALL, bytes: bytes({ ...VIDEO, stream: 1 }) });
  assertEquals([ada.got, ada.events], [[], []]);
});
