import { assert, assertEquals, assertRejects } from "@std/assert";
import { LinkFault } from "../../../src/cluster/link/wire/link_fault.ts";
import { LINK_PROOF_MS } from "../../../src/protocol/limits.ts";
import { type Bytes, KEY, LinkEnds, type Meddle, until } from "./link_ends.ts";

const NOTE = { type: "entered", call: "c", stream: 1 } as const;

Deno.test("two servers with the same key and cluster prove it to each other, and each knows the other's incarnation", async () => {
  await using ends = new LinkEnds();
  const { dialer, listener } = await ends.open();
  assertEquals([dialer.other, listener.other], [2, 1]);
  assertEquals([...ends.there.sent, ...ends.back.sent].map(({ length }) => length), [33, 24, 33, 24]);
});

Deno.test("a server that is not in the cluster yet may link to any", async () => {
  await using ends = new LinkEnds({ own: 0, expected: 0 });
  const { dialer, listener } = await ends.open();
  assertEquals([dialer.other, listener.other], [2, 0]);
});

Deno.test("another key, another cluster, and another server than the one that is meant prove nothing", async () => {
  const other = KEY.with(31, 8) as Bytes;
  const cases = [
    new LinkEnds({ key: other }),
    new LinkEnds({}, { key: other }),
    new LinkEnds({ cluster: "chat2" }),
    new LinkEnds({ expected: 3 }),
    new LinkEnds({ own: 2, expected: 0 }),
  ];
  for (const ends of cases) {
    const fault = await assertRejects(() => ends.listener.link, LinkFault);
    assertEquals(fault.kind, "proof");
    await assertRejects(() => ends.dialer.link, LinkFault);
    // The listener has told nothing but random bytes.
    assertEquals(ends.back.sent.map(({ length }) => length), [33]);
    assertEquals(ends.clock.timers, 0);
  }
});

Deno.test("frames that were recorded prove nothing on another connection", async () => {
  await using recorded = new LinkEnds();
  const { dialer } = await recorded.open();
  dialer.note(NOTE);
  await until(() => recorded.there.sent.length === 3);
  const notes: never[] = [];
  await using replayed = new LinkEnds({}, { notes }, { there: (_, nth) => nth === 0 ? recorded.there.sent : [] });
  assertEquals((await assertRejects(() => replayed.listener.link, LinkFault)).kind, "proof");
  assertEquals(notes, []);
});

Deno.test("an end that sends back what it gets proves nothing", async () => {
  const back: Bytes[] = [];
  await using ends = new LinkEnds({}, {}, {
    there: (frame) => {
      back.push(frame);
      void ends.back.sink?.take(frame);
      return [];
    },
  });
  assertEquals((await assertRejects(() => ends.dialer.link, LinkFault)).kind, "proof");
  assertEquals(back.length, 2);
});

Deno.test("a server that is passed on to itself notices it", async () => {
  await using ends = new LinkEnds({ own: 2, expected: 0 }, { own: 2 });
  assertEquals((await assertRejects(() => ends.listener.link, LinkFault)).message, "The server has dialed itself");
});

Deno.test("each first frame that is changed, cut, longer or missing ends the connection", async () => {
  const changes: ((frame: Bytes) => Bytes[])[] = [
    (frame) => [frame.subarray(1)],
    (frame) => [frame.subarray(0, -1)],
    (frame) => [new Uint8Array([...frame, 0])],
    (frame) => [frame, frame],
    () => [new Uint8Array(0)],
    () => [new Uint8Array(60_000)],
    (frame) => [frame.with(0, frame[0]! ^ 1) as Bytes],
    (frame) => [frame.with(-1, frame.at(-1)! ^ 0x80) as Bytes],
  ];
  for (const nth of [0, 1]) {
    for (const direction of ["there", "back"] as const) {
      for (const change of changes) {
        const meddle: Meddle = (frame, at) => at === nth ? change(frame) : [frame];
        await using ends = new LinkEnds({}, {}, { [direction]: meddle });
        await Promise.allSettled([ends.dialer.link, ends.listener.link]);
        await until(() => ends.there.closed && ends.back.closed);
      }
    }
  }
});

Deno.test("after the proof, a frame that is changed, repeated, left out or out of order ends the link", async () => {
  const held: Bytes[] = [];
  const changes: Meddle[] = [
    (frame) => [frame.with(0, frame[0]! ^ 1) as Bytes],
    (frame) => [frame.subarray(0, -1)],
    (frame) => [frame, frame],
    (frame, nth) => nth === 2 ? [] : [frame],
    (frame) => held.push(frame) === 1 ? [] : held.splice(0).reverse(),
  ];
  for (const change of changes) {
    const notes: never[] = [];
    await using ends = new LinkEnds({}, { notes }, { there: (frame, nth) => nth < 2 ? [frame] : change(frame, nth) });
    const { dialer, listener } = await ends.open();
    for (let sent = 0; sent < 3; sent++) {
      dialer.note(NOTE);
      await until(() => ends.there.sent.length === 3 + sent || !dialer.isOpen);
    }
    assertEquals((await listener.closed).kind, "forged");
    assert(notes.length <= 1);
  }
});

Deno.test("every bit of a sealed frame counts", async () => {
  await using recorded = new LinkEnds();
  const { dialer } = await recorded.open();
  dialer.note(NOTE);
  await until(() => recorded.there.sent.length === 3);
  const bits = 8 * recorded.there.sent[2]!.length;
  for (let bit = 0; bit < bits; bit += 7) {
    await using ends = new LinkEnds({}, {}, {
      there: (frame, nth) => [nth < 2 ? frame : frame.with(bit >> 3, frame[bit >> 3]! ^ (1 << (bit & 7))) as Bytes],
    });
    const opened = await ends.open();
    opened.dialer.note(NOTE);
    assertEquals((await opened.listener.closed).kind, "forged");
  }
});

Deno.test("an end that proves nothing in time is given up", async () => {
  await using ends = new LinkEnds({}, {}, { there: () => [] });
  ends.clock.advance(LINK_PROOF_MS - 1);
  assert(!ends.back.closed);
  ends.clock.advance(1);
  assertEquals((await assertRejects(() => ends.listener.link, LinkFault)).kind, "silent");
  assertEquals(ends.clock.timers, 0);
});
