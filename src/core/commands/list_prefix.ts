import { utf8Length } from "../../protocol/text/utf8_length.ts";

/** As many of the first items as take at most `maxBytes` in a list on a line. */
export function fitting<T>(items: readonly T[], maxBytes: number): T[] {
  let bytes = 0;
  const end = items.findIndex((item) => {
    bytes += utf8Length(JSON.stringify(item)) + 1;
    return bytes > maxBytes;
  });
  return end < 0 ? [...items] : items.slice(0, end);
}
