import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { toText } from "@std/streams/to-text";
import { decodeForeign, toUtf8 } from "../../../src/cli/platform/foreign_text.ts";

const TEXT = "first \u00e9\r\n\u65e5\u672c \u{1f600}\n";

function utf16(text: string, littleEndian: boolean): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(2 * text.length);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < text.length; index++) view.setUint16(2 * index, text.charCodeAt(index), littleEndian);
  return bytes;
}

const ENCODED: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  "UTF-8": new TextEncoder().encode(TEXT),
  "UTF-8 with a mark": new TextEncoder().encode(`\ufeff${TEXT}`),
  "UTF-16LE": utf16(`\ufeff${TEXT}`, true),
  "UTF-16BE": utf16(`\ufeff${TEXT}`, false),
};

async function converted(...chunks: readonly Uint8Array<ArrayBuffer>[]): Promise<string> {
  return await toText(ReadableStream.from(chunks).pipeThrough(toUtf8()).pipeThrough(new TextDecoderStream()));
}

Deno.test("a text is the same in UTF-8 and UTF-16, with and without a byte order mark", () => {
  for (const [encoding, bytes] of Object.entries(ENCODED)) {
    assertEquals([encoding, decodeForeign(bytes)], [encoding, TEXT]);
  }
  assertEquals(decodeForeign(new Uint8Array()), "");
});

Deno.test("a stream is converted to UTF-8, wherever its chunks end", async () => {
  for (const [encoding, bytes] of Object.entries(ENCODED)) {
    for (let end = 0; end <= bytes.length; end++) {
      assertEquals([encoding, await converted(bytes.slice(0, end), bytes.slice(end))], [encoding, TEXT]);
    }
    assertEquals([encoding, await converted(...Array.from(bytes, (byte) => Uint8Array.of(byte)))], [encoding, TEXT]);
  }
  assertEquals(await converted(), "");
});

Deno.test("bytes that begin like a mark pass unchanged", async () => {
  for (const bytes of [[0xef], [0xef, 0xbb], [0xef, 0xbb, 0x41], [0xff], [0xfe, 0x41], [0x80, 0x00]]) {
    const stream = ReadableStream.from([Uint8Array.from(bytes)]).pipeThrough(toUtf8());
    assertEquals(Array.from(await new Response(stream).bytes()), bytes);
  }
});

Deno.test("the first line of a pipe is not held back for a mark", async () => {
  const { readable, writable } = toUtf8();
  const writer = writable.getWriter();
  const reader = readable.getReader();
  const written = writer.write(new TextEncoder().encode("a"));
  assertEquals((await reader.read()).value, Uint8Array.of(0x61));
  await written;
  await Promise.all([writer.close(), reader.cancel()]);
});

Deno.test("an invalid text is refused with the name of its encoding", async () => {
  assertThrows(() => decodeForeign(Uint8Array.of(0x80)), Error, "it is not valid UTF-8");
  assertThrows(() => decodeForeign(Uint8Array.of(0xff, 0xfe, 0x41)), Error, "it is not valid UTF-16");
  await assertRejects(() => converted(Uint8Array.of(0xff, 0xfe, 0x00, 0xd8)), Error, "it is not valid UTF-16");
});
