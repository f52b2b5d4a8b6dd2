/** Attacks on the trust in proxies, on the real program: from outside, through a proxy, and by the proxy itself. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { MAX_WRONG_PASSWORDS } from "../../src/protocol/limits.ts";
import { serve, type Served, WINDOWS } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { inTime } from "../helpers/process_lines.ts";
import { binaryHeader, IPV4_BODY, SIGNATURE } from "../helpers/proxy_headers.ts";
import { Visitor } from "../helpers/visitor.ts";
import { Wire } from "./wire.ts";

const ignore = WINDOWS;
/** Addresses for documentation: RFC 5737. */
const ATTACKER = "203.0.113.5";
const MEMBER = "198.51.100.7";
const ORIGIN = "http://127.0.0.1";
const ENCODER = new TextEncoder();
const HALVES = 200;

/** A server whose Unix socket belongs to a proxy, and whose port does not. */
class Scene implements AsyncDisposable {
  readonly server: Served;
  readonly #path: string;

  private constructor(server: Served, path: string) {
    this.server = server;
    this.#path = path;
  }

  static async open(...options: readonly string[]): Promise<Scene> {
    const path = `${newFolder()}/s`;
    return new Scene(await serve("--memory", "--unix", path, "--proxy", "unix", ...options), path);
  }

  /** A connection of the proxy. */
  async proxied(bytes: string | Uint8Array = ""): Promise<Wire> {
    const wire = new Wire(await Deno.connect({ transport: "unix", path: this.#path }));
    await wire.write(typeof bytes === "string" ? ENCODER.encode(bytes) : bytes);
    return wire;
  }

  /** A browser that the proxy passes on with these headers. */
  async browser(...headers: readonly string[]): Promise<Visitor> {
    const visitor = await Visitor.open(await Deno.connect({ transport: "unix", path: this.#path }), ORIGIN, headers);
    assert(typeof visitor !== "string", String(visitor));
    return visitor;
  }

  /** The address in the next line of the log about a new connection. */
  async connected(): Promise<string> {
    return /peer=(\S+)/.exec(await this.server.program.stderr.next("connected"))![1]!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}

function headerOf(address: string): string {
  return `PROXY TCP4 ${address} 127.0.0.1 5 5050\r\n`;
}

Deno.test("a client that connects directly cannot name another address", { ignore }, async () => {
  await using scene = await Scene.open();
  const { server } = scene;
  for (const bytes of [ENCODER.encode(headerOf(MEMBER)), binaryHeader(0x21, 0x11, IPV4_BODY)]) {
    using liar = await Wire.dial(server.address);
    await liar.write(bytes);
    await liar.write(ENCODER.encode('{"type":"join","name":"eve"}\n'));
    assertMatch(await scene.connected(), /^127\.0\.0\.1:/);
    assertStringIncludes(await inTime(liar.text(), () => "the end of a liar's connection"), "not like a name");
  }
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  const headers = [`X-Forwarded-For: ${MEMBER}`, `Forwarded: for=${MEMBER}`];
  using browser = await Visitor.open(conn, ORIGIN, headers) as Visitor;
  await browser.next(({ type }) => type === "welcome");
  assertMatch(await scene.connected(), /^127\.0\.0\.1:/);
  await server.stop();
});

Deno.test(
  "a guesser behind a proxy cannot invent new addresses, and does not lock others out",
  { ignore },
  async () => {
    const file = `${newFolder()}/admin`;
    await Deno.writeTextFile(file, "crane and gantry");
    await using scene = await Scene.open("--admin-password-file", file);
    const guess = async (password: string, ...headers: readonly string[]) => {
      using browser = await scene.browser(...headers);
      await browser.send({ type: "auth", password, ref: "guess" });
      const { type, code } = await browser.next(({ ref }) => ref === "guess");
      return code ?? type;
    };
    const answers: string[] = [];
    for (let time = 0; time < 2 * MAX_WRONG_PASSWORDS; time++) {
      answers.push(
        await guess(`sesame ${time}`, `X-Forwarded-For: 127.0.0.1, ${MEMBER}, 192.0.2.${time}, ${ATTACKER}`),
      );
    }
    const wrong = Array(MAX_WRONG_PASSWORDS);
    assertEquals(answers, [...wrong.fill("wrong_password"), ...Array(MAX_WRONG_PASSWORDS).fill("rate_limited")]);
    assertEquals(await guess("crane and gantry", `X-Forwarded-For: ${ATTACKER}`), "rate_limited");
    assertEquals(await guess("crane and gantry", `X-Forwarded-For: ${MEMBER}`), "authenticated");
    const lines = await Promise.all(answers.map(() => scene.server.program.stderr.next("wrong password")));
    for (const line of lines) assertMatch(line, new RegExp(`peer=${ATTACKER} `));
    await scene.server.stop();
  },
);

Deno.test("a proxy's invalid headers end their own connection with one error, and no address is taken from them", {
  ignore,
}, async () => {
  await using scene = await Scene.open();
  const endless = Uint8Array.from([...ENCODER.encode(SIGNATURE), 0x21, 0x11, 0xff, 0xff, ...IPV4_BODY]);
  const invalid = [
    "PROXY TCP4 ::1 ::1 5 6\r\n",
    `PROXY TCP4 ${ATTACKER} ${MEMBER} 5 99999\r\n`,
    `PROXY ${"x".repeat(200)}`,
    endless,
    binaryHeader(0x21, 0x12, IPV4_BODY),
    binaryHeader(0x31, 0x11, IPV4_BODY),
    binaryHeader(0x21, 0x21, IPV4_BODY),
  ];
  for (const bytes of invalid) {
    using proxy = await scene.proxied(bytes);
    const text = await inTime(proxy.text(), () => "the end of a proxy's connection");
    assertMatch(text, /^\{"type":"error","code":"bad_frame",[^\n]*PROXY protocol is not valid[^\n]*\n$/);
  }
  await scene.server.program.stderr.next("proxy refused");
  assertEquals(scene.server.program.stderr.all.filter((line) => / connected /.test(line)), []);
  await scene.server.stop();
});

Deno.test("hundreds of half headers delay no client of the proxy", { ignore }, async () => {
  await using scene = await Scene.open();
  const halves = await Promise.all(
    Array.from(
      { length: HALVES },
      (_, n) =>
        scene.proxied(n % 2 === 0 ? `PROXY TCP4 ${ATTACKER} 127` : `${SIGNATURE}!\x11\x07\xf0${"x".repeat(1_000)}`),
    ),
  );
  using ada = await scene.proxied(headerOf(MEMBER));
  await ada.send({ type: "join", name: "ada" });
  await inTime(ada.until(({ type }) => type === "joined"), () => "a member to join after half headers");
  assertEquals(await scene.connected(), `${MEMBER}:5`);
  await ada.send({ type: "message", room: "lobby", text: "hi", ref: "1" });
  await ada.until(({ type }) => type === "ack");
  for (const half of halves) half.close();
  await scene.server.stop();
});
