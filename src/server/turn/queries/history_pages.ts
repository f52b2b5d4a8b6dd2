import type { MessagePage } from "../../../history/store.ts";
import type { RoomEntry } from "../../../protocol/messages/messages.ts";
import { utf8Length } from "../../../protocol/text/utf8_length.ts";

/** Entries read from the store at a time. */
const READ_AT_ONCE = 50;

/**
 * Returns the newest entries of a page whose JSON together fits in `maxBytes`, oldest first. The newest entry is returned
 * even if it alone is larger. Reads at most `READ_AT_ONCE` entries more from the store than it returns.
 */
export function newestFitting(
  read: (page: MessagePage) => RoomEntry[],
  page: MessagePage,
  maxBytes: number,
): RoomEntry[] {
  const newestFirst: RoomEntry[] = [];
  for (let bytes = 0, before = page.before; newestFirst.length < page.limit;) {
    const limit = Math.min(READ_AT_ONCE, page.limit - newestFirst.length);
    const found = read({ ...page, before, limit });
    for (const entry of found.toReversed()) {
      bytes += utf8Length(JSON.stringify(entry)) + 1;
      if (bytes > maxBytes && newestFirst.length > 0) return newestFirst.reverse();
      newestFirst.push(entry);
    }
    if (found.length < limit) break;
    before = found[0]!.seq;
  }
  return newestFirst.reverse();
}
