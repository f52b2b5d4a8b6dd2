/** Words that the user lists, and that count as a mention like their name. */

export const MAX_KEYWORDS = 20;
export const MAX_KEYWORD_CHARS = 64;

/** Words are separated by blanks and commas. An empty text or `off` means no words. `undefined` for too many or too long ones. */
export function parseKeywords(text: string): readonly string[] | undefined {
  if (text === "" || text.toLowerCase() === "off") return [];
  const words = [...new Set(text.split(/[\s,]+/).filter((word) => word !== ""))];
  return words.length <= MAX_KEYWORDS && words.every((word) => word.length <= MAX_KEYWORD_CHARS) ? words : undefined;
}
