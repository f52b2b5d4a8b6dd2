/** Rules for the parts of a line, in place of those of CommonMark that would surprise users of a chat. */

import type { StateInline, Token } from "markdown-it/browser";
import { addressAt, linkAt, type WebLink } from "../text/web_links.ts";

/** Characters at which no other rule begins or ends. */
const PLAIN = /[^\\*_~`:[\]]+/y;

/** Characters without a meaning. CommonMark has more signs, and its parser looks at one character after another. */
export function plainChars(state: StateInline, silent: boolean): boolean {
  return addAsTyped(PLAIN, state, silent);
}

/** A backslash with the sign after it, which it keeps from being markup, and a face. Both are shown as typed. */
const LITERAL = /\\[!-/:-@[-`{-~]|\*_+\*/y;

export function literal(state: StateInline, silent: boolean): boolean {
  return addAsTyped(LITERAL, state, silent);
}

/** Adds what a sticky pattern matches to the text before it. False if it matches nothing, or more than is left. */
function addAsTyped(pattern: RegExp, state: StateInline, silent: boolean): boolean {
  pattern.lastIndex = state.pos;
  if (!pattern.test(state.src) || pattern.lastIndex > state.posMax) return false;
  if (!silent) state.pending += state.src.slice(state.pos, pattern.lastIndex);
  state.pos = pattern.lastIndex;
  return true;
}

/** Code between runs of as many backquotes. It keeps its line breaks, unlike in CommonMark. */
export function codeSpan(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax } = state;
  const length = backquotesAt(src, pos);
  if (length === 0) return false;
  const start = pos + length;
  const end = closingBackquotes(src, start, length);
  const found = end >= 0 && end + length <= posMax;
  if (!silent) {
    if (found) state.push("code_inline", "code", 0).content = codeText(src.slice(start, end));
    else state.pending += src.slice(pos, start);
  }
  state.pos = found ? end + length : start;
  return true;
}

function backquotesAt(text: string, index: number): number {
  let end = index;
  while (text[end] === "`") end++;
  return end - index;
}

/** The next run of exactly `length` backquotes; -1 without one. */
function closingBackquotes(text: string, from: number, length: number): number {
  for (let index = text.indexOf("`", from); index >= 0; index = text.indexOf("`", index)) {
    const found = backquotesAt(text, index);
    if (found === length) return index;
    index += found;
  }
  return -1;
}

/** One space at either end is not shown, so that code can begin and end with a backquote. */
function codeText(text: string): string {
  return text.startsWith(" ") && text.endsWith(" ") && text.trim() !== "" ? text.slice(1, -1) : text;
}

/** Letters and digits of scripts that put blanks between words. */
const WORD = /[\p{N}\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}]/u;

/**
 * Signs that may begin or end emphasis: those of CommonMark, except a star inside a word, which only ends it (`2*3*4`),
 * and faces (`-_-`, `>_<`).
 */
export function emphasis(state: StateInline, silent: boolean): boolean {
  const { src, pos } = state;
  const sign = src[pos];
  if (silent || (sign !== "*" && sign !== "_")) return false;
  const { length, can_open, can_close } = state.scanDelims(pos, sign === "*");
  const [before = " ", after = " "] = [src[pos - 1], src[pos + length]];
  const isFace = sign === "_" && ((before === ">" && after === "<") || (before === after && before !== " "));
  const isInWord = WORD.test(before) && WORD.test(after);
  for (let count = 0; count < length; count++) {
    state.push("text", "", 0).content = sign;
    const token = state.tokens.length - 1;
    const [open, close] = isFace ? [false, false] : [can_open && !isInWord, can_close];
    state.delimiters.push({ marker: src.charCodeAt(pos), length, token, end: -1, open, close });
  }
  state.pos += length;
  return true;
}

const SCHEME = /(?<!\w)https?$/i;

/** A bare web address. The parser stops at its colon, when the scheme is pending already. */
export function webAddress(state: StateInline, silent: boolean): boolean {
  const { src, pos } = state;
  if (state.linkLevel > 0 || !src.startsWith("://", pos)) return false;
  const [scheme] = SCHEME.exec(src.slice(Math.max(0, pos - 6), pos)) ?? [];
  if (scheme === undefined) return false;
  const link = linkAt(src, pos - scheme.length);
  if (link === undefined || link.index + link.text.length > state.posMax) return false;
  if (!silent) {
    state.pending = state.pending.slice(0, -scheme.length);
    setTarget(state.push("web_address", "a", 0), link);
  }
  state.pos = link.index + link.text.length;
  return true;
}

/** `[label](address)` with a web address and nothing else in the parentheses. */
export function labelledLink(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax } = state;
  if (src[pos] !== "[" || state.linkLevel > 0) return false;
  const labelEnd = state.md.helpers.parseLinkLabel(state, pos, true);
  if (labelEnd < 0 || !src.startsWith("](", labelEnd) || src.slice(pos + 1, labelEnd).trim() === "") return false;
  const link = addressAt(src, labelEnd + 2);
  const end = labelEnd + 2 + (link?.text.length ?? 0);
  if (link === undefined || src[end] !== ")" || end >= posMax) return false;
  if (!silent) addLabelled(state, link, labelEnd);
  state.pos = end + 1;
  state.posMax = posMax;
  return true;
}

function addLabelled(state: StateInline, link: WebLink, labelEnd: number): void {
  state.pos += 1;
  state.posMax = labelEnd;
  state.push("link_open", "a", 1);
  state.linkLevel++;
  state.md.inline.tokenize(state);
  state.linkLevel--;
  setTarget(state.push("link_close", "a", -1), link);
}

function setTarget(token: Token, { text, href }: WebLink): void {
  token.content = text;
  token.attrSet("href", href);
}
