/** Who speaks, told from the first frame. */
export type Dialect = "json" | "http" | "plain";

/** The first line of a head, or all of it. */
const HTTP_REQUEST = /^[A-Z]{3,10} \S+ HTTP\/1\.[01](?=\n|$)/;

/** Blanks and a byte order mark before the first character are passed over. */
export function detectDialect(first: string): Dialect {
  const line = withoutMark(first).trimStart();
  if (line.startsWith("{")) return "json";
  return HTTP_REQUEST.test(line) ? "http" : "plain";
}

/** The line without the byte order mark that some programs begin with. */
export function withoutMark(line: string): string {
  return line.startsWith("\ufeff") ? line.slice(1) : line;
}
