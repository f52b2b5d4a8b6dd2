/**
 * The names of files: what a name on the wire may be, and how a file is called when it is saved. A name never has a folder,
 * and is a hint for people only: the server keeps files under their hashes.
 */

import { ProtocolError } from "../errors.ts";
import { MAX_FILE_NAME_BYTES } from "../limits.ts";
import { quote } from "../text/names.ts";
import { sanitizeLine } from "../text/sanitize.ts";
import { utf8Length } from "../text/utf8_length.ts";
import { isVisible } from "../text/visible.ts";

/** The name of a file whose own name has nothing that can be kept. */
const UNNAMED = "file";
/** UTF-8 bytes of an extension, with its dot, that is kept when a name is cut. */
const MAX_EXTENSION_BYTES = 32;

/**
 * Returns the name unchanged if it may be on the wire: one line that is shown as it is, with something visible, without
 * separators of folders, at most `MAX_FILE_NAME_BYTES` of UTF-8, and not `.` or `..`. Throws `invalid`.
 */
export function parseFileName(raw: string): string {
  const fault = faultOf(raw);
  if (fault === undefined) return raw;
  throw new ProtocolError("invalid", `File name ${quote(raw)} is not valid: ${fault}`);
}

function faultOf(name: string): string | undefined {
  if (name.length > MAX_FILE_NAME_BYTES || utf8Length(name) > MAX_FILE_NAME_BYTES) {
    return `use at most ${MAX_FILE_NAME_BYTES} bytes`;
  }
  if (/[/\\]/.test(name)) return "leave out the folder";
  if (name === "." || name === ".." || !isVisible(name)) return "it names no file";
  if (sanitizeLine(name) !== name) return "leave out control characters, and marks that pile up";
  return undefined;
}

/** Returns the nearest valid name on the wire to the name of a local file, or to any other text. It is in NFC. */
export function wireFileName(raw: string): string {
  const name = cut(sanitizeLine(raw.slice(0, MAX_RAW_CHARS)).normalize("NFC").replace(/[/\\]/g, "_"));
  return faultOf(name) === undefined ? name : UNNAMED;
}

/** Text after it is not read. */
const MAX_RAW_CHARS = 4 * MAX_FILE_NAME_BYTES;

/**
 * Returns a name under which the file can be saved on any system: one that begins with no dot, blank or dash, ends in no
 * dot or blank, and means nothing special to Windows. The caller chooses the folder, and never overwrites a file.
 * `nth` above 1 makes a further name, for when the first ones are taken: `photo (2).jpg`.
 */
export function safeFileName(raw: string, nth = 1): string {
  const suffix = nth > 1 ? ` (${nth})` : "";
  const bare = trimmed(wireFileName(raw).replace(/[<>:"|?*]/g, "_"));
  return cut(withoutMeaning(isVisible(bare) ? bare : UNNAMED), suffix);
}

function trimmed(name: string): string {
  return name.replace(/^[.\s]+|[.\s]+$/gu, "").replace(/^-/, "_");
}

/** Adds an underscore to the names of devices, and `.download` to what Windows opens or obeys unasked. */
function withoutMeaning(name: string): string {
  const harmless = OBEYED.test(name) ? `${name}.download` : name;
  return DEVICE.test(harmless) ? `_${harmless}` : harmless;
}

/** Windows takes these for devices, with any extension ("Naming Files, Paths, and Namespaces", Microsoft Learn). */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$)\s*(?:\.|$)/iu;
/** Looking at a folder is enough for some of these to load something from elsewhere. */
const OBEYED = /^(?:desktop\.ini|thumbs\.db|autorun\.inf)$|\.(?:lnk|url|scf|local|library-ms|search-ms|\{[^.]*\})$/iu;

/** The longest form of the name with `suffix` before its extension that takes at most `MAX_FILE_NAME_BYTES`. */
function cut(name: string, suffix = ""): string {
  if (suffix === "" && utf8Length(name) <= MAX_FILE_NAME_BYTES) return name;
  const extension = extensionOf(name);
  const stem = name.slice(0, name.length - extension.length);
  const bytes = MAX_FILE_NAME_BYTES - utf8Length(suffix) - utf8Length(extension);
  return `${cutStem(stem, bytes)}${suffix}${extension}`;
}

/** The extension with its dot; empty for a name without one, or with one that is too long to be one. */
function extensionOf(name: string): string {
  const dot = name.lastIndexOf(".");
  const extension = dot > 0 ? name.slice(dot) : "";
  return utf8Length(extension) > MAX_EXTENSION_BYTES ? "" : extension;
}

/** Cuts between characters as people see them, and ends in no dot or blank. */
function cutStem(stem: string, maxBytes: number): string {
  if (utf8Length(stem) <= maxBytes) return stem;
  const letters = Array.from(new Intl.Segmenter("en").segment(stem), ({ segment }) => segment);
  const whole = prefixWithin(letters, maxBytes).replace(/[.\s]+$/u, "");
  return whole === "" ? prefixWithin([...stem], maxBytes) : whole;
}

function prefixWithin(parts: readonly string[], maxBytes: number): string {
  let bytes = 0;
  const end = parts.findIndex((part) => (bytes += utf8Length(part)) > maxBytes);
  return parts.slice(0, end < 0 ? undefined : end).join("");
}
