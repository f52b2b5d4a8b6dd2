import { ACTION_PREFIX } from "../conventions.ts";

/** Whether a message's text has a visible character, after `ACTION_PREFIX` if it has one. */
export function isVisible(text: string): boolean {
  // Nearly every text begins with a letter. All ASCII characters between the slash and DEL are visible.
  const first = text.charCodeAt(0);
  if (first > SLASH && first < DEL) return true;
  return VISIBLE.test(text.startsWith(ACTION_PREFIX) ? text.slice(ACTION_PREFIX.length) : text);
}

const SLASH = 0x2f;
const DEL = 0x7f;
/**
 * Any character except spaces, line breaks, controls, default ignorables (fillers, joiners, selectors)
 * and two empty symbols.
 */
const VISIBLE = /[^\s\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]/u;
