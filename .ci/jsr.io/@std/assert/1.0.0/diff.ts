import { format, green, red } from "./format.ts";

/** Above this many pairs of lines only the first and the last difference are looked for. */
const MAX_PAIRS = 4_000_000;

/** Shows where two values differ: a line of the actual one begins with `-`, one of the expected one with `+`. */
export function diffMessage(actual: unknown, expected: unknown): string {
  const lines = diffLines(toLines(actual, expected), toLines(expected, actual));
  return ["", `    [Diff] ${red("Actual")} / ${green("Expected")}`, "", ...lines, ""].join("\n");
}

function toLines(value: unknown, other: unknown): string[] {
  const bothText = typeof value === "string" && typeof other === "string";
  if (!bothText) return format(value).split("\n");
  // Texts are compared line by line, with their invisible characters made visible.
  return value.split(/(?<=\n)/).map((line) => JSON.stringify(line).slice(1, -1));
}

function diffLines(actual: string[], expected: string[]): string[] {
  let head = 0;
  while (head < actual.length && head < expected.length && actual[head] === expected[head]) head++;
  let tail = 0;
  while (
    tail < actual.length - head && tail < expected.length - head &&
    actual[actual.length - 1 - tail] === expected[expected.length - 1 - tail]
  ) tail++;
  return [
    ...actual.slice(0, head).map(same),
    ...diffMiddle(actual.slice(head, actual.length - tail), expected.slice(head, expected.length - tail)),
    ...actual.slice(actual.length - tail).map(same),
  ];
}

function diffMiddle(actual: string[], expected: string[]): string[] {
  if (actual.length * expected.length > MAX_PAIRS) return [...actual.map(removed), ...expected.map(added)];
  const common = commonLengths(actual, expected);
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < actual.length || j < expected.length) {
    if (i < actual.length && j < expected.length && actual[i] === expected[j]) {
      lines.push(same(actual[i]!));
      i++;
      j++;
    } else if (j === expected.length || (i < actual.length && common[i + 1]![j]! >= common[i]![j + 1]!)) {
      lines.push(removed(actual[i++]!));
    } else {
      lines.push(added(expected[j++]!));
    }
  }
  return lines;
}

/** `[i][j]` is the length of the longest common subsequence of `a` from line i on and `b` from line j on. */
function commonLengths(a: string[], b: string[]): Uint32Array[] {
  const table = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i]![j] = a[i] === b[j] ? table[i + 1]![j + 1]! + 1 : Math.max(table[i + 1]![j]!, table[i]![j + 1]!);
    }
  }
  return table;
}

function same(line: string): string {
  return `    ${line}`;
}

function removed(line: string): string {
  return red(`-   ${line}`);
}

function added(line: string): string {
  return green(`+   ${line}`);
}
