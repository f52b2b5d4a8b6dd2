/** What the pure folders may not say, for the compiler does not see it. */
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

/** Names of what a source says; comments, strings and the text of templates do not count. */
export function impuritiesOf(source: string): string[] {
  const code = withoutTexts(source);
  return FORBIDDEN.filter(([, pattern]) => pattern.test(code)).map(([what]) => what);
}

/** A regular expression is told from a division by what stands before it. */
const TEXTS =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|(?<=[=(,:?&|!]\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/g;

function withoutTexts(source: string): string {
  const bare = source.replace(TEXTS, (text) => text.startsWith("/") ? " " : '""');
  // What a template computes is code; what stands around it is not.
  return bare.replace(
    /`(?:\\.|\$\{[^{}]*\}|[^`\\])*`/g,
    (template) => (template.match(/\$\{[^{}]*\}/g) ?? []).join(" "),
  );
}
