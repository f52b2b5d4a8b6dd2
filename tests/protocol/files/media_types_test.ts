import { assertEquals } from "@std/assert";
import { MEDIA_SIGNATURE_BYTES, type MediaType, mediaTypeOf } from "../../../src/protocol/files/media_types.ts";

/** The bytes whose values are the codes of the characters. */
function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** A first page of Ogg with one segment. */
function ogg(packet: string): string {
  return `OggS\0\x02${"\0".repeat(20)}\x01\x13${packet}`;
}

/** A frame of MP3 with these four bytes at its start, and the start of a second one. */
function mp3(head: string, length: number): string {
  return `${head}${"\0".repeat(length - 4)}${head}`;
}

const SAMPLES: readonly (readonly [MediaType, string])[] = [
  ["image/png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"],
  ["image/jpeg", "\xff\xd8\xff\xe0\0\x10JFIF\0"],
  ["image/gif", "GIF87a\x01\0\x01\0"],
  ["image/gif", "GIF89a\x01\0\x01\0"],
  ["image/webp", "RIFF\x24\0\0\0WEBPVP8 "],
  ["image/webp", "RIFF\x24\0\0\0WEBPVP8L"],
  ["audio/wav", "RIFF\x24\0\0\0WAVEfmt "],
  ["audio/ogg", ogg("OpusHead\x01")],
  ["audio/ogg", ogg("\x01vorbis\0")],
  ["audio/ogg", ogg("\x7fFLAC\x01")],
  ["audio/mpeg", "ID3\x04\0\0\0\0\0\0"],
  // 128 kbit/s and 44,100 Hz, then with padding, then MPEG 2 with 64 kbit/s and 22,050 Hz.
  ["audio/mpeg", mp3("\xff\xfb\x90\x64", 417)],
  ["audio/mpeg", mp3("\xff\xfb\x92\x64", 418)],
  ["audio/mpeg", mp3("\xff\xf3\x80\x64", 208)],
  ["video/mp4", "\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41"],
  ["video/mp4", "\0\0\0\x18ftypmp42\0\0\0\0mp42isom"],
  [
    "video/webm",
    "\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm",
  ],
  ["application/pdf", "%PDF-1.7\n"],
];

Deno.test("each kind of media is found by its first bytes", () => {
  for (const [media, text] of SAMPLES) assertEquals(mediaTypeOf(bytes(text)), media, JSON.stringify(text));
});

Deno.test("a signature that is cut off at any byte is no media", () => {
  const shortest = new Map(SAMPLES.map(([media, text]) => [media, text]));
  for (const [media, text] of shortest) {
    const whole = Array.from(text).findIndex((_, length) => mediaTypeOf(bytes(text.slice(0, length))) === media);
    for (let length = 0; length < Math.max(whole, 0); length++) {
      assertEquals(mediaTypeOf(bytes(text.slice(0, length))), "application/octet-stream", `${media} after ${length}`);
    }
  }
});

Deno.test("scripts, documents of scripts, relatives of media and other files are of no checked type", () => {
  const others = [
    "",
    "hello",
    "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "<?xml version='1.0'?><svg/>",
    "<!DOCTYPE html><script>alert(1)</script>",
    "\n%PDF-1.7",
    "PK\x03\x04",
    "\x7fELF\x02\x01\x01",
    "MZ\x90\0",
    "RIFF\x24\0\0\0AVI LIST",
    "RIFF\x24\0\0\0WEBP<svg",
    ogg("\x80theora"),
    ogg("fishead\0"),
    "<!--ftypisom--><script>",
    "\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "\0\0\0\x18ftypavif\0\0\0\0mif1avif",
    "\0\0\0\x14ftypqt  \0\0\0\0qt  ",
    "\0\0\0\x18ftypM4A \0\0\0\0mp42isom",
    "\x1a\x45\xdf\xa3\xa3\x42\x86\x81\x01\x42\x82\x88matroska",
    // One frame of MP3 without a second one, layer II, a reserved version, a forbidden bit rate, and a byte order mark.
    `\xff\xfb\x90\x64${"\0".repeat(500)}`,
    mp3("\xff\xfd\x90\x64", 417),
    mp3("\xff\xeb\x90\x64", 522),
    mp3("\xff\xfb\xf0\x64", 417),
    "\xff\xfea\0b\0",
  ];
  for (const text of others) assertEquals(mediaTypeOf(bytes(text)), "application/octet-stream", JSON.stringify(text));
});

Deno.test("only the first MEDIA_SIGNATURE_BYTES count, in which the longest frame of MP3 fits", () => {
  const text = mp3("\xff\xfb\xe0\x64", 1_044);
  const padded = bytes(text.padEnd(3 * MEDIA_SIGNATURE_BYTES, "x"));
  assertEquals(mediaTypeOf(padded), "audio/mpeg");
  assertEquals(mediaTypeOf(padded.subarray(0, MEDIA_SIGNATURE_BYTES)), "audio/mpeg");
  assertEquals(mediaTypeOf(padded.subarray(1)), "application/octet-stream");
});
