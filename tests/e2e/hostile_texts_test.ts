import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { isVisible } from "../../src/protocol/text/visible.ts";
import { MAX_LINE_BYTES, MAX_TEXT_BYTES } from "../../src/protocol/limits.ts";
import { utf8Length } from "../../src/protocol/text/utf8_length.ts";
import { confab, serve } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { hostileEvents } from "../helpers/hostile_events.ts";
import { dangersIn, HOSTILE_TEXTS, isDangerous } from "../helpers/hostile_texts.ts";
import { SAMPLES } from "../helpers/sample_events.ts";

/** The texts that a server accepts as messages. */
const SENDABLE = HOSTILE_TEXTS.map(({ text }) => text).filter((text) =>
  text.isWellFormed() && utf8Length(text) <= MAX_TEXT_BYTES && isVisible(text) && isVisible(`/me ${text}`)
);

/** Returns the first forbidden character in these lines. */
function dangersOf(lines: readonly string[]): string[] {
  return lines.filter((line) => dangersIn(line).length > 0);
}

/** The same for lines of JSON, where piles of marks are allowed. */
function rawDangersOf(lines: readonly string[]): string[] {
  return lines.filter((line) => Array.from(line).some(isDangerous));
}

Deno.test("no text of the corpus draws in a pipe, in a pipe of JSON, on nc, or in a log", async () => {
  for (const log of ["text", "json"]) {
    await using server = await serve("--rate", "0", "--memory", "--log", log);
    await using piped = confab(["connect", server.address, "--name", "ada"]);
    await using json = confab(["connect", server.address, "--name", "bob", "--json"]);
    await using person = await Peer.dial(server.address);
    await person.write("kim\n");
    person.read();
    await Promise.all([piped.stdout.next("You are"), json.stdout.next("joined"), person.lines.next("You are kim")]);
    await using eve = await Peer.join(server.address, "eve");
    // A single sender would have too many refused and be paused.
    await using mallory = await Peer.join(server.address, "mallory");
    await using trudy = await Peer.join(server.address, "trudy");
    for (const text of SENDABLE) {
      const texts = [{ type: "message", room: "lobby", text }, { type: "message", to: "ada", text: `/me ${text}` }];
      await eve.send(...texts, { type: text });
      await mallory.send({ type: "topic", room: "lobby", text });
      await trudy.send({ type: "rename", name: text });
    }
    await person.write(`/${SENDABLE[0]}\n/join ${SENDABLE[1]}\n`);
    await eve.send({ type: "message", room: "lobby", text: "the end" });
    const ends = [piped.stdout.next("the end"), json.stdout.next("the end"), person.lines.next("the end")];
    await Promise.all(ends);
    assertEquals(dangersOf([...piped.stdout.all, ...piped.stderr.all, ...person.lines.all]), []);
    assertEquals(rawDangersOf(json.stdout.all), []);
    const events = json.stdout.all.map((line) => JSON.parse(line));
    const said = events.filter(({ type, from }) => type === "message" && from.name === "eve").map(({ text }) => text);
    assertEquals(said, [...SENDABLE, "the end"]);
    for (const program of [piped, json]) await program.endInput();
    await server.stop();
    assertEquals(rawDangersOf(server.program.stderr.all), []);
  }
});

/** A hostile server: it admits all clients, sends this, and closes the connection. */
function hostileServer(lines: readonly object[]): AsyncDisposable & { readonly address: string } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const bytes = new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const serveAll = async () => {
    for (let conn = await listener.accept();; conn = await listener.accept()) {
      for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await conn.write(rest));
      await conn.closeWrite();
      while (await conn.read(new Uint8Array(1_024)).catch(() => null) !== null);
      conn.close();
    }
  };
  const served = serveAll().catch(() => {});
  const { port } = listener.addr;
  const close = async () => {
    listener.close();
    await served;
  };
  return { address: `127.0.0.1:${port}`, [Symbol.asyncDispose]: close };
}

Deno.test("no server can draw on its clients' terminals, whatever it sends in whichever field", async () => {
  const joined = { ...SAMPLES.joined[0]!, ref: "join lobby", members: [], count: 1 };
  const ending = ["welcome", "goodbye", "joined", "ping"];
  const said = HOSTILE_TEXTS.flatMap(({ text }) => hostileEvents(text)).filter((event) =>
    !ending.includes(event.type) && utf8Length(JSON.stringify(event)) <= MAX_LINE_BYTES
  );
  const texts = HOSTILE_TEXTS.map(({ text }) => text).join("");
  const refusal = [{ type: "error", code: "forbidden", message: texts }, { type: "goodbye", reason: "refused" }];
  const welcome = SAMPLES.welcome[0]!;
  const elsewhere = { type: "error", ref: "join dev", code: "forbidden", message: texts };
  const chat = [welcome, joined, ...said, elsewhere, ...refusal];
  const closed = [welcome, { ...refusal[0], ref: "join lobby" }];
  for (const [args, lines] of [[["connect"], chat], [["connect", "--json"], chat], [["send"], closed]] as const) {
    await using server = hostileServer(lines);
    const words = args[0] === "send" ? ["send", server.address, "hi"] : [...args, server.address, "--room", "lobby"];
    await using program = confab([...words, "--name", "ada"]);
    const exit = await program.exit();
    assert(exit.code > 0, exit.stderr);
    const inJson = words.includes("--json");
    assertEquals((inJson ? rawDangersOf : dangersOf)(exit.stdout.split("\n")), []);
    assertEquals(dangersOf(exit.stderr.split("\n")), []);
    assertStringIncludes(exit.stderr, "I resign", "The client did not show the server's message");
  }
});
