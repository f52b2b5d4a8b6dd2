/** The part of a representation that a request asks for: RFC 9110, section 14. */

/** `end` is the index after the last byte. */
export type RangeChoice =
  | { readonly type: "whole" }
  | { readonly type: "part"; readonly start: number; readonly end: number }
  | { readonly type: "unsatisfiable" };

/** One range: from a byte on, from one to another, or the last bytes. */
const ONE_RANGE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;
const WHOLE: RangeChoice = { type: "whole" };
const UNSATISFIABLE: RangeChoice = { type: "unsatisfiable" };

/**
 * Chooses what to send of `size` bytes for a `Range` header. Several ranges, other units and malformed ones mean the
 * whole, which section 14.2 allows.
 */
export function chooseRange(header: string | undefined, size: number): RangeChoice {
  const [, first, last] = ONE_RANGE.exec(header ?? "") ?? [];
  if (first === undefined || last === undefined || first + last === "") return WHOLE;
  return first === "" ? chooseLast(Number(last), size) : chooseFrom(Number(first), last, size);
}

function chooseLast(bytes: number, size: number): RangeChoice {
  if (bytes === 0) return UNSATISFIABLE;
  return size === 0 ? WHOLE : { type: "part", start: Math.max(0, size - bytes), end: size };
}

function chooseFrom(start: number, last: string, size: number): RangeChoice {
  const end = last === "" ? size : Math.min(size, Number(last) + 1);
  if (last !== "" && Number(last) < start) return WHOLE;
  return start >= size ? UNSATISFIABLE : { type: "part", start, end };
}
