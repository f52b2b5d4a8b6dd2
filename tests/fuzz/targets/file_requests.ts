import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { detectDialect } from "../../../src/framing/dialect.ts";
import type { Frame } from "../../../src/framing/frame.ts";
import { FrameDecoder } from "../../../src/framing/frame_decoder.ts";
import { chooseRange } from "../../../src/framing/http/range.ts";
import { MAX_HTTP_HEAD_BYTES } from "../../../src/protocol/limits.ts";
import { RequestGuard } from "../../../src/server/request_guard.ts";
import { readFileRequest, type TransferRequest } from "../../../src/server/transfers/file_request.ts";
import { Random } from "../../helpers/random.ts";
import { hash, pure, type Target, toBytes } from "../target.ts";
import { cutAnywhere, few } from "./checks.ts";

const ID = "01900000-0000-7000-8000-000000000001";
const FIELDS = [
  "Host: localhost",
  "Authorization: Bearer abc",
  "Content-Length: 0",
  "Content-Length: 3",
  "Content-Length: 40",
  "Content-Length: 3, 3",
  "Transfer-Encoding: chunked",
  "Content-Type: application/partial-upload",
  "Upload-Offset: 0",
  "Upload-Complete: ?1",
  "Expect: 100-continue",
  "Connection: close",
  "Range: bytes=1-2",
  "Origin: http://localhost",
  "Origin: http://evil.example",
];
const LINES = [
  `PUT /files/${ID} HTTP/1.1`,
  `PATCH /files/${ID} HTTP/1.1`,
  `HEAD /files/${ID} HTTP/1.1`,
  `GET /files/${ID}/secret HTTP/1.1`,
  `GET /files/${ID}/secret HTTP/1.0`,
  `POST /files/${ID} HTTP/1.1`,
  "GET /files/x HTTP/1.1",
];
const SIZE = 40;

export const FILE_REQUESTS: Target = {
  name: "file-requests",
  gateInputs: 1_000,
  bytes: true,
  words: [
    ...FIELDS,
    ...LINES,
    "\r\n",
    "\n",
    "\r\n\r\n",
    "abc",
    "0\r\n\r\n",
    "Content-Length : 3",
    "bytes=-",
    "bytes=0-,1-",
  ],
  arbitrary: fc.array(requests(), { maxLength: 4 }).map((parts) => parts.join("")),
  open: pure(run),
};

function requests(): fc.Arbitrary<string> {
  const fields = fc.subarray(FIELDS);
  const body = fc.constantFrom("", "", "abc", "x".repeat(SIZE), "\r\n");
  return fc.tuple(fc.constantFrom(...LINES), fields, body).map(([line, headers, rest]) =>
    [line, ...headers, "", rest].join("\r\n")
  );
}

/** A request, or a part of a body whose bytes are joined. */
type Shown = string | { readonly bytes: number[]; readonly last: boolean };

/** The frames do not depend on where the bytes are split, and bodies have the length that the reader of requests expects. */
function run(input: string): string {
  const bytes = toBytes(input);
  const whole = framesOf([bytes]);
  assertEquals(framesOf(cutAnywhere(bytes, new Random(hash(input)))), whole);
  if (bytes.length <= 300) assertEquals(framesOf(Array.from(bytes, (byte) => Uint8Array.of(byte))), whole);
  checkRange(input);
  const [first] = whole;
  const heads = typeof first === "string" && detectDialect(first) === "http" ? checkRequests(whole) : [];
  return `${few(heads.length)} requests, first: ${heads[0] ?? "none"}`;
}

function framesOf(chunks: readonly Uint8Array[]): Shown[] {
  const decoder = new FrameDecoder();
  const shown: Shown[] = [];
  for (const frame of chunks.flatMap((chunk) => decoder.push(chunk))) {
    // How much of a head beyond the limit is kept, and how much follows, depends on the split.
    if (typeof frame === "string" && frame.length > MAX_HTTP_HEAD_BYTES) return shown.concat(TOO_LONG);
    add(shown, frame);
  }
  return shown;
}

const TOO_LONG = `GET /${"x".repeat(MAX_HTTP_HEAD_BYTES)} HTTP/1.1`;

function add(shown: Shown[], frame: Frame): void {
  if (typeof frame === "string") return void shown.push(frame);
  if (!("type" in frame) || frame.type !== "body") return void shown.push(JSON.stringify(frame));
  const before = shown.at(-1);
  const part = { bytes: [...frame.bytes], last: frame.last === true };
  if (typeof before !== "object" || before.last) return void shown.push(part);
  shown[shown.length - 1] = { bytes: before.bytes.concat(part.bytes), last: part.last };
}

function checkRequests(frames: readonly Shown[]): string[] {
  const guard = new RequestGuard();
  const kinds: string[] = [];
  for (let index = 0; index < frames.length; index++) {
    const head = frames[index]!;
    if (typeof head !== "string" || head.startsWith("{")) continue;
    const { request, bodyBytes, keeps } = readFileRequest(head, guard);
    const body = frames[index + 1];
    if (typeof body === "object" && body.last) assertEquals(body.bytes.length, bodyBytes);
    const isWhole = bodyBytes === 0 || (typeof body === "object" && body.last);
    const next = frames[bodyBytes === 0 ? index + 1 : index + 2];
    assert(typeof next !== "string" || next.startsWith("{") || (keeps && isWhole), "A request follows the last one");
    kinds.push(kindOf(request));
  }
  return kinds;
}

function kindOf(request: TransferRequest): string {
  return request.type === "refused" ? String(request.response.status) : request.type;
}

function checkRange(header: string): void {
  const choice = chooseRange(header.split(/[\r\n]/, 1)[0], SIZE);
  if (choice.type === "part") assert(0 <= choice.start && choice.start < choice.end && choice.end <= SIZE);
}
