/** Finds clocks, chance, timers and waiting in pure folders, where the compiler does not see them. */
const FORBIDDEN: readonly [what: string, pattern: RegExp][] = [
  ["Date.now", /\bDate\s*\.\s*now\b/],
  ["Math.random", /\bMath\s*\.\s*random\b/],
  ["new Date()", /\bnew\s+Date\s*(?:\(\s*\)|(?![\w\s(]))/],
  ["await", /\bawait\b/],
  ["async", /\basync\b/],
  ["setTimeout", /\bset(?:Timeout|Interval|Immediate)\b/],
  ["queueMicrotask", /\bqueueMicrotask\b/],
  ["performance.now", /\bperformance\b/],
  ["crypto", /\bcrypto\s*\./],
];

/** Returns the impurities of a source. Comments, strings and the text of templates do not count. */
export function impuritiesOf(source: string): string[] {
  const code = withoutTexts(source);
  return FORBIDDEN.filter(([, pattern]) => pattern.test(code)).map(([what]) => what);
}

/** The token before a slash tells a regular expression from a division. */
const TEXTS =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|(?<=[=(,:?&|!]\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/g;

function withoutTexts(source: string): string {
  const bare = source.replace(TEXTS, (text) => text.startsWith("/") ? " " : '""');
  // The expressions of a template are code; its text is not.
  return bare.replace(
    /`(?:\\.|\$\{[^{}]*\}|[^`\\])*`/g,
    (template) => (template.match(/\$\{[^{}]*\}/g) ?? []).join(" "),
  );
}
