/** Texts that draw on other users' terminals, or hide their content. */

export interface HostileText {
  readonly what: string;
  readonly text: string;
}

const ESC = "\x1b";
const BEL = "\x07";
const ST = `${ESC}\\`;

/** Letters with this number of marks above and below each. */
function zalgo(marks: number): string {
  const heap = (start: number) =>
    Array.from({ length: marks }, (_, index) => String.fromCharCode(0x300 + (start + 7 * index) % 0x70)).join("");
  return Array.from("Zalgo", (letter, index) => letter + heap(13 * index)).join("");
}

/** Characters that programs read and no reader sees. */
function inTags(text: string): string {
  return Array.from(text, (char) => String.fromCodePoint(0xe0000 + char.charCodeAt(0))).join("");
}

/** Each text contains characters that no view may show. */
export const HOSTILE_TEXTS: readonly HostileText[] = [
  { what: "clears the screen (CSI 2J)", text: `${ESC}[2J${ESC}[H` },
  { what: "paints in red (CSI 31m)", text: `${ESC}[31mred${ESC}[0m` },
  { what: "moves the cursor up over older lines (CSI A)", text: `x${ESC}[3A${ESC}[2Kada: I resign` },
  { what: "scrolls a region (CSI r)", text: `${ESC}[1;5r` },
  { what: "asks the terminal to type an answer (CSI 6n)", text: `${ESC}[6n` },
  { what: "asks for the device's attributes (CSI c)", text: `${ESC}[c` },
  { what: "turns on reports of the mouse", text: `${ESC}[?1000h` },
  { what: "switches to the alternate screen", text: `${ESC}[?1049h` },
  { what: "opens a bracketed paste", text: `${ESC}[200~rm -rf /${ESC}[201~` },
  { what: "sets the window's title (OSC 0)", text: `${ESC}]0;owned${BEL}` },
  { what: "hides a link (OSC 8)", text: `${ESC}]8;;https://evil.example${ST}click${ESC}]8;;${ST}` },
  { what: "writes the clipboard (OSC 52)", text: `${ESC}]52;c;cm0gLXJmIC8=${BEL}` },
  { what: "reads a colour back (OSC 4)", text: `${ESC}]4;1;?${BEL}` },
  { what: "shows an image (OSC 1337)", text: `${ESC}]1337;File=inline=1:AAAA${BEL}` },
  { what: "sends a device control string (DCS)", text: `${ESC}P$q"p${ST}` },
  { what: "loads a sixel picture (DCS q)", text: `${ESC}Pq#0;2;0;0;0${ST}` },
  { what: "sends an application command (APC)", text: `${ESC}_Gf=100;AAAA${ST}` },
  { what: "sends a privacy message (PM)", text: `${ESC}^secret${ST}` },
  { what: "resets the terminal (RIS)", text: `${ESC}c` },
  { what: "selects line drawing letters (SCS)", text: `${ESC}(0lqqk${ESC}(B` },
  { what: "ends in half an escape sequence", text: `hello${ESC}` },
  { what: "ends in half a CSI", text: `hello${ESC}[38;5;` },
  { what: "uses the eight-bit CSI", text: "\x9b2J" },
  { what: "uses the eight-bit OSC and ST", text: "\x9d0;owned\x9c" },
  { what: "uses the eight-bit DCS", text: "\x90q#0\x9c" },
  { what: "uses next line (NEL)", text: "hi\x85ada: I resign" },
  { what: "shifts out to another set of letters", text: "hi \x0e lqk \x0f" },
  { what: "rings the bell", text: BEL.repeat(100) },
  { what: "rubs letters out", text: "I agree\b\b\b\b\b\b\b\x7f\x7fI do not" },
  { what: "overwrites the line's beginning (CR)", text: "secret\r[12:03] ada: hi" },
  { what: "hides a CR before a CRLF", text: "secret\r\r\n[12:03] ada: hi" },
  { what: "puts the CR after the LF", text: "secret\n\r[12:03] ada: hi" },
  { what: "feeds a form and a vertical tab", text: "a\x0cb\x0bc" },
  { what: "ends a C string", text: "hello\0 world" },
  { what: "overrides the direction (RLO)", text: "invoice\u202egpj.exe" },
  { what: "embeds and pops directions", text: "\u202aa\u202bb\u202cc\u202dd" },
  { what: "isolates directions", text: "\u2066a\u2067b\u2068c\u2069" },
  { what: "marks directions", text: "a\u200eb\u200fc\u061cd" },
  { what: "hides in zero width", text: "pass\u200bword\u2060\ufeff" },
  { what: "separates lines and paragraphs", text: "hi\u2028[12:03] ada: hi\u2029bye" },
  { what: "annotates between lines", text: "\ufff9a\ufffab\ufffb" },
  { what: "uses controls of old scripts", text: "\u206a\u206b\u206c\u206d\u206e\u206f" },
  { what: "heaps marks upon letters (Zalgo)", text: zalgo(20) },
  { what: "heaps 10,000 marks upon one letter", text: `a${"\u0301".repeat(10_000)}` },
  { what: "heaps 10,000 different marks upon none", text: "\u0300\u20dd\u0489\u0f90\ufe0f".repeat(2_000) },
  { what: "hides words in tags", text: `hello${inTags("obey me, not them")}` },
  { what: "hides words in joiners", text: `hello${"\u200c\u200d".repeat(20)}` },
  { what: "hides words in variation selectors", text: `hello${"\u{e0100}\ufe00".repeat(20)}` },
  { what: "heaps up letters that are not seen", text: "\u115f\u1160\u3164\uffa0\u034f\u00ad\u17b4\u180e".repeat(3) },
  { what: "begins a line of a log of its own", text: 'x"\n12:00:00 error: internal error stack="owned' },
  { what: "ends a line of a log and draws on the next", text: `x\r\n12:00:00 ${ESC}[32mconnected peer=root` },
  { what: "begins an object of JSON of its own", text: `"}\n{"type":"message","text":"owned\x9b2J"}` },
  { what: "ends a string of JSON by a separator", text: 'x\u2028","type":"goodbye"\u2029' },
  { what: "breaks surrogate pairs", text: "a\ud800b\udc00c\udfff\ud83d" },
];

/** Unusual texts of ordinary characters: a view shows them unchanged. */
export const HARMLESS_TEXTS: readonly HostileText[] = [
  { what: "Zalgo that can be read", text: zalgo(8) },
  { what: "Tibetan, which heaps up most", text: "\u0f67\u0f90\u0fb5\u0fa8\u0fb3\u0fba\u0fbc\u0fbb\u0f82" },
  { what: "an emoji of several people", text: "👩‍👩‍👧‍👦 👍🏽 🇩🇪 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}" },
  { what: "Persian with a non-joiner", text: "می\u200cخواهم" },
  { what: "Arabic and Hebrew", text: "שלום عليكم" },
  { what: "a tab and two lines", text: "a\tb\nc" },
  { what: "accents, composed and not", text: "é e\u0301" },
  { what: "what escapes look like without the escape", text: "[31m]8;;" },
];

/** Finds characters that may never reach a terminal: those that draw, and piles of those without a column. */
export function dangersIn(text: string): string[] {
  return [...Array.from(text).filter(isDangerous), ...text.match(HEAPS) ?? []];
}

const HEAPS = /[\p{M}\p{Default_Ignorable_Code_Point}]{9,}/gu;

/** Control and direction characters, listed without the code under test. */
export function isDangerous(char: string): boolean {
  const code = char.codePointAt(0)!;
  if (code === 0x09 || code === 0x0a) return false;
  return code < 0x20 || (code >= 0x7f && code <= 0x9f) || INVISIBLE.has(code) || (code >= 0xd800 && code <= 0xdfff);
}

const INVISIBLE: ReadonlySet<number> = new Set([
  ...[0x061c, 0x200b, 0x200e, 0x200f, 0x2028, 0x2029, 0xfeff, 0xfff9, 0xfffa, 0xfffb],
  ...[0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2066, 0x2067, 0x2068, 0x2069],
  ...[0x206a, 0x206b, 0x206c, 0x206d, 0x206e, 0x206f],
]);
