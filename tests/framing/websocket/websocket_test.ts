import { assertEquals } from "@std/assert";
import { JSON_FORMAT } from "../../../src/framing/json_lines.ts";
import { pong, WEBSOCKET_FORMAT, WebSocketJson } from "../../../src/framing/websocket/websocket.ts";
import { type ErrorCode, FATAL_ERROR_CODES } from "../../../src/protocol/errors.ts";
import { SAMPLE_EVENTS } from "../../helpers/sample_events.ts";

interface Sent {
  readonly start: number;
  readonly payload: string;
}

/** The frames, encoded without the code under test. */
function read(bytes: Uint8Array): Sent[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const sent: Sent[] = [];
  for (let at = 0; at < bytes.length;) {
    const start = bytes[at]!;
    const short = bytes[at + 1]!;
    const [header, length] = short < 126
      ? [2, short]
      : short === 126
      ? [4, view.getUint16(at + 2)]
      : [10, Number(view.getBigUint64(at + 2))];
    const payload = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(at + header, at + header + length));
    sent.push({ start, payload });
    at += header + length;
  }
  return sent;
}

Deno.test("each line is one unmasked text frame without its terminator, at any length", () => {
  const lines = ["", "x", "é".repeat(62), "x".repeat(125), "x".repeat(126), "x".repeat(65_535), "x".repeat(65_536)];
  const packed = WEBSOCKET_FORMAT.pack(lines.map((line) => `${line}\n`).join(""));
  assertEquals(read(packed), lines.map((payload) => ({ start: 0x81, payload })));
  assertEquals(read(WEBSOCKET_FORMAT.pack("")), []);
});

Deno.test("every event is one frame of one line of JSON", () => {
  const text = SAMPLE_EVENTS.map((event) => WEBSOCKET_FORMAT.encode(event)).join("");
  const expected = SAMPLE_EVENTS.map((event) => JSON_FORMAT.encode(event).trimEnd());
  assertEquals(read(WEBSOCKET_FORMAT.pack(text)).map(({ payload }) => payload), expected);
});

Deno.test("a pong has the payload of its ping", () => {
  assertEquals(read(pong(new TextEncoder().encode("echo"))), [{ start: 0x8a, payload: "echo" }]);
});

Deno.test("a WebSocket closes with the code of the error that ends it, if any", () => {
  const codes: Partial<Record<ErrorCode, number>> = {
    bad_frame: 1002,
    not_text: 1003,
    bad_utf8: 1007,
    line_too_long: 1009,
  };
  for (const code of ["invalid", ...FATAL_ERROR_CODES] as ErrorCode[]) {
    const codec = new WebSocketJson();
    codec.encode({ type: "error", code, message: "" });
    codec.encode({ type: "goodbye", reason: "refused" });
    const closeCode = codes[code] ?? 1000;
    assertEquals([...codec.ending()], [0x88, 2, closeCode >> 8, closeCode & 0xff], code);
  }
});
