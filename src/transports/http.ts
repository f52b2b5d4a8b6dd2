/** The whole answer to whoever comes with a browser: plain text that says how to join. The connection ends with it. */
export function httpAnswer(title: string, howToJoin: readonly string[]): string {
  const body = [`This is ${title}, a chat that speaks no HTTP.`, "Join it from a terminal:", "", ...howToJoin, ""].join(
    "\n",
  );
  const length = new TextEncoder().encode(body).length;
  return [
    "HTTP/1.1 200 OK",
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${length}`,
    "Cache-Control: no-store",
    "X-Content-Type-Options: nosniff",
    "Connection: close",
    "",
    body,
  ].join("\r\n");
}
