import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { LinkFault } from "../../../src/cluster/link/wire/link_fault.ts";
import { decodeLinkFrame, encodeLinkFrame, type LinkFrame } from "../../../src/cluster/link/wire/link_frames.ts";
import { type Bytes, LinkEnds, until } from "../../cluster/link/link_ends.ts";
import { pure, type Target, toBytes } from "../target.ts";
import { assertUnpolluted } from "./checks.ts";

const SHA256 = "A".repeat(43);
const MEMBER = { id: "0190c3a1-7000-7000-8000-000000000000", name: "ada" };

/** One frame of each type, and the kinds of requests and notes. */
const SAMPLES: readonly LinkFrame[] = [
  { type: "request", id: 1, request: { ask: "snapshot" } },
  { type: "request", id: 2, request: { ask: "blob", sha256: SHA256 } },
  { type: "request", id: 3, request: { ask: "hold", sha256: SHA256, size: 5 } },
  { type: "request", id: 4, request: { ask: "status" } },
  { type: "request", id: 5, request: { ask: "remove", server: 3 } },
  { type: "answer", id: 1, size: 9 },
  { type: "piece", id: 1, bytes: Uint8Array.of(1, 2, 3) },
  { type: "end", id: 1, sha256: SHA256 },
  { type: "refuse", id: 1, reason: "busy" },
  { type: "credit", id: 1, bytes: 65_536 },
  { type: "cancel", id: 1 },
  { type: "note", id: 0, note: { type: "media", call: "c", bytes: Uint8Array.of(1, 0, 0, 0, 0, 0) } },
  { type: "note", id: 0, note: { type: "demand", call: "c", to: 3, bytes: Uint8Array.of(3) } },
  { type: "note", id: 0, note: { type: "got", call: "c", of: "video", stream: 1, time: 7 } },
  { type: "note", id: 0, note: { type: "entered", call: "c", stream: 1 } },
  {
    type: "note",
    id: 0,
    note: { type: "signal", sessions: [2 ** 32 + 1], event: { type: "typing", room: "r", member: MEMBER } },
  },
  { type: "beat", id: 0 },
];
const FRAMES = SAMPLES.map((frame) => String.fromCharCode(...encodeLinkFrame(frame)));
const ANY_BYTES = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 200 });

export const LINK_FRAMES: Target = {
  name: "link-frames",
  gateInputs: 3_000,
  bytes: true,
  words: [...FRAMES, '{"ask":"', '"__proto__":{"size":1}', "\x07\0\0\0\x01", "\x08\0\0\0\0\0\x02{}"],
  arbitrary: fc.tuple(fc.constantFrom(...FRAMES), fc.nat(60), ANY_BYTES)
    .map(([frame, at, bytes]) => frame.slice(0, at) + bytes),
  open: pure(runFrame),
};

/** Any bytes are a frame that is encoded to one which means the same, or a fault of the other server. */
function runFrame(input: string): string {
  const bytes = toBytes(input);
  const before = bytes.slice();
  let frame: LinkFrame;
  try {
    frame = decodeLinkFrame(bytes);
  } catch (error) {
    assert(error instanceof LinkFault && error.kind === "invalid", String(error));
    return error.message;
  } finally {
    assertEquals(bytes, before);
    assertUnpolluted();
  }
  assertEquals(decodeLinkFrame(encodeLinkFrame(frame)), frame);
  return frame.type;
}

/** The frames of a link that was recorded: `A` to `C` stand for them. */
const HELLO = "\x01" + "h".repeat(32);
const PROOF = "p".repeat(24);

export const LINK_PROOFS: Target = {
  name: "link-proofs",
  gateInputs: 400,
  bytes: true,
  words: [HELLO, PROOF, `${HELLO}\n${PROOF}`, "\n", "\x01", "\x02", "B", "C"],
  arbitrary: fc.array(fc.oneof(fc.constantFrom(HELLO, PROOF, "A", "B", "C"), ANY_BYTES), { maxLength: 5 })
    .map((frames) => frames.join("\n")),
  open: openProofs,
};

/** A listener gets a frame a line from an end without the key: `A`, `B` and `C` are the frames of another link. It opens no link. */
function openProofs() {
  let recording: Promise<readonly Bytes[]> | undefined;
  return {
    async run(input: string): Promise<string> {
      const recorded = await (recording ??= record());
      const frames = input.split("\n", 6).map((line) => recorded["ABC".indexOf(line)] ?? toBytes(line));
      await using ends = new LinkEnds({}, {}, { there: (_, nth) => nth === 0 ? frames : [] });
      let isOpen = false;
      const opened = ends.listener.link.then(() => isOpen = true, () => {});
      await ends.there.idle();
      const sent = ends.back.sent.map(({ length }) => length);
      assert(sent.length <= 1 && sent.every((length) => length === 33), String(sent));
      const isClosed = ends.back.closed;
      ends.listener.close();
      await opened;
      assert(!isOpen, "A link is open");
      return `${sent.length} answers, ${isClosed ? "ends" : "waits"}`;
    },
  };
}

/** The frames of a dialer with the key. */
async function record(): Promise<readonly Bytes[]> {
  await using ends = new LinkEnds();
  const { dialer } = await ends.open();
  dialer.note({ type: "entered", call: "c", stream: 1 });
  await until(() => ends.there.sent.length === 3);
  return ends.there.sent.slice(0, 3);
}
