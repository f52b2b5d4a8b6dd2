/** Who speaks, told from the first line. */
export type Dialect = "json" | "http" | "plain";

const HTTP_REQUEST = /^[A-Z]{3,10} \S+ HTTP\/1\.[01]$/;

/** Blanks and a byte order mark before the first character are passed over. */
export function detectDialect(firstLine: string): Dialect {
  const line = withoutMark(firstLine).trimStart();
  if (line.startsWith("{")) return "json";
  return HTTP_REQUEST.test(line) ? "http" : "plain";
}

/** The line without the byte order mark that some programs begin with. */
export function withoutMark(line: string): string {
  return line.startsWith("\ufeff") ? line.slice(1) : line;
}
