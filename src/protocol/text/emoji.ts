import { MAX_EMOJI_BYTES } from "../limits.ts";
import { utf8Length } from "./utf8_length.ts";

/** One emoji, also a sequence: Unicode Technical Standard 51, ED-27. */
const EMOJI = /^\p{RGI_Emoji}$/v;
/** Selects the coloured form. Keyboards often omit it. */
const EMOJI_STYLE = "\ufe0f";

/** The emoji in its full form; `undefined` if the text is not exactly one emoji. */
export function parseEmoji(text: string): string | undefined {
  if (text.length > MAX_EMOJI_BYTES) return undefined;
  const whole = [text, text + EMOJI_STYLE].find((form) => EMOJI.test(form));
  return whole !== undefined && utf8Length(whole) <= MAX_EMOJI_BYTES ? whole : undefined;
}
