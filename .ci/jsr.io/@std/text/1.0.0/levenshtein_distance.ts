// Stands in for `@std/text/levenshtein-distance` where JSR cannot be reached.

/** The least number of code points to insert, delete or replace that turns one string into the other. */
export function levenshteinDistance(str1: string, str2: string): number {
  const from = [...str1];
  const to = [...str2];
  let costs = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, char] of from.entries()) {
    const next = [row + 1];
    for (const [column, other] of to.entries()) {
      const replaced = costs[column]! + (char === other ? 0 : 1);
      next.push(Math.min(replaced, costs[column + 1]! + 1, next[column]! + 1));
    }
    costs = next;
  }
  return costs[to.length]!;
}
