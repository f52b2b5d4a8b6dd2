/** Programs that an attacker makes connect to the chat's port. None of their bytes may reach the room. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { localNames } from "../../src/cli/platform/machine_addresses.ts";
import { serve, type Served } from "../helpers/e2e.ts";
import { request } from "../helpers/e2e_browser.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { inTime } from "../helpers/process_lines.ts";
import { toBytes } from "../fuzz/target.ts";
import { Wire } from "./wire.ts";

/** Lines that join the room and send a message, in both dialects. */
const BODY = 'eve\nhello from elsewhere\n{"type":"join","name":"mallory"}\n';
const HEADERS = "Host: evil.example\r\nOrigin: http://evil.example\r\nUser-Agent: x\r\nContent-Length: 99\r\n\r\n";

/** A room with one member, which reports whether another client joined. */
class Room implements AsyncDisposable {
  readonly server: Served;
  readonly #member: Peer;

  private constructor(server: Served, member: Peer) {
    this.server = server;
    this.#member = member;
  }

  static async open(...options: string[]): Promise<Room> {
    const server = await serve("--memory", ...options);
    return new Room(server, await Peer.join(server.address, "ada"));
  }

  /** Returns all bytes from the server until it closes the connection. */
  async answerTo(...chunks: readonly string[]): Promise<string> {
    using wire = await Wire.dial(this.server.address);
    return await this.#exchange(wire, chunks);
  }

  /** The same, on a connection that was silent until the server asked for a name. */
  async answerAfterSilence(...chunks: readonly string[]): Promise<string> {
    using conn = await Deno.connect({ hostname: this.server.host, port: this.server.port });
    const buffer = new Uint8Array(1_000);
    for (let greeting = ""; !greeting.endsWith("Your name?\n");) {
      const count = await inTime(conn.read(buffer), () => "a greeting");
      greeting += new TextDecoder().decode(buffer.subarray(0, count ?? 0));
    }
    return await this.#exchange(new Wire(conn), chunks);
  }

  async #exchange(wire: Wire, chunks: readonly string[]): Promise<string> {
    const answer = wire.text();
    for (const chunk of chunks) {
      // The server may close the connection before it has all bytes.
      await wire.write(toBytes(chunk)).catch(() => {});
    }
    return await inTime(answer, () => `the end of a connection that began with ${JSON.stringify(chunks[0])}`);
  }

  /** Checks that only the member joined and wrote. */
  async assertUndisturbed(): Promise<void> {
    await this.#member.send({ type: "message", room: "lobby", text: "alone?", ref: "alone" });
    await this.#member.next({ type: "ack", ref: "alone" });
    const others = this.#member.events.filter(({ type, from }) => type === "join" || (from && from.name !== "ada"));
    assertEquals(others, []);
    await this.#member.send({ type: "members", room: "lobby" });
    assertEquals((await this.#member.next({ type: "members" })).count, 1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#member[Symbol.asyncDispose]();
    await this.server.stop();
    await this.server[Symbol.asyncDispose]();
  }
}

/** First lines that browsers, proxies and scripts can be made to send, and the status of the answer. */
const REQUESTS: readonly [line: string, status: number][] = [
  ["patch / HTTP/1.1", 501],
  ["get / HTTP/1.1", 501],
  ["X1 / HTTP/1.1", 501],
  ["X / HTTP/1.1", 501],
  ["M-SEARCH / HTTP/1.1", 501],
  ["eve_ / HTTP/1.1", 501],
  ["!#$%&'*+-.^_`|~9a / HTTP/1.1", 501],
  ["VERSION-CONTROL-AND-MORE / HTTP/1.1", 501],
  ["GET / HTTP/2.0", 505],
  ["GET / HTTP/3", 505],
  ["GET / HTTP/0.9", 505],
  ["GET / HTTP/11.1", 505],
  ["GET / http/1.1", 400],
  ["GET / HTTP/1.", 400],
  ["GET / HTTP/", 400],
  ["GET / HTTP/1.1x", 400],
  ["GET /a b HTTP/1.1", 400],
  ["GET\t/\tHTTP/1.1", 400],
  ["GET  HTTP/1.1", 400],
  ['{"type":"join"} / HTTP/1.1', 400],
  ["/quit / HTTP/1.1", 400],
  ["\r\n\r\nPOST / HTTP/1.1", 403],
  ["\n \t\r\npatch / HTTP/1.1", 501],
  ["\xef\xbb\xbfpatch / HTTP/1.1", 501],
  ["\xff\xf1patch / HTTP/1.1", 501],
  ["POST / HTTP/1.1", 403],
  ["PRI * HTTP/2.0", 505],
];

Deno.test("a request with any method and version gets an HTTP response, and its body reaches no member", async () => {
  await using room = await Room.open();
  for (const [line, status] of REQUESTS) {
    const answer = await room.answerTo(`${line}\r\n${HEADERS}${BODY}`);
    assertMatch(answer, new RegExp(`^HTTP/1\\.1 ${status} [A-Z][^]*\\nConnection: close\\r\\n`), JSON.stringify(line));
  }
  await room.assertUndisturbed();
});

Deno.test("a request stays a request when its bytes come one at a time, and after the server has asked for a name", async () => {
  await using room = await Room.open();
  const texts = ["patch / HTTP/1.1", "\r\nX1 / HTTP/2.0", "M-SEARCH * http/1.1"].map((line) =>
    `${line}\r\n${HEADERS}${BODY}`
  );
  const answers = await Promise.all(texts.flatMap((text) => [
    room.answerTo(...text),
    room.answerAfterSilence(text),
    room.answerAfterSilence("\r\n", ...text),
  ]));
  for (const answer of answers) assertMatch(answer, /^HTTP\/1\.1 [45]\d\d /);
  await room.assertUndisturbed();
});

/** First bytes of other programs, and the protocol that the error names. */
const OTHERS: readonly [bytes: string, what: string][] = [
  // A mail server, a mail client, and curl with smtp://, dict://, imap:// and pop3://.
  ["EHLO mail.example\r\n", "SMTP"],
  ["helo mail.example\r\n", "SMTP"],
  ["LHLO mail.example\r\n", "SMTP"],
  ["MAIL FROM:<eve@evil.example>\r\n", "SMTP"],
  ["RCPT TO:<ada@example.org>\r\n", "SMTP"],
  ["A001 CAPABILITY\r\n", "IMAP"],
  ["CLIENT libcurl 8.5.0\r\n", "DICT"],
  // FTP's control connection, and IRC.
  ["USER anonymous\r\n", "FTP"],
  ["PASS eve@evil.example\r\n", "FTP"],
  ["PORT 127,0,0,1,19,186\r\n", "FTP"],
  ["EPRT |1|127.0.0.1|5050|\r\n", "FTP"],
  ["NICK eve\r\n", "IRC"],
  ["CAP LS 302\r\n", "IRC"],
  // Headers without a request line, as a proxy may leave them, and request lines of other protocols.
  ["Host: evil.example\r\n", "HTTP"],
  ["X-Anything:\r\n", "HTTP"],
  ["GET /\r\n", "HTTP"],
  ["GET / HTTP/1.1 please\r\n", "HTTP"],
  ["HTTP/1.1 200 OK\r\n", "HTTP"],
  ["OPTIONS * RTSP/1.0\r\n", "RTSP"],
  ["RTSP/1.0 200 OK\r\n", "RTSP"],
  ["INVITE sip:ada@example.org SIP/2.0\r\n", "SIP"],
  ["SIP/2.0 200 OK\r\n", "SIP"],
  // Load balancers.
  ["PROXY TCP4 192.0.2.1 192.0.2.2 5 5050\r\n", "PROXY"],
  ["PROXY UNKNOWN\r\n", "PROXY"],
  ["\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c", "binary"],
  // Print jobs.
  ["\x1b%-12345X@PJL JOB\r\n", "print"],
  ["@PJL SET COPIES=1\r\n", "print"],
  ["\x1bE\x1b&l0O\r\n", "print"],
  ["\x1b@text\r\n", "print"],
  ["%!PS-Adobe-3.0\r\n", "print"],
  ["\x02lp\n", "binary"],
  // STUN, TURN over TCP, and ICE over TCP with its length prefix (RFC 4571): a page chooses the user name.
  ["\0\x03\0\x24\x21\x12\xa4BabcdefghijklUSER\n", "UTF-8"],
  ["\0\x01\0\x08\x21\x12\xa4Babcdefghijkl\0\x06\0\x04eve\n", "UTF-8"],
  ["\0\x5c\0\x01\0\x48\x21\x12\xa4Babcdefghijkl\n", "UTF-8"],
  ["\x01\x18\0\x01\0\x48\x21\x12\xa4Babcdefghijkl\n", "UTF-8"],
  // Sent by Chromium to an alternate server, with a name from the page.
  ["\0\x03\0L!\x12\xa4BfTVbGrfTZpcQ\0\x19\0\x04\x11\0\0\0\0\x06\0\x14eve\nhello from turn\n", "UTF-8"],
  ["\0\x03\x0a\0\x21\x12\xa4BabcdefghijklUSER\n", "binary"],
  // Further protocols of company networks.
  ["SSH-2.0-OpenSSH_9.6\r\n", "SSH"],
  ["*1\r\n$4\r\nPING\r\n", "Redis"],
  ["CONNECT {}\r\n", "HTTP"],
  ["<?xml version='1.0'?>\n", "XML"],
  ["\x30\x0c\x02\x01\x01\n", "binary"],
  ["003agit-upload-pack /x\0host=evil\n", "binary"],
];

Deno.test("the first bytes of another protocol get one error before a name is accepted, and the connection closes", async () => {
  await using room = await Room.open();
  await Promise.all(OTHERS.map(async ([bytes, what]) => {
    const check = (answer: string, refusedBefore: number) => {
      const errors = answer.split("\n").filter((line) => line.startsWith("! ")).slice(refusedBefore);
      assertMatch(errors[0] ?? "", new RegExp(what), `${JSON.stringify(bytes)}: ${answer}`);
      assert(answer.endsWith("* Goodbye.\n"), answer);
    };
    check(await room.answerTo(bytes + BODY), 0);
    check(await room.answerTo(...bytes, BODY), 0);
    // The same holds after a refused name.
    if (!bytes.startsWith("\r")) check(await room.answerAfterSilence(`not a name\n${bytes}${BODY}`), 1);
  }));
  await room.assertUndisturbed();
});

Deno.test("TLS or invalid UTF-8 in place of a name ends the connection, whatever follows", async () => {
  await using room = await Room.open();
  for (const bytes of ["\x16\x03\x01\0\xdc\x01\n", "\x80\x2e\x01\x03\x01\n", "\xac\xed\0\x05\n"]) {
    assertMatch(await room.answerTo(bytes + BODY), /^! [^\n]*\n\* Goodbye\.\n$/m, JSON.stringify(bytes));
  }
  await room.assertUndisturbed();
});

Deno.test("a connection closes after ten refused names", async () => {
  await using room = await Room.open();
  const refused = (count: number) => "not a name\n".repeat(count);
  const answer = await room.answerAfterSilence(refused(10) + BODY);
  assertEquals(answer.match(/^! Name/gm)?.length, 10);
  assertMatch(answer, /\n! 10 lines were refused[^\n]*\n\* Goodbye\.\n$/);
  assertMatch(await room.answerAfterSilence("/nosuch\n".repeat(10) + BODY), /\n\* Goodbye\.\n$/);
  await room.assertUndisturbed();
  assertMatch(await room.answerAfterSilence(`${refused(9)}eve\n/quit\n`), /^\* You are eve/m);
});

Deno.test("a program whose first line is not a valid name is not asked for another", async () => {
  await using room = await Room.open();
  for (const first of ["set key 0 0 5", "not a name", "stats items", "/nosuch"]) {
    const answer = await room.answerTo(`${first}\neve\n${BODY}`);
    assertMatch(answer, /\n! The first line must be a name[^\n]*\n\* Goodbye\.\n$/, first);
  }
  await room.assertUndisturbed();
});

Deno.test("a user who mistypes the name is asked again, and may then send text that looks like another protocol", async () => {
  await using room = await Room.open();
  using bob = await Wire.dial(room.server.address);
  await bob.send({ type: "join", name: "bob" });
  await bob.until(({ type }) => type === "joined");
  const said = [
    "Note: lunch",
    "GET / HTTP/1.1",
    "EHLO there",
    "%!",
    "\x1b%",
    "<b>",
    "PROXY TCP4",
    "{hi",
    "HTTP/1.1 200 OK",
  ];
  const answer = room.answerAfterSilence(`Ada Lovelace\neve\n${said.join("\n")}\n\xff\xf1{ stripped\n/quit\n`);
  for (const text of [...said, "{ stripped"]) {
    assertEquals((await bob.until(({ type }) => type === "message")).text, text);
  }
  assertMatch(await answer, /^! Name "Ada Lovelace"[^\n]*\nYour name\?\n/m);
});

Deno.test("telnet's bytes are stripped from plain text only: in JSON they are invalid UTF-8", async () => {
  await using room = await Room.open();
  const join = '{"type":"join","name":"eve"}\n';
  const lines = [
    '{"type":"message","room":"lobby","text":"A\xff\xf1B"}\n',
    '{"type":"message","room":"lobby",\xff\xfa"to":"ada",\xff\xf0"text":"hidden"}\n',
    '\xff\xf1{"type":"message","room":"lobby","text":"begins"}\n',
    '  {"type":"message","room":"lobby","text":"x"}\xff\xf1\n',
  ];
  for (const line of lines) {
    for (const before of ["", '{"type":"ping"}\n']) {
      const answer = await room.answerTo(before + line + join);
      assertEquals(answer.match(/"code":"\w+"|^! /gm)?.length, 1, answer);
      assertMatch(answer, /"code":"bad_utf8"|^! Line is not valid UTF-8/m);
    }
  }
  assertMatch(await room.answerTo(`\xff\xf1${join}${BODY}`), /^! Line is not valid UTF-8/m);
  await room.assertUndisturbed();
  assertMatch(await room.answerTo("\xff\xfd\x03eve\xff\xf1\r\n/quit\r\n"), /^\* You are eve /m);
});

Deno.test("a .local name that any host can announce gets no page, and this machine's own name does", async () => {
  await using server = await serve("--memory", "--metrics", "0", "--origin", "chat.example.org");
  const line = await server.program.stdout.next("Metrics on http://");
  const metrics = Number(/:(\d+)\/metrics$/.exec(line)![1]);
  const own = localNames(Deno.hostname());
  const statusAt = async (port: number, path: string, host: string) => {
    const head = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    const answer = await request(await Deno.connect({ hostname: "127.0.0.1", port }), head);
    return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)![1]);
  };
  for (const [port, paths] of [[server.port, ["/"]], [metrics, ["/metrics", "/health"]]] as const) {
    for (const path of paths) {
      for (
        const host of [
          "127.0.0.1",
          "[::1]:5050",
          "localhost",
          "chat.example.org",
          ...own.flatMap((name) => [name, name.toUpperCase()]),
        ]
      ) {
        assertEquals(await statusAt(port, path, host), 200, `${host}${path}`);
      }
      for (const host of ["anything.local", ...own.map((name) => `x.${name}`), "evil.example", "local", ".local"]) {
        assertEquals(await statusAt(port, path, host), 403, `${host}${path}`);
      }
    }
  }
  await server.stop();
});
