/** The protocol of a connection, told from its first line. */
export type Dialect = "json" | "http" | "plain";

/** The end of a request line, whatever its method and version. The version names the protocol: RTSP and SIP have such lines, too. */
const HTTP_VERSION = /(^|\s)HTTP\/\S*$/i;

/** `first` is the first line, or all of a head that begins with it. A byte order mark and blanks before it mean nothing. */
export function detectDialect(first: string): Dialect {
  const [line] = first.trim().split("\n", 1);
  // Checked first: a browser lets a page choose the method, and nothing that begins like a request is to be obeyed.
  if (HTTP_VERSION.test(line!.trimEnd())) return "http";
  return line!.startsWith("{") ? "json" : "plain";
}

/** The line without the byte order mark that some programs begin with. */
export function withoutMark(line: string): string {
  return line.startsWith("\ufeff") ? line.slice(1) : line;
}
