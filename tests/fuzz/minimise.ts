/** Returns the shortest text found by removing parts of `input` that still `fails`. Tries at most `tries` texts. */
export async function minimise(
  input: string,
  fails: (candidate: string) => boolean | Promise<boolean>,
  separator = "",
  tries = 2_000,
): Promise<string> {
  let parts = input.split(separator);
  let left = tries;
  for (let size = parts.length >> 1; size >= 1;) {
    let shortened = false;
    for (let start = 0; start < parts.length && left > 0;) {
      const rest = parts.toSpliced(start, size);
      left--;
      if (await fails(rest.join(separator))) {
        parts = rest;
        shortened = true;
      } else start += size;
    }
    if (left <= 0) break;
    if (!shortened || size > parts.length) size = Math.min(size, parts.length) >> 1;
  }
  return parts.join(separator);
}
