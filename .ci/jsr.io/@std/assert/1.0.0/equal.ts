type Keyed = Record<PropertyKey, unknown>;

/** Whether two values are equal in depth: same kind, same entries. `NaN` equals itself, and 0 equals -0. */
export function equal(a: unknown, b: unknown): boolean {
  return compare(a, b, new Map());
}

function compare(a: unknown, b: unknown, seen: Map<unknown, unknown>): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (!sameKind(a, b)) return false;
  const byValue = compareByValue(a, b);
  if (byValue !== undefined) return byValue;
  if (a instanceof WeakRef && b instanceof WeakRef) return compare(a.deref(), b.deref(), seen);
  // A pair that is being compared already is a cycle: its difference, if any, shows elsewhere.
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  if (a instanceof Set && b instanceof Set && !compareSets(a, b, seen)) return false;
  if (a instanceof Map && b instanceof Map && !compareMaps(a, b, seen)) return false;
  return compareEntries(a as Keyed, b as Keyed, seen);
}

function sameKind(a: object, b: object): boolean {
  // An object without a prototype counts as a plain one.
  return (a.constructor ?? Object) === (b.constructor ?? Object);
}

/** Compares what has a value of its own beside its entries; `undefined` means that the entries decide. */
function compareByValue(a: object, b: object): boolean | undefined {
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  if ((a instanceof RegExp && b instanceof RegExp) || (a instanceof URL && b instanceof URL)) {
    return String(a) === String(b);
  }
  if (a instanceof Error && b instanceof Error && a.message !== b.message) return false;
  if (a instanceof WeakMap || a instanceof WeakSet) {
    throw new TypeError(`Cannot compare ${a.constructor.name} instances`);
  }
  const [left, right] = [toBytes(a), toBytes(b)];
  if (left && right) return left.length === right.length && left.every((byte, index) => byte === right[index]);
  return undefined;
}

function toBytes(value: object): Uint8Array | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  // Only whole numbers are equal exactly when their bytes are.
  if (!ArrayBuffer.isView(value) || value instanceof Float32Array || value instanceof Float64Array) return undefined;
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function compareSets(a: Set<unknown>, b: Set<unknown>, seen: Map<unknown, unknown>): boolean {
  if (a.size !== b.size) return false;
  const rest = new Set(b);
  return [...a].every((item) => rest.delete(item) || deleteEqual(rest, (other) => compare(item, other, seen)));
}

function compareMaps(a: Map<unknown, unknown>, b: Map<unknown, unknown>, seen: Map<unknown, unknown>): boolean {
  if (a.size !== b.size) return false;
  const rest = new Set(b);
  return [...a].every(([key, value]) =>
    deleteEqual(rest, ([otherKey, other]) => compare(key, otherKey, seen) && compare(value, other, seen))
  );
}

function deleteEqual<T>(items: Set<T>, matches: (item: T) => boolean): boolean {
  for (const item of items) {
    if (matches(item)) return items.delete(item);
  }
  return false;
}

function compareEntries(a: Keyed, b: Keyed, seen: Map<unknown, unknown>): boolean {
  const keys = ownKeys(a);
  return keys.length === ownKeys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && compare(a[key], b[key], seen));
}

function ownKeys(value: Keyed): PropertyKey[] {
  return Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
}
