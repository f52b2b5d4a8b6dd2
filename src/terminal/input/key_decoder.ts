/** Decodes the bytes of a terminal in raw mode into keys. Pure: it buffers incomplete sequences and never waits. */

/**
 * `text`: printable characters that arrived together. `paste`: a bracketed paste, with LF as line breaks.
 * `press`: any other key in Emacs notation: `enter`, `up`, `C-a`, `M-b`, `C-left`, `M-enter`, `S-tab`.
 */
export type Key =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "paste"; readonly text: string }
  | { readonly type: "press"; readonly key: string };

/** An incomplete sequence. The caller flushes an `escape` after some tens of milliseconds, a `paste` after seconds. */
export type PendingSequence = "nothing" | "escape" | "paste";

const LETTERS: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  F: "end",
  H: "home",
  M: "enter",
  Z: "S-tab",
};
/** An answer to a status report (ECMA-48, section 8.3.35): "ready". It is no key. */
const STATUS_FINAL = "n";
const STATUS_READY = "0";
/** Focus events (Xterm Control Sequences, "FocusIn/FocusOut"): the window gained or lost the focus. */
const FOCUS: Readonly<Record<string, string>> = { I: "focus-in", O: "focus-out" };
const NUMBERS: Readonly<Record<string, string>> = {
  1: "home",
  2: "insert",
  3: "delete",
  4: "end",
  5: "pageup",
  6: "pagedown",
  7: "home",
  8: "end",
};
const CONTROLS: Readonly<Record<string, string>> = {
  "\r": "enter",
  "\n": "enter",
  "\t": "tab",
  "\b": "backspace",
  "\x7f": "backspace",
};

const ESCAPE = "\x1b";
const PASTE_END = "\x1b[201~";
/** Far more than the line accepts. The rest of a paste is dropped. */
const MAX_PASTE_CHARS = 256 * 1024;
/** No key sends a longer escape sequence. */
const MAX_SEQUENCE_CHARS = 64;

/** All characters except C0 and DEL, which are keys. */
const PRINTABLE = /^[\P{Cc}\x80-\x9f]+/u;
/** ECMA-48, section 5.4: parameters, intermediates, final byte. The Linux console sends `[[A` for F1. */
const CSI = new RegExp(`^${ESCAPE}\\[(?:\\[.|([0-?]*)[ -/]*([@-~]))`);
const CSI_PREFIX = new RegExp(`^${ESCAPE}\\[(?:\\[|[0-?]*[ -/]*)$`);

/** Decodes chunks in the order in which they were read; a chunk may end anywhere. */
export class KeyDecoder {
  readonly #utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  #buffer = "";
  /** The received part of an unfinished paste. */
  #pasted: string | undefined;
  /** True if the last character was a CR: an LF directly after it is part of the same line break. */
  #afterReturn = false;
  #answers = 0;

  /** Returns how many answers to status reports have arrived since the last call. */
  takeAnswers(): number {
    const answers = this.#answers;
    this.#answers = 0;
    return answers;
  }

  get waiting(): PendingSequence {
    if (this.#pasted !== undefined) return "paste";
    return this.#buffer === "" ? "nothing" : "escape";
  }

  push(bytes: Uint8Array): Key[] {
    this.#buffer += this.#utf8.decode(bytes, { stream: true });
    const keys: Key[] = [];
    while (this.#buffer !== "") {
      const key = this.#pasted === undefined ? this.#takeKey() : this.#takePaste(this.#pasted);
      if (key === undefined) break;
      if (key !== "none") keys.push(key);
    }
    return keys;
  }

  /** Treats the buffered input as complete: a lone ESC is the Escape key, and an unfinished paste ends. */
  flush(): Key[] {
    const buffered = this.#buffer;
    const pasted = this.#pasted;
    this.#buffer = "";
    this.#pasted = undefined;
    if (pasted !== undefined) return [paste(pasted + buffered)].filter((key) => key !== "none");
    if (buffered === "") return [];
    if (buffered === ESCAPE) return [press("escape")];
    return buffered.length === 2 ? [press(`M-${buffered[1]}`)] : [];
  }

  /** The next key; `none` for input without meaning, `undefined` if more input is needed. */
  #takeKey(): Key | "none" | undefined {
    const text = PRINTABLE.exec(this.#buffer)?.[0];
    if (text !== undefined) return this.#take(text, { type: "text", text });
    if (this.#buffer.startsWith(ESCAPE)) return this.#takeEscape();
    const char = this.#buffer[0]!;
    if (char === "\n" && this.#afterReturn) return this.#take(char, "none");
    return this.#take(char, press(controlName(char)));
  }

  #takeEscape(): Key | "none" | undefined {
    const second = this.#buffer[1];
    if (second === undefined) return undefined;
    if (second === "[") return this.#takeCsi();
    if (second === "O") return this.#takeSs3();
    if (second === ESCAPE) return this.#take(ESCAPE, press("escape"));
    const char = String.fromCodePoint(this.#buffer.codePointAt(1)!);
    const name = char < " " || char === "\x7f" ? controlName(char) : char;
    return this.#take(ESCAPE + char, press(`M-${name}`));
  }

  #takeCsi(): Key | "none" | undefined {
    const found = CSI.exec(this.#buffer);
    if (found === null) {
      if (CSI_PREFIX.test(this.#buffer) && this.#buffer.length < MAX_SEQUENCE_CHARS) return undefined;
      return this.#take(`${ESCAPE}[`, "none");
    }
    const [sequence, parameters = "", final = ""] = found;
    if (final === "~" && parameters === "200") {
      this.#pasted = "";
      return this.#take(sequence, "none");
    }
    if (final === STATUS_FINAL && parameters === STATUS_READY) this.#answers++;
    const [number = "", modifiers = ""] = parameters.split(";");
    const name = final === "~" ? NUMBERS[number] : LETTERS[final] ?? (parameters === "" ? FOCUS[final] : undefined);
    return this.#take(sequence, name === undefined ? "none" : press(withModifiers(name, modifiers)));
  }

  #takeSs3(): Key | "none" | undefined {
    const final = this.#buffer[2];
    if (final === undefined) return undefined;
    if (!/[A-Za-z]/.test(final)) return this.#take(`${ESCAPE}O`, press("M-O"));
    const name = LETTERS[final];
    return this.#take(`${ESCAPE}O${final}`, name === undefined ? "none" : press(name));
  }

  /** Collects a paste up to its end mark. A possible beginning of the mark stays in the buffer. */
  #takePaste(before: string): Key | "none" | undefined {
    const end = this.#buffer.indexOf(PASTE_END);
    const part = this.#buffer.slice(0, end < 0 ? this.#buffer.length - endMarkPrefix(this.#buffer) : end);
    const pasted = before + part.slice(0, MAX_PASTE_CHARS - before.length);
    this.#buffer = this.#buffer.slice(part.length);
    this.#pasted = end < 0 ? pasted : undefined;
    return end < 0 ? undefined : this.#take(PASTE_END, paste(pasted));
  }

  #take(chars: string, key: Key | "none"): Key | "none" {
    this.#buffer = this.#buffer.slice(chars.length);
    this.#afterReturn = chars.endsWith("\r");
    return key;
  }
}

function paste(raw: string): Key | "none" {
  const text = raw.replace(/\r\n?/g, "\n");
  return text === "" ? "none" : { type: "paste", text };
}

function press(key: string): Key {
  return { type: "press", key };
}

function controlName(char: string): string {
  return CONTROLS[char] ?? `C-${String.fromCharCode(char.charCodeAt(0) + 0x40).toLowerCase()}`;
}

/** xterm's modifier parameter: 1 plus the sum of 1 for Shift, 2 for Alt and 4 for Ctrl. */
function withModifiers(name: string, parameter: string): string {
  const bits = Math.max(0, (Number.parseInt(parameter) || 1) - 1);
  return `${bits & 4 ? "C-" : ""}${bits & 2 ? "M-" : ""}${bits & 1 ? "S-" : ""}${name}`;
}

/** The number of characters at the end of a text that may be the beginning of the end mark of a paste. */
function endMarkPrefix(text: string): number {
  for (let length = Math.min(PASTE_END.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(PASTE_END.slice(0, length))) return length;
  }
  return 0;
}

const NAMED: ReadonlySet<string> = new Set(
  [LETTERS, NUMBERS, CONTROLS].flatMap((names) => Object.values(names)).filter((name) => !name.includes("-")),
);

/** True if a `press` can have this name, on terminals that distinguish the key. */
export function isKeyName(text: string): boolean {
  const [, modifiers, name] = /^((?:C-)?(?:M-)?(?:S-)?)(.+)$/u.exec(text) ?? [];
  if (name === undefined) return false;
  // Shift with a character is another character, and only a few characters have a control code.
  return NAMED.has(name) || (modifiers === "C-" ? /^[a-z_\\\]^@]$/ : modifiers === "M-" ? /^[!-~]$/ : /^$/).test(name);
}
