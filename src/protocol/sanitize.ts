/** What keeps one person's text from drawing on another's terminal. Every view of it goes through here. */

/** C0 but tab and line feed, DEL, C1, the bidi controls, line and paragraph separators, interlinear marks. */
const UNSAFE = /(?![\t\n])[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

/** Makes control characters visible and harmless: C0 and DEL become their control pictures, the rest U+FFFD. Keeps tab and LF. */
export function sanitize(text: string): string {
  const lines = text.includes("\r") ? text.replaceAll("\r\n", "\n") : text;
  return lines.replace(UNSAFE, (char) => {
    const code = char.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "\u2421" : "\ufffd";
  }).toWellFormed();
}

/** Text that is JSON, or stands within it: what `sanitize` makes harmless becomes an escape, and is read back as it was. */
export function escapeInJson(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`).toWellFormed();
}

/** The same for one line: tab and LF become spaces. */
export function sanitizeLine(text: string): string {
  return sanitize(text).replace(/[\t\n]/g, " ");
}
