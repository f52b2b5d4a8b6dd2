import { assert, assertEquals, assertRejects } from "@std/assert";
import { LinkFault, RequestRefused } from "../../../src/cluster/link/wire/link_fault.ts";
import { encodeLinkFrame } from "../../../src/cluster/link/wire/link_frames.ts";
import type { LinkNote } from "../../../src/server/links/server_links.ts";
import {
  LINK_BEAT_MS,
  LINK_PIECE_BYTES,
  LINK_SILENCE_MS,
  LINK_STALL_MS,
  LINK_WINDOW_BYTES,
  MAX_LINK_NOTE_BYTES,
  MAX_LINK_REQUESTS,
} from "../../../src/protocol/limits.ts";
import { answerOf, LinkEnds, randomBytes, until, wholeOf } from "./link_ends.ts";

const SHA256 = "A".repeat(43);
const BLOB = { ask: "blob", sha256: SHA256 } as const;

function someBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  randomBytes(9)(bytes);
  return bytes;
}

Deno.test("an answer of any length arrives whole, in both directions at the same time", async () => {
  for (const length of [0, 1, LINK_PIECE_BYTES, LINK_PIECE_BYTES + 1, 2 * LINK_WINDOW_BYTES + 7]) {
    const bytes = someBytes(length);
    const serve = () => Promise.resolve(answerOf(bytes));
    await using ends = new LinkEnds({ serve }, { serve });
    const { dialer, listener } = await ends.open();
    const answers = [dialer.ask(BLOB), listener.ask(BLOB)];
    for (const answer of answers) assertEquals(await answer.size, length);
    for (const whole of await Promise.all(answers.map(wholeOf))) assertEquals(whole, bytes);
  }
});

Deno.test("a hashed answer ends with its hash", async () => {
  await using ends = new LinkEnds({}, { serve: () => Promise.resolve(answerOf(someBytes(100), { isHashed: true })) });
  const { dialer } = await ends.open();
  const answer = dialer.ask({ ask: "snapshot" });
  const whole = await wholeOf(answer);
  const digest = await crypto.subtle.digest("SHA-256", whole);
  assertEquals(answer.sha256, new Uint8Array(digest).toBase64({ alphabet: "base64url", omitPadding: true }));
});

Deno.test("of an answer that nobody takes, no more than the window is sent", async () => {
  let read = 0;
  const source = answerOf(someBytes(3 * LINK_WINDOW_BYTES));
  const counted = {
    ...source,
    read: (offset: number, buffer: Uint8Array) => (read += buffer.length, source.read(offset, buffer)),
  };
  await using ends = new LinkEnds({}, { serve: () => Promise.resolve(counted) });
  const { dialer } = await ends.open();
  const answer = dialer.ask(BLOB);
  await until(() => read >= LINK_WINDOW_BYTES);
  await ends.back.idle();
  assertEquals(read, LINK_WINDOW_BYTES);
  assertEquals((await wholeOf(answer)).length, 3 * LINK_WINDOW_BYTES);
});

Deno.test("a refused request says why, and an answer that breaks off fails", async () => {
  const broken = answerOf(someBytes(100), { read: () => Promise.reject(new Error("disk")) });
  const serves = [
    () => Promise.reject(new RequestRefused("missing")),
    () => Promise.reject(new Error("internal")),
    () => Promise.resolve(broken),
    () => Promise.resolve(answerOf(someBytes(3), { size: 4 })),
  ];
  const reasons: string[] = [];
  for (const serve of serves) {
    await using ends = new LinkEnds({}, { serve });
    const { dialer } = await ends.open();
    reasons.push((await assertRejects(() => wholeOf(dialer.ask(BLOB)), RequestRefused)).reason);
    assert(dialer.isOpen && dialer.isFree);
  }
  assertEquals(reasons, ["missing", "failed", "failed", "failed"]);
});

Deno.test("a request that is given up is closed at the other end, before and while it is answered", async () => {
  for (const isEarly of [true, false]) {
    let closed = 0;
    const begun = Promise.withResolvers<void>();
    const source = answerOf(someBytes(2 * LINK_WINDOW_BYTES), { close: () => void closed++ });
    await using ends = new LinkEnds({}, { serve: () => begun.promise.then(() => source) });
    const { dialer } = await ends.open();
    const answer = dialer.ask(BLOB);
    if (!isEarly) begun.resolve();
    if (!isEarly) await answer.read();
    answer.cancel();
    await ends.there.idle();
    await until(() => ends.there.sent.length >= 4);
    await ends.there.idle();
    begun.resolve();
    await until(() => closed === 1 && dialer.isFree);
    await assertRejects(() => answer.read(), LinkFault);
    assertEquals(await wholeOf(await freshAnswer(dialer)), await wholeOf(answerReader(2 * LINK_WINDOW_BYTES)));
  }
});

function freshAnswer(link: { ask(request: typeof BLOB): { read(): Promise<Uint8Array<ArrayBuffer> | undefined> } }) {
  return Promise.resolve(link.ask(BLOB));
}

function answerReader(length: number) {
  let isRead = false;
  return {
    read: () => {
      const piece = isRead ? undefined : someBytes(length);
      isRead = true;
      return Promise.resolve(piece);
    },
  };
}

Deno.test("beyond the limit of requests, the other end refuses, and this end does not ask", async () => {
  const gate = Promise.withResolvers<never>();
  gate.promise.catch(() => {});
  await using ends = new LinkEnds({}, { serve: () => gate.promise });
  const { dialer } = await ends.open();
  const answers = Array.from({ length: MAX_LINK_REQUESTS }, () => dialer.ask(BLOB));
  assert(!dialer.isFree);
  try {
    dialer.ask(BLOB);
    assert(false);
  } catch (error) {
    assertEquals((error as RequestRefused).reason, "busy");
  }
  gate.reject(new RequestRefused("missing"));
  for (const answer of answers) await assertRejects(() => answer.read(), RequestRefused);
  assert(dialer.isFree);
});

Deno.test("a link that ends in the middle of answers fails all requests, and closes what they read", async () => {
  let closed = 0;
  const source = () => answerOf(someBytes(2 * LINK_WINDOW_BYTES), { close: () => void closed++ });
  await using ends = new LinkEnds({}, { serve: () => Promise.resolve(source()) });
  const { dialer, listener } = await ends.open();
  const answers = [dialer.ask(BLOB), dialer.ask(BLOB)];
  await answers[0]!.read();
  await answers[1]!.read();
  ends.dialer.close();
  for (const answer of answers) assertEquals((await assertRejects(() => answer.read(), LinkFault)).kind, "closed");
  await listener.closed;
  await until(() => closed === 2);
  assertEquals(ends.clock.timers, 0);
  assertEquals(dialer.note({ type: "left", call: "c", stream: 0 }), false);
});

Deno.test("an end that is silent is given up, and one that lives stays", async () => {
  await using ends = new LinkEnds();
  const { dialer, listener } = await ends.open();
  for (let ms = 0; ms < 2 * LINK_SILENCE_MS; ms += LINK_BEAT_MS) {
    const sent = ends.there.sent.length + ends.back.sent.length;
    ends.clock.advance(LINK_BEAT_MS);
    await until(() => ends.there.sent.length + ends.back.sent.length === sent + 2);
    await Promise.all([ends.there.idle(), ends.back.idle()]);
  }
  assert(dialer.isOpen && listener.isOpen);
  ends.there.meddle = () => [];
  ends.clock.advance(LINK_SILENCE_MS);
  assertEquals((await listener.closed).kind, "silent");
});

Deno.test("an answer that stops is given up in time, unless its reader is the one who waits", async () => {
  const never = Promise.withResolvers<number>();
  let reads = 0;
  const source = answerOf(someBytes(100), {
    size: 200,
    read: (_, buffer) => ++reads === 1 ? Promise.resolve(buffer.subarray(0, 100).length) : never.promise,
  });
  await using ends = new LinkEnds({}, { serve: () => Promise.resolve(source) });
  const { dialer } = await ends.open();
  const answer = dialer.ask(BLOB);
  await until(() => answer.isUnread);
  await pass(ends, LINK_STALL_MS + LINK_BEAT_MS);
  assertEquals((await answer.read())?.length, 100);
  await pass(ends, LINK_STALL_MS + LINK_BEAT_MS);
  assertEquals((await assertRejects(() => answer.read(), LinkFault)).kind, "silent");
  assert(dialer.isOpen);
  never.resolve(0);
});

/** Lets time pass while both ends live. */
async function pass(ends: LinkEnds, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += LINK_BEAT_MS) {
    const sent = [ends.there.sent.length, ends.back.sent.length];
    ends.clock.advance(LINK_BEAT_MS);
    await until(() => ends.there.sent.length > sent[0]! && ends.back.sent.length > sent[1]!);
    await Promise.all([ends.there.idle(), ends.back.idle()]);
  }
}

Deno.test("notes of all kinds arrive in order, with their bytes", async () => {
  const member = { id: "0190c3a1-7000-7000-8000-000000000000", name: "ada" };
  const sent: LinkNote[] = [
    // A confirmation may overtake other notes.
    { type: "got", call: "c", of: "sound", stream: 2, time: 0xffff_ffff },
    { type: "media", call: "c", bytes: someBytes(50_000) },
    { type: "demand", call: "c", to: 3, bytes: Uint8Array.of(1) },
    { type: "entered", call: "c", stream: 0 },
    { type: "left", call: "c", stream: 1 },
    { type: "signal", sessions: [2 ** 32 + 1, 2 ** 40], event: { type: "typing", room: "lobby", member } },
  ];
  const notes: LinkNote[] = [];
  await using ends = new LinkEnds({}, { notes });
  const { dialer } = await ends.open();
  for (const note of sent) assert(dialer.note(note));
  await until(() => notes.length === sent.length);
  assertEquals(notes, sent);
});

Deno.test("notes to an end that does not read are dropped at a bound, and what is read first goes on", async () => {
  const notes: LinkNote[] = [];
  await using ends = new LinkEnds({}, { notes });
  const { dialer } = await ends.open();
  const stalled = Promise.withResolvers<void>();
  ends.there.stalled = stalled.promise;
  const note = { type: "media", call: "c", bytes: new Uint8Array(40_000) } as const;
  let taken = 0;
  while (dialer.note(note)) taken++;
  assert(taken * 40_000 <= MAX_LINK_NOTE_BYTES + 40_000, `${taken} notes`);
  const answer = dialer.ask(BLOB);
  ends.there.stalled = undefined;
  stalled.resolve();
  await wholeOf(answer);
  await until(() => notes.length === taken);
  assert(dialer.note(note));
});

Deno.test("a server that breaks the rules of answers loses its link", async () => {
  const frames = [
    encodeLinkFrame({ type: "answer", id: 7, size: 1 }),
    encodeLinkFrame({ type: "piece", id: 1, bytes: new Uint8Array(1) }),
    encodeLinkFrame({ type: "end", id: 1 }),
    encodeLinkFrame({ type: "beat", id: 0 }).subarray(1),
    Uint8Array.of(99, 0, 0, 0, 0),
    new Uint8Array(0),
  ];
  for (const frame of frames) {
    await using ends = new LinkEnds({}, { serve: () => Promise.withResolvers<never>().promise });
    const { dialer } = await ends.open();
    const answer = dialer.ask(BLOB);
    try {
      dialer.take(frame);
      assert(false, "taken");
    } catch (error) {
      assertEquals((error as LinkFault).kind, "invalid");
    }
    answer.cancel();
  }
});

Deno.test("an answer longer than it says, or sent before it was granted, ends the link", async () => {
  await using ends = new LinkEnds({}, { serve: () => Promise.withResolvers<never>().promise });
  const { dialer } = await ends.open();
  const first = dialer.ask(BLOB);
  dialer.take(encodeLinkFrame({ type: "answer", id: 1, size: 2 }));
  try {
    dialer.take(encodeLinkFrame({ type: "piece", id: 1, bytes: new Uint8Array(3) }));
    assert(false, "taken");
  } catch (error) {
    assertEquals((error as LinkFault).kind, "invalid");
  }
  first.cancel();
  const second = dialer.ask(BLOB);
  dialer.take(encodeLinkFrame({ type: "answer", id: 2, size: 10 * LINK_WINDOW_BYTES }));
  dialer.take(encodeLinkFrame({ type: "piece", id: 2, bytes: new Uint8Array(LINK_WINDOW_BYTES) }));
  try {
    dialer.take(encodeLinkFrame({ type: "piece", id: 2, bytes: new Uint8Array(1) }));
    assert(false, "taken");
  } catch (error) {
    assertEquals((error as LinkFault).kind, "invalid");
  }
  second.cancel();
});
