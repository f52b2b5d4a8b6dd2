import { ACTION_PREFIX } from "../conventions.ts";

/** Whether a text has something to see, as what its sender does if it begins with `ACTION_PREFIX`. */
export function isVisible(text: string): boolean {
  // Nearly every text begins with a letter: after the slash, ASCII has nothing but visible characters up to DEL.
  const first = text.charCodeAt(0);
  if (first > SLASH && first < DEL) return true;
  return VISIBLE.test(text.startsWith(ACTION_PREFIX) ? text.slice(ACTION_PREFIX.length) : text);
}

const SLASH = 0x2f;
const DEL = 0x7f;
/** All but blanks, line breaks, controls, what Unicode has views ignore (fillers, joiners, selectors), and two empty symbols. */
const VISIBLE = /[^\s\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]/u;
