import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Frame } from "../../../src/framing/frame.ts";
import { FrameDecoder } from "../../../src/framing/frame_decoder.ts";
import { forwardedClient } from "../../../src/framing/http/forwarded.ts";
import { parseNetwork } from "../../../src/protocol/address/network.ts";
import { MAX_HTTP_HEAD_BYTES } from "../../../src/protocol/limits.ts";
import { ProtocolError } from "../../../src/protocol/errors.ts";
import { binaryHeader, IPV4_BODY, SIGNATURE } from "../../helpers/proxy_headers.ts";
import { Random } from "../../helpers/random.ts";
import { hash, pure, type Target, toBytes } from "../target.ts";
import { assertHarmlessLine, cutAnywhere } from "./checks.ts";

const BINARY = String.fromCharCode(...binaryHeader(0x21, 0x11, IPV4_BODY));
const STARTS = [
  "PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n",
  "PROXY TCP6 2001:db8::7 ::1 5 6\r\n",
  "PROXY UNKNOWN\r\n",
  BINARY,
  ...["\x20\x00\0\0", "\x21\x21\0\x24", "\x21\x11\xff\xff", "\x21\x31\0\xd8"].map((fixed) => SIGNATURE + fixed),
  'for=192.0.2.7;by="[::1]:5", for=10.0.0.1',
  "192.0.2.7, 2001:db8::7, 10.0.0.1",
];
const PROXY = "10.0.0.1";
const TOO_LONG = "a head beyond the limit";

export const PROXIED: Target = {
  name: "proxied",
  gateInputs: 1_000,
  bytes: true,
  words: [...STARTS, "::ffff:", "unknown", "_x", "for=", '"', "\\", "HTTP/1.1", "\r\n", "{}\n"],
  arbitrary: fc.tuple(fc.constantFrom(...STARTS), fc.constantFrom("", "{}\n", "GET / HTTP/1.1\r\n\r\n", "\x16\x03\n"))
    .map((parts) => parts.join("")),
  open: pure(run),
};

/** A proxy's bytes give the same frames wherever they are split, and headers name valid addresses, or say why they do not. */
function run(input: string): string {
  const bytes = toBytes(input);
  const whole = framesOf([bytes]);
  assertEquals(framesOf(cutAnywhere(bytes, new Random(hash(input)))), whole);
  if (bytes.length <= 200) assertEquals(framesOf(Array.from(bytes, (byte) => Uint8Array.of(byte))), whole);
  const line = input.replaceAll(/[\r\n]/g, " ");
  const clients = ["forwarded", "x-forwarded-for"].map((name) => clientIn(new Map([[name, line]])));
  return [sourceIn(whole), ...clients].join("; ");
}

/** The frames, with the parts of a body left out. How much of a head beyond the limit is kept depends on the split. */
function framesOf(chunks: readonly Uint8Array[]): Frame[] {
  const decoder = new FrameDecoder(true);
  return chunks.flatMap((chunk) => decoder.push(chunk))
    .filter((frame) => typeof frame === "string" || !("type" in frame) || frame.type !== "body")
    .map((frame) => typeof frame === "string" && frame.length > MAX_HTTP_HEAD_BYTES ? TOO_LONG : frame);
}

function sourceIn([first, ...others]: readonly Frame[]): string {
  const at = others.findIndex((frame) => typeof frame === "object" && "source" in frame);
  assertEquals(at, -1, "A header follows the first frame");
  if (typeof first !== "object" || !("source" in first)) return "no header";
  if (first.source instanceof ProtocolError) {
    assertEquals(others, []);
    assertHarmlessLine(first.source.message);
    return first.source.message;
  }
  if (first.source === undefined) return "no address";
  assertAddress(first.source.host);
  assert(first.source.port >= 0 && first.source.port <= 65_535);
  return "an address";
}

function clientIn(headers: ReadonlyMap<string, string>): string {
  const { address, error } = forwardedClient({ headers }, (address) => address === PROXY);
  if (address !== undefined) assertAddress(address);
  return error ?? (address === undefined ? "nobody" : "a client");
}

function assertAddress(text: string): void {
  assert(parseNetwork(text) !== undefined && /^[\d.]+$|^[\da-f:]+$/.test(text), `Not an address: ${text}`);
}
