/**
 * Returns a text that two values share only if they are alike through and through: names and values of all properties, the
 * order in maps and sets, classes, and which parts are one and the same object. Functions count as equal.
 */
export function canonicalText(value: unknown): string {
  const seen = new Map<object, number>();
  const parts: string[] = [];
  write(value, seen, parts);
  return parts.join("");
}

function write(value: unknown, seen: Map<object, number>, parts: string[]): void {
  if (typeof value === "string") return void parts.push(JSON.stringify(value));
  if (typeof value === "function") return void parts.push("function");
  if (typeof value !== "object" || value === null) return void parts.push(String(value));
  const known = seen.get(value);
  if (known !== undefined) return void parts.push(`#${known}`);
  seen.set(value, seen.size);
  parts.push(value.constructor.name, "{");
  for (const [key, part] of entriesOf(value)) {
    write(key, seen, parts);
    parts.push(":");
    write(part, seen, parts);
    parts.push("\n");
  }
  parts.push("}");
}

function entriesOf(value: object): Iterable<readonly [unknown, unknown]> {
  if (value instanceof Map) return value;
  if (value instanceof Set || Array.isArray(value)) return [...value].entries();
  if (ArrayBuffer.isView(value)) return [["bytes", String(value)]];
  return Object.entries(value).filter(([, part]) => part !== undefined).sort(([a], [b]) => a < b ? -1 : 1);
}
