import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { setImmediate } from "node:timers";
import type { detectDialect } from "../../../src/framing/dialect.ts";
import { FAULTS_PAUSE_MS } from "../../../src/protocol/limits.ts";
import { parseEvent } from "../../../src/protocol/messages/validate.ts";
import { WELL_FORMED } from "../../helpers/any_text.ts";
import { Random } from "../../helpers/random.ts";
import { SAMPLE_EVENTS } from "../../helpers/sample_events.ts";
import { Stage } from "../../server/stage.ts";
import { byteString, hash, pure, type Target, toBytes } from "../target.ts";
import { assertHarmless, few } from "./checks.ts";
import { FuzzedConnection, FuzzedListener } from "./fuzzed_connection.ts";

const STARTS = [
  "{",
  " {",
  "\ufeff{",
  "\r\n",
  "GET / HTTP/1.1\r\n",
  "GET / HTTP/1.1\r\nHost: [::1]:5050\r\n\r\n",
  "POST /x HTTP/1.0\n\n",
  "patch / HTTP/1.1\r\nHost: x\r\n\r\n",
  "\r\n \r\nM-SEARCH * http/2.0\r\n\r\n",
  "Host: x\r\n",
  "EHLO x\r\n",
  "ada\n",
  "\n",
  "\xff\xfd\x03",
  "[",
];
/** The first bytes of the input. */
const MAX_BYTES = 2_000;
const TURNS_TO_A_STANDSTILL = 100;
const JOIN = '{"type":"join","room":"lobby","name":"ada"}\n';
const SAID = '{"type":"message","room":"lobby","text":"hi","ref":"1"}\n';

export const FIRST_BYTES: Target = {
  name: "first-bytes",
  gateInputs: 700,
  bytes: true,
  words: [...STARTS, JOIN, SAID, "/help\n", "/who\n", "/quit\n", "/history 5\n", '{"type":"ping","ref":"1"}\n'],
  arbitrary: fc.tuple(fc.constantFrom(...STARTS), fc.array(fc.oneof(WELL_FORMED, samples()), { maxLength: 6 }))
    .map(([start, lines]) => byteString(`${start}${lines.join("\n")}\n`)),
  open: pure(run),
};

function samples(): fc.Arbitrary<string> {
  const replies = SAMPLE_EVENTS.map((event) => JSON.stringify(event));
  return fc.constantFrom(...replies, JOIN, SAID, "/who", "/topic tea", "/msg ada hi", "/search hi");
}

/** A whole server gets these bytes first, split anywhere: it keeps running, and replies in the dialect of the bytes. */
async function run(input: string): Promise<string> {
  const bytes = toBytes(input.slice(0, MAX_BYTES));
  const whole = await outputFor([bytes]);
  const random = new Random(hash(input));
  const cuts = Array.from({ length: 3 }, () => random.between(0, bytes.length)).sort((a, b) => a - b);
  const pieces = [...cuts, bytes.length].map((end, index) => bytes.slice(cuts[index - 1] ?? 0, end));
  const cut = await outputFor(pieces.filter(({ length }) => length > 0));
  assertEquals(dialectOf(cut), dialectOf(whole));
  return `${dialectOf(whole)}, ${check(whole, bytes)}`;
}

async function outputFor(chunks: readonly Uint8Array[]): Promise<string> {
  const connection = new FuzzedConnection(chunks);
  await using stage = new Stage();
  stage.server.listen(new FuzzedListener(connection));
  for (let turn = 1; stage.server.statistics.accepted === 0 || stage.server.snapshot().connections > 0; turn++) {
    // After too many refused lines the server pauses reading, long after the first bytes.
    stage.timers.advance(turn % TURNS_TO_A_STANDSTILL === 0 ? FAULTS_PAUSE_MS : 0);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assertEquals(stage.logged.filter((line) => /"(error|internal error)"/.test(line)), []);
  return connection.said;
}

type Dialect = ReturnType<typeof detectDialect> | "nothing";

function dialectOf(output: string): Dialect {
  if (output === "") return "nothing";
  if (output.startsWith("{")) return "json";
  return output.startsWith("HTTP/1.1 ") ? "http" : "plain";
}

/** Returns the replies, in the dialect of the first line if there is one. */
function check(output: string, bytes: Uint8Array): string {
  const first = firstLine(bytes);
  if (first !== undefined) assertEquals(dialectOf(output), meant(first, bytes), JSON.stringify(first));
  const lines = output.split("\n");
  assert(lines.pop() === "", "Half a line is sent");
  if (dialectOf(output) === "plain") lines.forEach(assertHarmless);
  if (dialectOf(output) === "json") {
    for (const line of lines) {
      assert(parseEvent(JSON.parse(line)) !== undefined, line);
    }
  }
  return `${few(lines.length)} lines`;
}

/** Detects the dialect without the code under test. An unfinished request head gets no reply. */
function meant(first: string, bytes: Uint8Array): Dialect {
  const words = first.split(/\s/).filter((word) => word !== "");
  if (!words.at(-1)?.toUpperCase().startsWith("HTTP/")) return first.trimStart().startsWith("{") ? "json" : "plain";
  const text = String.fromCharCode(...withoutBlanks(bytes));
  return /\n\r*\n/.test(text) ? "http" : "nothing";
}

/** Returns the bytes from the first non-blank one. */
function withoutBlanks(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => ![0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20].includes(byte));
  return start < 0 ? new Uint8Array() : bytes.subarray(start);
}

/** Returns `undefined` if it is invalid or missing. */
function firstLine(all: Uint8Array): string | undefined {
  const bytes = withoutBlanks(all);
  const end = bytes.indexOf(0x0a);
  if (end < 0) return undefined;
  try {
    const line = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, end));
    return line.replace(/\r$/, "");
  } catch {
    return undefined;
  }
}
