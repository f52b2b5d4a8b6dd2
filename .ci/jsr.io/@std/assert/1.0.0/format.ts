interface Inspector {
  inspect?: (value: unknown, options: Record<string, unknown>) => string;
  noColor?: boolean;
}

const runtime: Inspector = (globalThis as { Deno?: Inspector }).Deno ?? {};

/** A value as text, in full, one entry a line, with sorted keys: equal values give equal texts. */
export function format(value: unknown): string {
  return runtime.inspect?.(value, {
    depth: Infinity,
    sorted: true,
    trailingComma: true,
    compact: false,
    iterableLimit: Infinity,
    strAbbreviateSize: Infinity,
    getters: true,
  }) ?? `"${String(value)}"`;
}

/** Text in red. */
export function red(text: string): string {
  return paint(text, 31);
}

/** Text in green. */
export function green(text: string): string {
  return paint(text, 32);
}

function paint(text: string, code: number): string {
  return runtime.noColor === false ? `\x1b[${code}m${text}\x1b[39m` : text;
}

/** Text without colours and other terminal escape sequences. */
export function plain(text: string): string {
  // deno-lint-ignore no-control-regex -- ESC is what it looks for
  return text.replace(/\x1b\[[0-9;]*[A-Za-z]/g, "");
}
