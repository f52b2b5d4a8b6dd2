/** The parts of etcd's answers that Confab reads, checked. All of these throw `AnswerMalformed` for anything else. */

export class AnswerMalformed extends Error {
  override readonly name = "AnswerMalformed";
}

export type JsonObject = Readonly<Record<string, unknown>>;

export interface EtcdHeader {
  /** A decimal number that is too large for a JavaScript number. */
  readonly clusterId: string;
  readonly memberId: string;
  readonly revision: number;
}

export interface KeyValue {
  /** In Base64. */
  readonly key: string;
  readonly value: Uint8Array<ArrayBuffer>;
  readonly createRevision: number;
  readonly modRevision: number;
}

export interface RangeAnswer {
  readonly pairs: readonly KeyValue[];
  /** Whether the range has more keys than the limit. */
  readonly hasMore: boolean;
  /** Keys of the whole range. */
  readonly count: number;
}

export function asObject(value: unknown): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new AnswerMalformed("An object was expected");
}

/** An absent list is empty: the gateway leaves out what is zero, empty or false. */
export function asList(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw new AnswerMalformed("A list was expected");
}

export function asText(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  throw new AnswerMalformed("A text was expected");
}

/** A whole number from 0, which the gateway writes as text; 0 if it is absent. */
export function asNumber(value: unknown): number {
  if (value === undefined) return 0;
  const number = typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isSafeInteger(number) && number >= 0) return number;
  throw new AnswerMalformed("A number was expected");
}

export function headerOf(answer: JsonObject): EtcdHeader {
  const header = asObject(answer.header);
  return {
    clusterId: asText(header.cluster_id),
    memberId: asText(header.member_id),
    revision: asNumber(header.revision),
  };
}

export function keyValueOf(value: unknown): KeyValue {
  const pair = asObject(value);
  return {
    key: asText(pair.key),
    value: fromBase64(asText(pair.value)),
    createRevision: asNumber(pair.create_revision),
    modRevision: asNumber(pair.mod_revision),
  };
}

export function rangeOf(value: unknown): RangeAnswer {
  const range = asObject(value);
  return {
    pairs: asList(range.kvs).map(keyValueOf),
    hasMore: range.more === true,
    count: asNumber(range.count),
  };
}

/** The ranges of a transaction's answer, in the order of its operations. Those that write give none. */
export function rangesOf(answer: JsonObject): RangeAnswer[] {
  return asList(answer.responses)
    .map((response) => asObject(response).response_range)
    .filter((range) => range !== undefined)
    .map(rangeOf);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.fromBase64(text);
  } catch (error) {
    throw new AnswerMalformed("Base64 was expected", { cause: error });
  }
}
