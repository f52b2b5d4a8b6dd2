/** The choice of a content coding by `Accept-Encoding`: RFC 9110, section 12.5.3. */

/** Brotli (RFC 7932), gzip (RFC 1952), or the bytes as they are. */
export type ContentCoding = "br" | "gzip" | "identity";

/** A coding or `*`, and its weight: RFC 9110, section 12.4.2. */
const MEMBER = /^[ \t]*([\w!#$%&'*+.^`|~-]+)[ \t]*(?:;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)[ \t]*)?$/;

/**
 * The codings of `offered` that a client accepts, best first: by its weights, and among equals in the order of `offered`.
 * Without the header it may accept all, but is no browser: so it gets the bytes as they are.
 */
export function acceptedCodings(header: string | undefined, offered: readonly ContentCoding[]): ContentCoding[] {
  if (header === undefined) return ["identity"];
  const weights = weightsIn(header.toLowerCase());
  return offered
    .map((coding) => ({ coding, weight: weightOf(coding, weights) }))
    .filter(({ weight }) => weight > 0)
    .toSorted((one, other) => other.weight - one.weight)
    .map(({ coding }) => coding);
}

/** Malformed members count as absent. */
function weightsIn(list: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const member of list.split(",")) {
    const [, coding, weight = "1"] = MEMBER.exec(member) ?? [];
    if (coding !== undefined) weights.set(coding === "x-gzip" ? "gzip" : coding, Number(weight));
  }
  return weights;
}

/** Bytes as they are remain acceptable unless the client refuses them, but anything that it names is better. */
function weightOf(coding: ContentCoding, weights: ReadonlyMap<string, number>): number {
  return weights.get(coding) ?? weights.get("*") ?? (coding === "identity" ? Number.MIN_VALUE : 0);
}
