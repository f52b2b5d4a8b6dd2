import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { type Compress, WebDocument } from "../../src/server/web_document.ts";

const HTML = `<!doctype html>\n${"<p>ü".repeat(1_000)}\n`;
const PAGE = { html: HTML, policy: "default-src 'none'" };
const BROWSER = "gzip, deflate, br, zstd";

interface Reply {
  readonly status: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

async function ask(page: WebDocument, headers: Readonly<Record<string, string>>, method = "GET"): Promise<Reply> {
  const chunk = (await page.reply({ method, headers: new Map(Object.entries(headers)) }))!;
  const end = String.fromCharCode(...chunk.subarray(0, 2_000)).indexOf("\r\n\r\n");
  const [first, ...fields] = new TextDecoder().decode(chunk.subarray(0, end)).split("\r\n");
  return {
    status: first!,
    headers: new Map(fields.map((field) => field.split(": ", 2) as [string, string])),
    body: chunk.subarray(end + 4),
  };
}

/** A document whose compression the test ends, and how often it was compressed. */
function controlled() {
  const calls: string[] = [];
  const ends = { br: Promise.withResolvers<Uint8Array>(), gzip: Promise.withResolvers<Uint8Array>() };
  const compress: Compress = (coding) => {
    calls.push(coding);
    return ends[coding].promise;
  };
  return { page: WebDocument.page(PAGE, compress), calls, ends };
}

Deno.test("each form decodes to the document, names its coding, and has a strong tag of its own", async () => {
  const page = WebDocument.page(PAGE);
  const tags = new Set<string>();
  for (const [accept, decode] of [["br", brotliDecompressSync], ["gzip", gunzipSync], ["", undefined]] as const) {
    const { status, headers, body } = await ask(page, { "accept-encoding": accept });
    assertEquals(status, "HTTP/1.1 200 OK");
    assertEquals(headers.get("Content-Encoding"), accept === "" ? undefined : accept);
    assertEquals(new TextDecoder().decode(decode?.(body) ?? body), HTML);
    assertEquals(headers.get("Content-Length"), String(body.length));
    assertEquals([headers.get("Vary"), headers.get("Cache-Control")], ["Accept-Encoding", "no-cache"]);
    assertMatch(headers.get("ETag")!, /^"[\w-]{22}-(br|gzip|identity)"$/);
    tags.add(headers.get("ETag")!);
  }
  assertEquals(tags.size, 3);
  await page.settled();
});

Deno.test("a browser that has the document gets 304 without a body, whichever of its forms it has", async () => {
  const page = WebDocument.page(PAGE);
  await ask(page, { "accept-encoding": "br" });
  for (const coding of ["br", "gzip", "identity"]) {
    const first = await ask(page, { "accept-encoding": coding });
    for (const method of ["GET", "HEAD"]) {
      const tag = first.headers.get("ETag")!;
      const second = await ask(page, { "accept-encoding": BROWSER, "if-none-match": `W/"x", ${tag}` }, method);
      assertEquals([second.status, second.body.length], ["HTTP/1.1 304 Not Modified", 0]);
      for (const name of ["Content-Length", "Content-Encoding", "Content-Type"]) assert(!second.headers.has(name));
      for (const name of ["ETag", "Vary", "Cache-Control", "Content-Security-Policy"]) {
        assertEquals(second.headers.get(name), first.headers.get(name));
      }
    }
  }
  await page.settled();
});

Deno.test("If-None-Match names the document alone, in a list, marked as weak by a proxy, or by *", async () => {
  const page = WebDocument.page(PAGE);
  const { headers } = await ask(page, {});
  const tag = headers.get("ETag")!;
  for (const header of [tag, ` ${tag} `, `W/${tag}`, `"x", ${tag}`, `"x,y",W/${tag},"z"`, "*", " * "]) {
    assertEquals((await ask(page, { "if-none-match": header })).status, "HTTP/1.1 304 Not Modified", header);
  }
  for (const header of [tag.slice(1), tag.slice(0, -1), tag.replaceAll('"', ""), `"${tag.slice(2)}`, "**", '"*"']) {
    assertEquals((await ask(page, { "if-none-match": header })).status, "HTTP/1.1 200 OK", header);
  }
});

Deno.test("another document, another policy and an unacceptable form have other tags: the body is sent", async () => {
  const forms = [PAGE, { ...PAGE, html: HTML + "x" }, { ...PAGE, policy: "default-src 'self'" }];
  const tags = await Promise.all(
    forms.map(async (form) => (await ask(WebDocument.page(form), {})).headers.get("ETag")!),
  );
  assertEquals(new Set(tags).size, 3);
  for (const tag of [...tags.slice(1), tags[0]!.replace("identity", "br"), '"x"', ""]) {
    const { status, body } = await ask(WebDocument.page(PAGE), { "if-none-match": tag });
    assertEquals([status, body.length > HTML.length], ["HTTP/1.1 200 OK", true], tag);
  }
});

Deno.test("HEAD has the headers of GET and no body", async () => {
  const page = WebDocument.page(PAGE);
  for (const accept of ["br", "gzip", "identity"]) {
    const [get, head] = [
      await ask(page, { "accept-encoding": accept }),
      await ask(page, { "accept-encoding": accept }, "HEAD"),
    ];
    assertEquals([head.status, head.headers, head.body.length], [get.status, get.headers, 0]);
  }
});

Deno.test("a script keeps its text in each form, and browsers need not ask for it again", async () => {
  const code = 'const text = "ü";\n';
  const script = WebDocument.script(code);
  const { headers, body } = await ask(script, { "accept-encoding": BROWSER });
  assertEquals(new TextDecoder().decode(brotliDecompressSync(body)), code);
  assertEquals(headers.get("Content-Type"), "text/javascript; charset=utf-8");
  assertEquals(headers.get("Cache-Control"), "max-age=31536000, immutable");
  assertEquals(headers.get("X-Content-Type-Options"), "nosniff");
});

Deno.test("a thousand requests at once, with any headers, compress the document once for each coding", async () => {
  const { page, calls, ends } = controlled();
  const accepts = [
    BROWSER,
    "br",
    "gzip",
    "*",
    "gzip;q=0.3, br;q=0.2",
    ...Array.from({ length: 995 }, (_, n) => `br, x${n}`),
  ];
  const asked = accepts.map((accept) => ask(page, { "accept-encoding": accept }));
  for (const end of Object.values(ends)) end.resolve(new Uint8Array(3));
  for (const { status } of await Promise.all(asked)) assertEquals(status, "HTTP/1.1 200 OK");
  assertEquals(calls.toSorted(), ["br", "gzip"]);
  const [one, other] = await Promise.all(
    ["br", "br"].map((accept) => page.reply({ method: "GET", headers: new Map([["accept-encoding", accept]]) })),
  );
  assert(one === other, "all replies share one chunk");
});

Deno.test("a failed compression rejects its reply, and the next request compresses again", async () => {
  let attempts = 0;
  const compress: Compress = (_, bytes) =>
    ++attempts === 1 ? Promise.reject(new Error("no memory")) : Promise.resolve(bytes);
  const page = WebDocument.page(PAGE, compress);
  await assertRejects(() => ask(page, { "accept-encoding": "gzip" }), Error, "no memory");
  assertEquals((await ask(page, { "accept-encoding": "gzip" })).status, "HTTP/1.1 200 OK");
});

Deno.test("a client that accepts no form gets none", async () => {
  const headers = new Map([["accept-encoding", "identity;q=0"]]);
  assertEquals(await WebDocument.page(PAGE).reply({ method: "GET", headers }), undefined);
});
