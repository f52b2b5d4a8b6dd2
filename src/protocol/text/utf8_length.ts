/** Number of UTF-8 bytes of well-formed `text`, without an encoder of the runtime. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    // Two bytes up to U+07FF, three above it; a surrogate pair is two units and four bytes.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
}

/** Returns the longest prefix of the items whose JSON takes at most `maxBytes` bytes in a list. */
export function longestPrefix<T>(items: readonly T[], maxBytes: number): T[] {
  let bytes = 0;
  const end = items.findIndex((item) => {
    bytes += utf8Length(JSON.stringify(item)) + 1;
    return bytes > maxBytes;
  });
  return end < 0 ? [...items] : items.slice(0, end);
}
