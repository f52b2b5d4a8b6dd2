import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { MEDIA_SIGNATURE_BYTES, MEDIA_TYPES, mediaTypeOf } from "../../../src/protocol/files/media_types.ts";
import { pure, type Target, toBytes } from "../target.ts";

const STARTS = [
  "\x89PNG\r\n\x1a\n",
  "RIFF\0\0\0\0WEBPVP8",
  "OggS\0",
  "\0\0\0\x20ftyp",
  "\x1a\x45\xdf\xa3",
  "\xff\xfb\x90\0",
];

export const MEDIA: Target = {
  name: "media-types",
  gateInputs: 5_000,
  words: [
    ...STARTS,
    "GIF89a",
    "%PDF-",
    "\xff\xd8\xff",
    "isom",
    "\x42\x82\x84webm",
    "OpusHead",
    "ID3",
    "<svg",
    "<script>",
  ],
  arbitrary: fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 200 }),
  bytes: true,
  open: pure(run),
};

/** Any bytes have exactly one type, which what follows the first bytes does not change. Markup has none. */
function run(input: string): string {
  const bytes = toBytes(input);
  const media = mediaTypeOf(bytes);
  assert(MEDIA_TYPES.includes(media));
  const longer = new Uint8Array(MEDIA_SIGNATURE_BYTES + 100);
  longer.set(bytes.subarray(0, MEDIA_SIGNATURE_BYTES));
  const padded = mediaTypeOf(longer.subarray(0, MEDIA_SIGNATURE_BYTES));
  longer.fill(0x3c, MEDIA_SIGNATURE_BYTES);
  assertEquals(mediaTypeOf(longer), padded);
  if (/^\s*</.test(input)) assertEquals(media, "application/octet-stream");
  return media;
}
