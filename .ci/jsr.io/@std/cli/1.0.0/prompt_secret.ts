// Stands in for `@std/cli/prompt-secret` where JSR cannot be reached.

const encoder = new TextEncoder();
const CLEAR_LINE = "\r\u001b[K";
const BACKSPACES = [0x08, 0x7f];
const LINE_ENDS = [0x0a, 0x0d];

export type PromptSecretOptions = {
  /** Shown for each character; none is where it is empty. Default: `*`. */
  mask?: string;
  /** Whether the line goes when it is done. */
  clear?: boolean;
};

/** Asks for a line that is not shown; `null` where standard input is no terminal. */
export function promptSecret(message = "Secret", options: PromptSecretOptions = {}): string | null {
  if (!Deno.stdin.isTerminal()) return null;
  const { mask = "*", clear = false } = options;
  write(`${message} `);
  // In `cbreak` Ctrl-C ends the program as ever, but Windows does not have it.
  Deno.stdin.setRaw(true, { cbreak: Deno.build.os !== "windows" });
  try {
    return readSecret((count) => mask !== "" && write(`${CLEAR_LINE}${message} ${mask.repeat(count)}`));
  } finally {
    Deno.stdin.setRaw(false);
    write(clear ? CLEAR_LINE : "\n");
  }
}

/** Up to the end of the line, or of the input. */
function readSecret(changed: (characters: number) => void): string {
  const bytes: number[] = [];
  const next = new Uint8Array(1);
  while (Deno.stdin.readSync(next) === 1 && !LINE_ENDS.includes(next[0]!)) {
    if (BACKSPACES.includes(next[0]!)) removeLast(bytes);
    else bytes.push(next[0]!);
    changed(bytes.filter(isFirst).length);
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

/** Whether a character begins with this byte, in UTF-8. */
function isFirst(byte: number): boolean {
  return (byte & 0xc0) !== 0x80;
}

function removeLast(bytes: number[]): void {
  while (bytes.length > 0 && !isFirst(bytes.pop()!));
}

function write(text: string): void {
  Deno.stdout.writeSync(encoder.encode(text));
}
