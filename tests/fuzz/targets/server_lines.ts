import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ServerRoute } from "../../../src/client/link/server_route.ts";
import { withoutPrompt } from "../../../src/client/link/server_link.ts";
import { createPalette } from "../../../src/terminal/render/palette.ts";
import { createTimes } from "../../../src/terminal/render/time_format.ts";
import { initialState } from "../../../src/client/state/client_state.ts";
import { reduceClientState } from "../../../src/client/state/client_state_reducer.ts";
import { show } from "../../../src/terminal/render/view.ts";
import { ack, directMessage, Harness, joined, roomMessage, welcome } from "../../client/harness.ts";
import { WELL_FORMED } from "../../helpers/any_text.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { SAMPLE_EVENTS } from "../../helpers/sample_events.ts";
import { pure, type Target } from "../target.ts";
import { assertHarmlessLine, assertUnpolluted, few } from "./checks.ts";

const EVENTS = [
  ...SAMPLE_EVENTS,
  ...[
    welcome("s-2"),
    { ...welcome(), servers: ["192.0.2.1:5050", "192.0.2.2:5050"] },
    { type: "servers" as const, servers: ["192.0.2.1:5050", "192.0.2.3:5050", "localhost:22", "x".repeat(300), "%"] },
    joined(),
    joined("dev", { seq: 9 }),
    joined("lobby", { seq: 9, missed: 3, truncated: true, last: "i".repeat(99) }),
    { type: "error" as const, ref: "ref-1", code: "id_ahead", message: "set your clock" },
    roomMessage(1),
    roomMessage(2),
    roomMessage(9),
    roomMessage(3, "x", "dev"),
  ],
  ...[directMessage(1), ack("ref-1"), ack("ref-2", 7)],
  {
    type: "conversations" as const,
    conversations: [{ with: directMessage(1).with, seq: 3, mark: { id: "id-1", seq: 1 }, unread: 2 }],
    more: false,
  },
  { type: "mark" as const, room: "lobby", id: "id-2", seq: 2 },
].map((event) => JSON.stringify(event));

export const SERVER_LINES: Target = {
  name: "server-lines",
  gateInputs: 700,
  words: EVENTS.map((event) => `\n${event}\n`),
  arbitrary: fc.array(fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...EVENTS) }, WELL_FORMED), { maxLength: 12 })
    .map((lines) => lines.join("\n")),
  open: pure(run),
};

const IDENTITY = {
  prove: () => Promise.resolve({ key: "k", signature: "s", host: "localhost" }),
  sign: () => Promise.resolve("s"),
};

/** With a chat, whose messages have signatures. */
const WELCOME = { ...welcome(), chat: "s-1", nonce: "n-1" };

const STYLE = { palette: createPalette(false), times: createTimes("UTC") };

/** A whole client gets these lines from a server that has admitted it: it continues or ends, and its output cannot draw. */
async function run(input: string): Promise<string> {
  const lines = input.split("\n").slice(0, 200);
  for (const line of lines) assert(withoutPrompt(line)?.startsWith("{") !== false);
  const verify = ({ text }: { readonly text: string }) => Promise.resolve(text.length % 2 === 0);
  const clock = new FakeClock();
  const route = new ServerRoute({ clock, random: () => 0.5, others: [], changed: () => {} });
  const { harness, server } = await Harness.online({
    ...{ rooms: ["lobby"], identity: IDENTITY, verify, clock, route },
  }, WELCOME);
  harness.client.send({ room: "lobby" }, "hello");
  server.raw(...lines);
  server.close();
  const ended = await harness.until(({ type, ...event }) =>
    type === "status" && "status" in event && (event.status.kind === "waiting" || event.status.kind === "closed")
  );
  harness.clock.advance(100);
  await harness.client.close();
  assertEquals(harness.clock.timers, 0);
  assertUnpolluted();
  const shown = showAll(harness);
  return `${"status" in ended ? ended.status.kind : "?"}, ${few(shown)} lines`;
}

function showAll(harness: Harness): number {
  let day: string | undefined = STYLE.times.day("2026-01-02T00:00:00.000Z");
  let state = initialState;
  let count = 0;
  for (const event of harness.events) {
    const before = state;
    state = reduceClientState(before, event);
    const shown = show({ style: STYLE, place: "lobby", day }, event, state, before);
    shown.lines.forEach((line) => assertHarmlessLine(line.replaceAll("\t", " ")));
    count += shown.lines.length;
    day = shown.day;
  }
  return count;
}
