import { AssertionError, suffix } from "./assertion_error.ts";
import { diffMessage } from "./diff.ts";
import { equal } from "./equal.ts";
import { format, red } from "./format.ts";

/** What has a length and items, but is no string. */
export type ArrayLikeArg<T> = ArrayLike<T> & object;

/** Fails unless the values are equal in depth. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  throw new AssertionError(`Values are not equal${suffix(msg)}\n${diffMessage(actual, expected)}`);
}

/** Fails if the values are equal in depth. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) return;
  throw new AssertionError(`Expected actual: ${format(actual)} not to be: ${format(expected)}${suffix(msg)}`);
}

/** Fails unless both are the same by `Object.is`. */
export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): asserts actual is T {
  if (Object.is(actual, expected)) return;
  if (format(actual) !== format(expected)) {
    throw new AssertionError(`Values are not strictly equal${suffix(msg)}\n${diffMessage(actual, expected)}`);
  }
  const shown = red(format(actual).replaceAll(/^/gm, "    "));
  throw new AssertionError(`Values have the same structure but are not reference-equal${suffix(msg)}\n\n${shown}\n`);
}

/** Fails unless the numbers are within `tolerance` of each other, by default a ten-millionth of the expected one. */
export function assertAlmostEquals(actual: number, expected: number, tolerance?: number, msg?: string): void {
  if (Object.is(actual, expected)) return;
  const allowed = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  const delta = Math.abs(expected - actual);
  if (delta <= allowed) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to be close to "${expected}": delta "${delta}" is greater than "${allowed}"${
      suffix(msg)
    }`,
  );
}

/** Fails unless each of the expected items is in the actual ones. */
export function assertArrayIncludes<T>(actual: ArrayLikeArg<T>, expected: ArrayLikeArg<T>, msg?: string): void {
  const items = Array.from(actual);
  const missing = Array.from(expected).filter((wanted) => !items.some((item) => equal(item, wanted)));
  if (missing.length === 0) return;
  throw new AssertionError(
    `Expected actual: "${format(actual)}" to include: "${format(expected)}"${suffix(msg)}\nmissing: ${format(missing)}`,
  );
}

/** Fails unless the actual object has, in depth, all that the expected one has; it may have more. */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any -- as in the real one: class instances have no index signature
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  // Both lose their classes on the way, so that only their entries are compared.
  assertEquals(restrict(actual, expected, new Map()), restrict(expected, expected, new Map()), msg);
}

interface Restricted {
  pattern: unknown;
  copy: unknown;
}

/** A copy of `value` with the keys alone that `pattern` has. */
function restrict(value: unknown, pattern: unknown, seen: Map<unknown, Restricted>): unknown {
  if (!isObject(value) || !isObject(pattern) || value instanceof RegExp || value instanceof Date) return value;
  if (value instanceof Map && pattern instanceof Map) {
    const entries = [...value].filter(([key]) => pattern.has(key));
    return new Map(entries.map(([key, item]) => [key, restrict(item, pattern.get(key), seen)]));
  }
  if (value instanceof Set && pattern instanceof Set) return new Set([...value].filter((item) => pattern.has(item)));
  const begun = seen.get(value);
  if (begun?.pattern === pattern) return begun.copy;
  const copy: Record<PropertyKey, unknown> = {};
  seen.set(value, { pattern, copy });
  for (const key of Reflect.ownKeys(value)) {
    if (key in pattern && !(Array.isArray(value) && key === "length")) {
      copy[key] = restrict(value[key], pattern[key], seen);
    }
  }
  return copy;
}

function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === "object" && value !== null;
}

/** Fails unless `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) throw new AssertionError(msg ?? `Expect ${format(actual)} > ${format(expected)}`);
}

/** Fails unless `actual >= expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) throw new AssertionError(msg ?? `Expect ${format(actual)} >= ${format(expected)}`);
}

/** Fails unless `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) throw new AssertionError(msg ?? `Expect ${format(actual)} < ${format(expected)}`);
}

/** Fails unless `actual <= expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) throw new AssertionError(msg ?? `Expect ${format(actual)} <= ${format(expected)}`);
}
