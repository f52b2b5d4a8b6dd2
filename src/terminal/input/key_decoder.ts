/** From the bytes of a terminal in raw mode to keys. Pure: it holds what is incomplete and never waits. */

/**
 * `text`: printable characters, as many as came together. `paste`: what was pasted, line breaks as LF.
 * `press`: any other key in the notation of Emacs: `enter`, `up`, `C-a`, `M-b`, `C-left`, `M-enter`, `S-tab`.
 */
export type Key =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "paste"; readonly text: string }
  | { readonly type: "press"; readonly key: string };

/** What the decoder waits for: `escape` is to be flushed after some ten milliseconds, `paste` after seconds. */
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
/** Xterm Control Sequences, "FocusIn/FocusOut": the window has come to the front, or is there no longer. */
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
/** Far more than a line can take; the rest of a paste is dropped. */
const MAX_PASTE_CHARS = 256 * 1024;
/** A sequence longer than this is none of a keyboard's. */
const MAX_SEQUENCE_CHARS = 64;

/** Everything but C0 and DEL, which are keys. */
const PRINTABLE = /^[\P{Cc}\x80-\x9f]+/u;
/** ECMA-48, section 5.4: parameters, intermediates, final. `[[A` is what the Linux console sends for F1. */
const CSI = new RegExp(`^${ESCAPE}\\[(?:\\[.|([0-?]*)[ -/]*([@-~]))`);
const CSI_BEGUN = new RegExp(`^${ESCAPE}\\[(?:\\[|[0-?]*[ -/]*)$`);

/** Give it every chunk as it was read, split anywhere. */
export class KeyDecoder {
  readonly #utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  #held = "";
  /** What has come of a paste. */
  #pasted: string | undefined;
  /** Whether the last character was a CR: an LF right behind it belongs to it. */
  #afterReturn = false;

  get waiting(): PendingSequence {
    if (this.#pasted !== undefined) return "paste";
    return this.#held === "" ? "nothing" : "escape";
  }

  push(bytes: Uint8Array): Key[] {
    this.#held += this.#utf8.decode(bytes, { stream: true });
    const keys: Key[] = [];
    while (this.#held !== "") {
      const key = this.#pasted === undefined ? this.#takeKey() : this.#takePaste(this.#pasted);
      if (key === undefined) break;
      if (key !== "none") keys.push(key);
    }
    return keys;
  }

  /** Takes what is held for complete: a lone Escape is the key of that name, and a paste without end is over. */
  flush(): Key[] {
    const held = this.#held;
    const pasted = this.#pasted;
    this.#held = "";
    this.#pasted = undefined;
    if (pasted !== undefined) return [paste(pasted + held)].filter((key) => key !== "none");
    if (held === "") return [];
    if (held === ESCAPE) return [press("escape")];
    return held.length === 2 ? [press(`M-${held[1]}`)] : [];
  }

  /** The next key, `none` for what means nothing, undefined where more has to come first. */
  #takeKey(): Key | "none" | undefined {
    const text = PRINTABLE.exec(this.#held)?.[0];
    if (text !== undefined) return this.#take(text, { type: "text", text });
    if (this.#held.startsWith(ESCAPE)) return this.#takeEscape();
    const char = this.#held[0]!;
    if (char === "\n" && this.#afterReturn) return this.#take(char, "none");
    return this.#take(char, press(controlName(char)));
  }

  #takeEscape(): Key | "none" | undefined {
    const second = this.#held[1];
    if (second === undefined) return undefined;
    if (second === "[") return this.#takeCsi();
    if (second === "O") return this.#takeSs3();
    if (second === ESCAPE) return this.#take(ESCAPE, press("escape"));
    const char = String.fromCodePoint(this.#held.codePointAt(1)!);
    const name = char < " " || char === "\x7f" ? controlName(char) : char;
    return this.#take(ESCAPE + char, press(`M-${name}`));
  }

  #takeCsi(): Key | "none" | undefined {
    const found = CSI.exec(this.#held);
    if (found === null) {
      if (CSI_BEGUN.test(this.#held) && this.#held.length < MAX_SEQUENCE_CHARS) return undefined;
      return this.#take(`${ESCAPE}[`, "none");
    }
    const [sequence, parameters = "", final = ""] = found;
    if (final === "~" && parameters === "200") {
      this.#pasted = "";
      return this.#take(sequence, "none");
    }
    const [number = "", modifiers = ""] = parameters.split(";");
    const name = final === "~" ? NUMBERS[number] : LETTERS[final] ?? (parameters === "" ? FOCUS[final] : undefined);
    return this.#take(sequence, name === undefined ? "none" : press(withModifiers(name, modifiers)));
  }

  #takeSs3(): Key | "none" | undefined {
    const final = this.#held[2];
    if (final === undefined) return undefined;
    if (!/[A-Za-z]/.test(final)) return this.#take(`${ESCAPE}O`, press("M-O"));
    const name = LETTERS[final];
    return this.#take(`${ESCAPE}O${final}`, name === undefined ? "none" : press(name));
  }

  /** Gathers everything up to the end mark; of what could be the mark's beginning nothing yet. */
  #takePaste(before: string): Key | "none" | undefined {
    const end = this.#held.indexOf(PASTE_END);
    const part = this.#held.slice(0, end < 0 ? this.#held.length - markBegun(this.#held) : end);
    const pasted = before + part.slice(0, MAX_PASTE_CHARS - before.length);
    this.#held = this.#held.slice(part.length);
    this.#pasted = end < 0 ? pasted : undefined;
    return end < 0 ? undefined : this.#take(PASTE_END, paste(pasted));
  }

  #take(chars: string, key: Key | "none"): Key | "none" {
    this.#held = this.#held.slice(chars.length);
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

/** xterm's parameter: 1 and the sum of 1 for Shift, 2 for Alt, 4 for Ctrl. */
function withModifiers(name: string, parameter: string): string {
  const bits = Math.max(0, (Number.parseInt(parameter) || 1) - 1);
  return `${bits & 4 ? "C-" : ""}${bits & 2 ? "M-" : ""}${bits & 1 ? "S-" : ""}${name}`;
}

/** How many characters at the end of a text may be the beginning of the mark that ends a paste. */
function markBegun(text: string): number {
  for (let length = Math.min(PASTE_END.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(PASTE_END.slice(0, length))) return length;
  }
  return 0;
}

const NAMED: ReadonlySet<string> = new Set(
  [LETTERS, NUMBERS, CONTROLS].flatMap((names) => Object.values(names)).filter((name) => !name.includes("-")),
);

/** Whether a `press` can be called so, where the terminal tells it apart. */
export function isKeyName(text: string): boolean {
  const [, modifiers, name] = /^((?:C-)?(?:M-)?(?:S-)?)(.+)$/u.exec(text) ?? [];
  if (name === undefined) return false;
  // Shift and a character are another character, and a control character has no place for more than a few.
  return NAMED.has(name) || (modifiers === "C-" ? /^[a-z_\\\]^@]$/ : modifiers === "M-" ? /^[!-~]$/ : /^$/).test(name);
}
