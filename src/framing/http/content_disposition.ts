/** The header that has a browser save a file under its name: RFC 6266, with names as in RFC 8187. */

/** Characters that a quoted name may not have, or that some browsers take for an escape. */
const UNSAFE = /[^\x20-\x7e]|["\\%]/gu;
/** Characters that `encodeURIComponent` leaves, and RFC 8187 does not. */
const UNESCAPED = /['()*]/g;

/** The value of `Content-Disposition` for a file to be saved under this name, for old browsers with `_` for other letters. */
export function attachmentNamed(name: string): string {
  const text = name.toWellFormed();
  const escaped = encodeURIComponent(text).replace(UNESCAPED, escapeChar);
  return `attachment; filename="${text.replace(UNSAFE, "_")}"; filename*=UTF-8''${escaped}`;
}

function escapeChar(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}
