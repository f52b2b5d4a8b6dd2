/** Times in the reader's own zone and habits. */

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const BOTH = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
/** Texts that are kept: formatting is slow, and what stands together is of the same. */
const CACHED = 512;

export const timeOf = cached(TIME, 16);
/** `Friday, 20 November 2026`, or as the reader writes it. */
export const dayOf = cached(DAY, 16);
export const momentOf = cached(BOTH, 19);

/** `chars` of an RFC 3339 time in UTC decide what is shown. */
function cached(format: Intl.DateTimeFormat, chars: number): (at: string) => string {
  const texts = new Map<string, string>();
  return (at) => {
    const key = at.slice(0, chars);
    let text = texts.get(key);
    if (text === undefined) {
      const ms = Date.parse(at);
      text = Number.isNaN(ms) ? "–" : format.format(ms);
      if (texts.size >= CACHED) texts.clear();
      texts.set(key, text);
    }
    return text;
  };
}
