import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { confab, HAS_PERL, serve, type Served, WINDOWS } from "../helpers/e2e.ts";
import { type Json, Peer } from "../helpers/e2e_peer.ts";
import { run } from "../helpers/process.ts";
import { inTime } from "../helpers/process_lines.ts";

/** A server with a witness: a well-behaved member who must see nothing of the bad clients except their messages. */
class Scene implements AsyncDisposable {
  readonly server: Served;
  readonly witness: Peer;
  #marks = 0;

  constructor(server: Served, witness: Peer) {
    this.server = server;
    this.witness = witness;
  }

  static async open(...options: readonly string[]): Promise<Scene> {
    const server = await serve(...options);
    return new Scene(server, await Peer.join(server.address, "Paula"));
  }

  /** Returns a connection that was greeted and has not joined. */
  async stranger(): Promise<Peer> {
    const peer = (await Peer.dial(this.server.address, "mallory")).read();
    await peer.send({ type: "ping" });
    await peer.next({ type: "pong" });
    return peer;
  }

  async member(name: string): Promise<Peer> {
    const peer = await Peer.join(this.server.address, name);
    await this.witness.next({ type: "join" });
    return peer;
  }

  /** Returns what the witness got since the last call: the text of each message, the type of any other event. */
  async heard(): Promise<string[]> {
    const text = `mark ${++this.#marks}`;
    await this.witness.send({ type: "message", ref: text, text });
    await this.witness.next({ type: "ack", ref: text });
    await this.witness.next({ type: "message", text });
    const heard = this.witness.events.map((event) => event.text ?? event.type);
    const from = heard.indexOf(`mark ${this.#marks - 1}`) + 1 || heard.indexOf("joined") + 1;
    return heard.slice(from).filter((what) => what !== text && what !== "ack");
  }

  /** Checks that the server still works, logged no internal error, and stops cleanly. */
  async close(...expected: readonly string[]): Promise<void> {
    assertEquals(await this.heard(), expected);
    await this.witness[Symbol.asyncDispose]();
    await this.server.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.witness[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

Deno.test("half a line before a close is not a message", async () => {
  await using scene = await Scene.open();
  await using mallory = await scene.member("mallory");
  await mallory.write('{"type":"message","text":"hal');
  mallory.close();
  await scene.server.program.stderr.first("disconnected");
  await scene.close("join");
});

for (const [how, begin] of [["JSON", '{"type":"message","text":"'], ["plain text", "I have much to say: "]] as const) {
  Deno.test(`a line of 10 MiB of ${how} is line_too_long, and ends the connection`, async () => {
    await using scene = await Scene.open();
    await using mallory = (await Peer.dial(scene.server.address)).read();
    // The server may close the connection before all of it is written.
    await mallory.write(begin + "x".repeat(10 * 1024 * 1024)).catch(() => {});
    await mallory.lines.next(how === "JSON" ? '"code":"line_too_long"' : "! Line is longer than 65536 bytes");
    await mallory.lines.next(how === "JSON" ? '"goodbye"' : "Goodbye");
    await mallory.ended();
    await scene.close();
  });
}

Deno.test("invalid UTF-8 is bad_utf8, and ends the connection", async () => {
  await using scene = await Scene.open();
  await using mallory = await scene.member("mallory");
  await mallory.write(Uint8Array.of(0x7b, 0xc3, 0x28, 0xff, 0x0a));
  await mallory.next({ type: "error", code: "bad_utf8" });
  await mallory.next({ type: "goodbye", reason: "refused" });
  await mallory.ended();
  await scene.close("join");
});

/** The fault, the line, the error code, and a part of the message. */
const WRONG_LINES: readonly [string, string, string, RegExp][] = [
  ["an array", "[1,2,3]", "bad_json", /not a JSON object/],
  ["a number", "7", "bad_json", /not a JSON object/],
  ["null", "null", "bad_json", /not a JSON object/],
  ["half an object", '{"type":', "bad_json", /not JSON/],
  ["an object and more", '{"type":"ping"} {}', "bad_json", /not JSON/],
  ["arrays 10,000 levels deep", "[".repeat(10_000) + "]".repeat(10_000), "bad_json", /not a JSON object/],
  [
    "a field 10,000 levels deep",
    `{"type":"message","text":${"[".repeat(10_000)}${"]".repeat(10_000)}}`,
    "invalid",
    /text/,
  ],
  ["objects 10,000 levels deep", `{"type":${'{"a":'.repeat(10_000)}1${"}".repeat(10_001)}`, "invalid", /type/],
  ["arrays that never end", "[".repeat(60_000), "bad_json", /not JSON/],
  ["no type", '{"text":"hello"}', "invalid", /^Field type is missing/],
  ["a type that is not a string", '{"type":7}', "invalid", /^Field type is not a string/],
  ["an unknown type", '{"type":"shout"}', "unknown_type", /"shout".*message/],
  ["a type of every object's own", '{"type":"constructor"}', "unknown_type", /"constructor"/],
  ["no text", '{"type":"message"}', "invalid", /^Field text is missing/],
  ["a text that is no string", '{"type":"message","text":["hello"]}', "invalid", /^Field text is Array/],
  ["an empty text", '{"type":"message","text":""}', "invalid", /^Field text /],
  ["a text that is too long", `{"type":"message","text":"${"x".repeat(8_193)}"}`, "invalid", /^Field text .*8192/],
  ["half a surrogate pair", '{"type":"message","text":"\\ud800"}', "invalid", /^Field text .*surrogate/],
  ["a ref that is too long", `{"type":"ping","ref":"${"r".repeat(65)}"}`, "invalid", /^Field ref/],
  ["a ref that is no string", '{"type":"ping","ref":{}}', "invalid", /^Field ref is Object/],
  ["a limit that is too big", '{"type":"history","room":"lobby","limit":1e9}', "invalid", /^Field limit/],
  ["a seq in place of an id", '{"type":"join","room":"lobby","after":1}', "invalid", /^Field after/],
  ["a room that cannot be", '{"type":"join","room":"a b"}', "invalid", /^Field room is "a b"/],
  ["a room and a person", '{"type":"message","room":"lobby","to":"Paula","text":"x"}', "invalid", /room and to/],
  ["a message to nobody", '{"type":"message","to":"nobody","text":"x"}', "no_such_member", /"nobody"/],
  ["a message to a room not joined", '{"type":"message","room":"ops","text":"x"}', "not_joined", /"ops"/],
  ["the history of a room there is not", '{"type":"history","room":"ops"}', "no_such_room", /"ops"/],
  ["leaving a room not joined", '{"type":"leave","room":"ops"}', "no_such_room", /"ops"/],
  ["another name on a further join", '{"type":"join","room":"ops","name":"eve"}', "invalid", /use rename/],
];

Deno.test("a wrong line gets its error code and the connection stays", async (t) => {
  await using scene = await Scene.open();
  await using mallory = await scene.member("mallory");
  for (const [what, line, code, message] of WRONG_LINES) {
    await t.step(`${what} is ${code}`, async () => {
      await mallory.write(`${line}\n`);
      const error = await mallory.next({ type: "error" });
      assertEquals(error.code, code, error.message);
      assertMatch(error.message, message);
      assert(error.message.length < 400, error.message);
    });
  }
  await mallory.send({ type: "message", ref: "r", text: "still here" });
  await mallory.next({ type: "ack", ref: "r" });
  await scene.close("join", "still here");
});

Deno.test("an error carries the ref of the invalid line", async () => {
  await using scene = await Scene.open();
  await using mallory = await scene.stranger();
  await mallory.send({ type: "message", ref: "m1", text: "" }, { type: "shout", ref: "m2" });
  await mallory.next({ type: "error", code: "invalid", ref: "m1" });
  await mallory.next({ type: "error", code: "unknown_type", ref: "m2" });
  await scene.close();
});

Deno.test("before the join, every command gets not_joined", async () => {
  await using scene = await Scene.open();
  await using mallory = await scene.stranger();
  const commands: Json[] = [
    { type: "message", text: "hello" },
    { type: "message", to: "Paula", text: "hello" },
    { type: "rename", name: "eve" },
    { type: "topic", room: "lobby", text: "mine" },
    { type: "members", room: "lobby" },
    { type: "rooms" },
    { type: "history", room: "lobby" },
    { type: "search", room: "lobby", query: "secret" },
    { type: "leave", room: "lobby" },
  ];
  for (const [index, command] of commands.entries()) {
    await mallory.send({ ...command, ref: `r${index}` });
    await mallory.next({ type: "error", code: "not_joined", ref: `r${index}` });
  }
  await scene.close();
});

const IMPOSSIBLE_NAMES: readonly [string, string][] = [
  ["a control character", "ev\x07e"],
  ["an escape sequence", "\x1b[31meve"],
  ["a line break", "eve\nbob: hi"],
  ["a C1 control character", "eve\x9b31m"],
  ["a bidi override", "\u202eeve"],
  ["a zero-width space", "e\u200bve"],
  ["a zero-width joiner", "ev\u200de"],
  ["a byte order mark", "\ufeffeve"],
  ["a soft hyphen", "e\u00adve"],
  ["a space", "eve adams"],
  ["nothing but combining marks", "\u0301\u0301"],
  ["no character at all", ""],
  ["33 characters", "x".repeat(33)],
  ["half a surrogate pair", "eve\ud800"],
];

Deno.test("a deceptive or drawing name is name_invalid", async (t) => {
  await using scene = await Scene.open();
  await using mallory = await scene.stranger();
  for (const [what, name] of IMPOSSIBLE_NAMES) {
    await t.step(`with ${what}`, async () => {
      await mallory.send({ type: "join", name });
      const { code, message } = await mallory.next({ type: "error" });
      assertEquals(code, "name_invalid");
      assertMatch(message, /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u);
    });
  }
  await scene.close();
});

Deno.test("a name that differs in case or looks alike is name_taken, and the suggestion is free", async (t) => {
  await using scene = await Scene.open();
  for (const name of ["Paula", "PAULA", "paula", "Раula", "Pаulа", "Ｐａｕｌａ", "PauIa"]) {
    await t.step(name, async () => {
      await using mallory = await scene.stranger();
      await mallory.send({ type: "join", name });
      const { code, suggestion } = await mallory.next({ type: "error" });
      assertEquals(code, "name_taken");
      await mallory.send({ type: "join", name: suggestion });
      await mallory.next({ type: "joined" });
      await mallory.send({ type: "leave" });
      await mallory.ended();
      await scene.witness.next({ type: "leave", reason: "left" });
    });
  }
  await scene.server.stop();
});

Deno.test("of 80 lines at once those above the rate are rate_limited, and the room sees the others in order", async () => {
  await using scene = await Scene.open("--rate", "1:20");
  await using mallory = await scene.member("mallory");
  const count = 80;
  const lines = Array.from({ length: count }, (_, index) => ({ type: "message", ref: `r${index}`, text: `${index}` }));
  await mallory.send(...lines, { type: "ping", ref: "end" });
  await mallory.next({ type: "pong", ref: "end" });
  const acks = mallory.events.filter(({ type }) => type === "ack").map(({ ref }) => ref.slice(1));
  const errors = mallory.events.filter(({ type }) => type === "error");
  assertEquals(acks.length + errors.length, count);
  assert(acks.length >= 20 && acks.length < count, `${acks.length} passed`);
  assert(errors.every(({ code, retryAfter }) => code === "rate_limited" && retryAfter > 0));
  await scene.close("join", ...acks);
});

Deno.test("10,000 lines at once arrive once and in order without a rate limit", async () => {
  await using scene = await Scene.open("--rate", "0");
  await using mallory = await scene.member("mallory");
  const texts = Array.from({ length: 10_000 }, (_, index) => `${index}`);
  await mallory.send(...texts.map((text) => ({ type: "message", text })));
  await scene.witness.next({ text: "9999" });
  await scene.close("join", ...texts);
});

Deno.test("120 commands at once are rate_limited beyond their own burst", async () => {
  await using scene = await Scene.open();
  await using mallory = await scene.member("mallory");
  await mallory.send(...Array.from({ length: 120 }, () => ({ type: "members", room: "lobby" })), {
    type: "ping",
    ref: "end",
  });
  await mallory.next({ type: "pong", ref: "end" });
  const answers = mallory.events.filter(({ type }) => type === "members").length;
  assert(answers >= 60 && answers < 120, `${answers} answers`);
  assertEquals(mallory.events.filter(({ code }) => code === "rate_limited").length, 120 - answers);
  await scene.close("join");
});

Deno.test("a member who never reads is closed, and no other member waits", async () => {
  await using scene = await Scene.open("--rate", "0");
  await using sloth = await Peer.dial(scene.server.address, "sloth");
  await sloth.write("sloth\n");
  await scene.witness.next({ type: "join" });
  await using mallory = await scene.member("mallory");
  const text = "x".repeat(8_000);
  // The system's buffers for a connection, plus twice the server's.
  const count = 3_000;
  for (let sent = 0; sent < count; sent += 100) {
    await mallory.send(...Array.from({ length: 100 }, () => ({ type: "message", text })));
    await mallory.send({ type: "ping", ref: `${sent}` });
    await mallory.next({ type: "pong", ref: `${sent}` });
  }
  await scene.witness.next({ type: "leave", reason: "slow" });
  const heard = await scene.heard();
  assertEquals(heard.filter((what) => what === text).length, count);
  assertEquals(heard.filter((what) => what !== text), ["join", "join", "leave"]);
  await scene.server.program.stderr.first("reason=slow");
  await scene.close();
});

Deno.test("silent connections are greeted as users and disturb no one", async () => {
  await using scene = await Scene.open();
  await using stack = new AsyncDisposableStack();
  const silent = await Promise.all(Array.from({ length: 50 }, () => Peer.dial(scene.server.address)));
  for (const peer of silent) stack.use(peer.read());
  for (const peer of silent) await peer.lines.next("Your name?");
  await scene.close();
});

Deno.test("a connection that is reset in the middle of a line affects no other", async () => {
  await using scene = await Scene.open();
  await using mallory = await Peer.dial(scene.server.address);
  await mallory.send({ type: "join", name: "mallory" });
  await scene.witness.next({ type: "join" });
  await mallory.write('{"type":"message","text":"hal');
  // Received bytes that were never read make the system reset the connection on close.
  mallory.close();
  await scene.server.program.stderr.first("disconnected");
  await scene.close("join");
});

Deno.test({
  name: "after 200 connections that are reset before accept, the server still listens (needs perl)",
  ignore: !HAS_PERL,
  async fn() {
    await using scene = await Scene.open();
    const script = `
      use Socket;
      for (1..200) {
        socket(my $s, PF_INET, SOCK_STREAM, 0) or die;
        setsockopt($s, SOL_SOCKET, SO_LINGER, pack("ii", 1, 0)) or die;
        connect($s, sockaddr_in($ARGV[0], INADDR_LOOPBACK)) or die;
        close($s);
      }`;
    const { code, stderr } = await run("perl", { args: ["-e", script, String(scene.server.port)] });
    assertEquals(code, 0, stderr);
    await using ada = await scene.member("ada");
    await ada.send({ type: "message", text: "all well" });
    await scene.close("join", "all well");
  },
});

Deno.test("beyond --max-connections a client gets server_full, until another leaves", async () => {
  await using scene = await Scene.open("--max-connections", "2");
  await using ada = await scene.member("ada");
  await using third = (await Peer.dial(scene.server.address)).read();
  const { retryAfter } = await third.next({ type: "error", code: "server_full" });
  assert(retryAfter > 0);
  await third.ended();
  await ada.send({ type: "leave" });
  await ada.ended();
  await scene.server.program.stderr.next("disconnected");
  await using bob = await scene.member("bob");
  await bob.send({ type: "message", text: "in" });
  await bob.next({ type: "message", text: "in" });
  await scene.close("join", "leave", "join", "in");
});

Deno.test("a repeated ref gets the first reply and is published once", async () => {
  await using scene = await Scene.open();
  await using ada = await scene.member("ada");
  await ada.send({ type: "message", ref: "r1", text: "once" }, { type: "message", ref: "r1", text: "once" });
  const first = await ada.next({ type: "ack", ref: "r1" });
  assertEquals(await ada.next({ type: "ack", ref: "r1" }), first);
  await scene.close("join", "once");
});

Deno.test("a returning client ends the session that it had before, unnoticed by others", async () => {
  await using scene = await Scene.open();
  await using ghost = await scene.member("ada");
  const { you } = ghost.events.find(({ type }) => type === "joined")!;
  await using ada = (await Peer.dial(scene.server.address)).read();
  await ada.send({ type: "join", name: "ada", token: you.token, session: you.session, after: "" });
  const joined = await ada.next({ type: "joined" });
  assertEquals([joined.you.id, joined.you.name], [you.id, "ada"]);
  await ghost.next({ type: "goodbye", reason: "replaced" });
  await ghost.ended();
  await using thief = await scene.stranger();
  await thief.send({ type: "join", name: "ada", token: "guessed" });
  await thief.next({ type: "error", code: "name_taken" });
  assertNotEquals(you.token, "guessed");
  await scene.close("join");
});

Deno.test({
  name: "a stopping server also says goodbye to silent connections (Windows has no SIGTERM)",
  ignore: WINDOWS,
  async fn() {
    await using server = await serve();
    await using silent = (await Peer.dial(server.address)).read();
    await server.program.stderr.first("connected");
    const stopped = server.stop();
    await silent.lines.next(/"code":"shutting_down"|The server is shutting down/);
    await silent.ended();
    await stopped;
  },
});

Deno.test("a client survives a server that sends nonsense", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using ada = confab(["connect", `127.0.0.1:${listener.addr.port}`, "--name", "ada"]);
  const conn = await inTime(listener.accept(), () => "the client to connect");
  await using server = new Peer(conn, "the client's server").read();
  await server.next({ type: "ping" });
  const limits = { lineBytes: 65536, nameChars: 32, textBytes: 8192, rooms: 32, page: 200 };
  await server.send({ type: "welcome", protocol: 1, server: { id: "s", name: "S", version: "0" }, limits });
  await server.next({ type: "join" });
  const at = new Date().toISOString();
  const from = { id: "m", name: "mallory" };
  await server.send({
    type: "joined",
    ref: "join lobby",
    room: { id: "r", name: "lobby", topic: "" },
    you: { id: "a", name: "ada", token: "t" },
    seq: 0,
    members: [],
    count: 1,
    missed: 0,
  });
  await server.write('nonsense\n[]\n{"type":"message"}\n{"type":"never heard of"}\n{"type":7}\n\n');
  await server.send({ type: "message", id: "1", room: "elsewhere", seq: 1, from, text: "not mine", at });
  await server.send({ type: "leave", room: "nowhere", member: from, at, reason: "left" });
  await server.send({ type: "message", id: "2", room: "lobby", seq: 1, from, text: "sense", at: "no time" });
  await ada.stdout.next("mallory: sense");
  await ada.endInput();
  await server.next({ type: "leave" });
  await server.send({ type: "goodbye", reason: "left" });
  server.close();
  const { code, stderr } = await ada.exit();
  assertEquals([code, stderr], [0, ""]);
});
