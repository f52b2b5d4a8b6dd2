import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { serve, type Served } from "../helpers/e2e.ts";

interface Raw {
  readonly head: string;
  /** The bytes on the wire. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Asks on a socket of its own, since `fetch` decompresses and hides what came. */
async function ask(server: Served, line: string, headers: readonly string[]): Promise<Raw> {
  const conn = await Deno.connect({ hostname: server.host, port: server.port });
  return await askOn(conn, line, [`Host: ${server.address}`, ...headers]);
}

/** Closes the connection. */
async function askOn(conn: Deno.Conn, line: string, headers: readonly string[]): Promise<Raw> {
  const request = [line, ...headers, "", ""].join("\r\n");
  await conn.write(new TextEncoder().encode(request));
  const answer = new Uint8Array(await new Response(conn.readable).arrayBuffer());
  const text = new TextDecoder("latin1").decode(answer);
  const end = text.indexOf("\r\n\r\n");
  return { head: text.slice(0, end), body: answer.slice(end + 4) };
}

function header({ head }: Raw, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)$`, "m").exec(head)?.[1];
}

async function gunzip(body: Uint8Array<ArrayBuffer>): Promise<string> {
  return await new Response(new Blob([body]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

/** Asks until the server has done its slowest compression. */
async function askForBrotli(server: Served, path: string): Promise<Raw> {
  for (;;) {
    const raw = await ask(server, `GET ${path} HTTP/1.1`, ["Accept-Encoding: gzip, br"]);
    if (header(raw, "Content-Encoding") === "br") return raw;
    assertEquals(header(raw, "Content-Encoding"), "gzip");
  }
}

Deno.test("the page comes as brotli, as gzip or as it is, and all three are the same document", async () => {
  await using server = await serve("--memory");
  const plain = await ask(server, "GET / HTTP/1.1", []);
  const html = new TextDecoder().decode(plain.body);
  assertStringIncludes(html, "</html>");
  assertEquals(header(plain, "Content-Encoding"), undefined);
  const gzip = await ask(server, "GET / HTTP/1.0", ["Accept-Encoding: gzip"]);
  assertEquals(await gunzip(gzip.body), html);
  const brotli = await askForBrotli(server, "/");
  assert(brotli.body.length < gzip.body.length && gzip.body.length < plain.body.length / 2);
  const fetched = await fetch(`http://${server.address}/`);
  assertEquals([fetched.status, await fetched.text()], [200, html]);
  for (const raw of [plain, gzip, brotli]) {
    assertEquals(header(raw, "Content-Length"), String(raw.body.length));
    assertEquals([header(raw, "Vary"), header(raw, "Cache-Control")], ["Accept-Encoding", "no-cache"]);
  }
  await server.stop();
});

Deno.test("a browser that names the tag of the page or of the manual gets 304 and nothing after the head", async () => {
  await using server = await serve("--memory");
  for (const path of ["/", "/help", "/help/guide"]) {
    const first = await ask(server, `GET ${path} HTTP/1.1`, ["Accept-Encoding: gzip"]);
    const known = `If-None-Match: ${header(first, "ETag")}`;
    await askForBrotli(server, path);
    for (const method of ["GET", "HEAD"]) {
      const next = await ask(server, `${method} ${path} HTTP/1.1`, ["Accept-Encoding: gzip, deflate, br, zstd", known]);
      assertStringIncludes(next.head, "HTTP/1.1 304 Not Modified");
      assertEquals([next.body.length, header(next, "ETag")], [0, header(first, "ETag")]);
    }
  }
  await server.stop();
});

Deno.test("a client that refuses every form of the page is told which there are", async () => {
  await using server = await serve("--memory");
  const { head, body } = await ask(server, "GET / HTTP/1.1", ["Accept-Encoding: identity;q=0"]);
  assertStringIncludes(head, "HTTP/1.1 406 Not Acceptable");
  assertStringIncludes(new TextDecoder().decode(body), "br, gzip and identity");
  await server.stop();
});

Deno.test("with TLS the page comes compressed as well, and the next load gets 304", async () => {
  await using server = await serve("--tls");
  const caCerts = [await Deno.readTextFile(`${server.folder}/cert.pem`)];
  const get = async (...headers: string[]) => {
    const conn = await Deno.connectTls({ hostname: "localhost", port: server.port, caCerts });
    return await askOn(conn, "GET / HTTP/1.1", [`Host: localhost:${server.port}`, "Accept-Encoding: gzip", ...headers]);
  };
  const first = await get();
  assertStringIncludes(await gunzip(first.body), "</html>");
  const next = await get(`If-None-Match: ${header(first, "ETag")}`);
  assertEquals([next.head.split("\r\n")[0], next.body.length], ["HTTP/1.1 304 Not Modified", 0]);
  await server.stop();
});
