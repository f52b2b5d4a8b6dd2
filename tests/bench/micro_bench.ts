/**
 * The cost of a message at each step inside the server, and of its markup in a client. Usage: deno bench --json -A tests/bench/micro_bench.ts.
 * Prints one JSON object; `avg`, `p75` and the like are nanoseconds.
 */

import { formatText } from "../../src/client/formatting/text_formatter.ts";
import { Hub } from "../../src/core/hub.ts";
import { JSON_LINES } from "../../src/framing/json_lines.ts";
import { LineDecoder } from "../../src/framing/line_decoder.ts";
import { emptyBatch } from "../../src/history/store.ts";
import { openSqliteHistory } from "../../src/history/sqlite/sqlite_history.ts";
import type { RoomMessage } from "../../src/protocol/messages/messages.ts";
import { parseCommand } from "../../src/protocol/messages/validate.ts";
import { newIdSource, newSeed } from "../../src/server/turn/ids.ts";
import { markupMessages } from "./markup_messages.ts";

const ROOM = "lobby";
const MEMBERS = 100;
const BATCH = 20;
const CHUNK_LINES = 200;
const START_MS = Date.parse("2026-01-02T03:04:05.678Z");

const command = { type: "message", room: ROOM, text: "x".repeat(100) } as const;
const line = JSON.stringify(command);
const ids = newIdSource();
let now = START_MS;

Deno.bench("decode a line: JSON and validation", () => {
  JSON_LINES.decode(line);
});

Deno.bench("validate a command", () => {
  parseCommand(command);
});

const message: RoomMessage = {
  type: "message",
  id: ids.next(START_MS),
  room: ROOM,
  seq: 10_000,
  from: { id: ids.next(START_MS), name: "ada" },
  text: command.text,
  at: new Date(START_MS).toISOString(),
};

Deno.bench("encode an event", () => {
  JSON_LINES.encode(message);
});

const formatted = markupMessages(1_000);

Deno.bench("format 1,000 messages, 750 with markup", () => {
  for (const text of formatted) formatText(text);
});

const chunk = new TextEncoder().encode(`${line}\n`.repeat(CHUNK_LINES));

const decoder = new LineDecoder();

Deno.bench(`split ${CHUNK_LINES} lines of a chunk`, () => {
  decoder.push(chunk);
});

const hub = new Hub({
  server: { id: "bench", name: "Bench", version: "0" },
  rate: undefined,
  seed: newSeed(),
});
for (let session = 0; session < MEMBERS; session++) {
  hub.open(session, { resumable: true }, START_MS);
  hub.handle(session, { type: "join", room: ROOM, name: `member${session}`, newToken: `token ${session}` }, START_MS);
}

Deno.bench(`hub: a message to ${MEMBERS} members`, () => {
  hub.handle(0, command, now++);
});

Deno.bench(`image of a hub with ${MEMBERS} members`, () => {
  hub.image();
});

const folder = Deno.makeTempDirSync({ prefix: "confab-bench-" });
const history = openSqliteHistory({ folder });
history.append({ ...emptyBatch(), rooms: [{ id: ids.next(now), name: ROOM, topic: "" }] });
let seq = 0;
addEventListener("unload", () => {
  history.close();
  Deno.removeSync(folder, { recursive: true });
});

Deno.bench(`SQLite: append a batch of ${BATCH}`, (bench) => {
  const messages = Array.from({ length: BATCH }, () => ({
    message: { ...message, id: ids.next(++now), seq: ++seq },
    ref: undefined,
  }));
  bench.start();
  history.append({ ...emptyBatch(), messages });
  bench.end();
});
