import { assert, assertEquals, assertMatch } from "@std/assert";
import { MAX_ADMITTED, MAX_RESTRICTIONS } from "../../../src/protocol/limits.ts";
import { type Of, Stage } from "../stage.ts";

const HI = { type: "message", room: "dev", text: "hi" };

/** A room created by mod, with ada and bob in it; the owner is connected without having joined. */
function scene() {
  const stage = new Stage();
  const owner = stage.connect(true, { privileged: true });
  const [mod, ada, bob] = ["mod", "ada", "bob"].map((name) => stage.join(name, "dev")) as [number, number, number];
  stage.forget();
  return { stage, owner, mod, ada, bob };
}

/** The last event that a command brings to its sender. */
function ask(stage: Stage, session: number, command: object): string | undefined {
  stage.events(session);
  stage.say(session, command);
  return stage.seen(session).at(-1);
}

function tokenOf(stage: Stage, session: number, room = "dev"): string {
  stage.say(session, { type: "join", room });
  return (stage.events(session).find((event) => event.type === "joined") as Of<"joined">).you.token!;
}

Deno.test("the first member of a new room moderates it, also after a restart if the room has a message", () => {
  const { stage, mod, ada } = scene();
  const token = tokenOf(stage, mod);
  stage.say(ada, HI);
  stage.restart();
  const again = stage.connect();
  stage.say(again, { type: "join", room: "dev", token });
  assertEquals((stage.events(again)[0] as Of<"joined">).you.role, "moderator");
});

Deno.test("the moderator role ends with a room that keeps no messages", () => {
  const { stage, mod, ada, bob } = scene();
  for (const session of [mod, ada, bob]) stage.say(session, { type: "leave", room: "dev" });
  stage.say(ada, { type: "join", room: "dev" });
  assertEquals(ask(stage, mod, { type: "join", room: "dev" }), "joined dev as mod with 2, seq 0");
  assertEquals([
    ask(stage, mod, { type: "slow", room: "dev", seconds: 1 }),
    ask(stage, ada, { type: "slow", room: "dev", seconds: 1 }),
  ], [
    "! forbidden",
    "restriction slow dev by ada",
  ]);
});

Deno.test("join events and member lists show roles", () => {
  const { stage, owner, ada } = scene();
  stage.say(owner, { type: "join", name: "boss", room: "dev" });
  const [join] = stage.events(ada) as [Of<"join">];
  assertEquals(join.member.role, "owner");
  stage.say(ada, { type: "members", room: "dev" });
  const [{ members }] = stage.events(ada) as [Of<"members">];
  assertEquals(members.map(({ name, role }) => [name, role]), [
    ["mod", "moderator"],
    ["ada", undefined],
    ["bob", undefined],
    ["boss", "owner"],
  ]);
});

Deno.test("a kicked member gets a notice, the other members see the leave, and the member may rejoin", () => {
  const { stage, mod, ada, bob } = scene();
  stage.say(mod, { type: "kick", room: "dev", name: "Ada", reason: "too loud", ref: "k" });
  assertEquals(stage.seen(mod), ["-ada dev kicked", "notice dev: ada is kicked from #dev: too loud <k>"]);
  assertEquals(stage.seen(bob), ["-ada dev kicked"]);
  assertEquals(stage.seen(ada), ["notice dev: mod kicked you from #dev: too loud", "-ada dev kicked"]);
  assertEquals(ask(stage, ada, HI), "! not_joined");
  assertEquals(ask(stage, ada, { type: "join", room: "dev" }), "joined dev as ada with 3, seq 0");
});

Deno.test("a member within their grace can be kicked", () => {
  const { stage, mod, ada, bob } = scene();
  stage.drop(ada);
  stage.say(mod, { type: "kick", room: "dev", name: "ada" });
  assertEquals(stage.seen(bob), ["-ada dev kicked"]);
  assertEquals(ask(stage, mod, { type: "kick", room: "dev", name: "ada" }), "! no_such_member");
  assert(stage.join("ada", "dev"));
});

Deno.test("a room ban keeps the member out of that room only, until it ends", () => {
  const { stage, mod, ada } = scene();
  stage.say(ada, { type: "join", room: "ops" });
  assertEquals(ask(stage, mod, { type: "ban", name: "ada", room: "dev", ref: "b" }), "-ada dev kicked");
  stage.forget();
  assertEquals(ask(stage, ada, { type: "join", room: "dev" }), "! forbidden");
  assertEquals(ask(stage, ada, { type: "message", room: "ops", text: "hi", ref: "1" }), "ack 1 1");
  assertEquals(
    ask(stage, mod, { type: "allow", name: "ada", room: "dev", ref: "a" }),
    "restriction allow ada dev by mod <a>",
  );
  assertEquals(ask(stage, ada, { type: "join", room: "dev" }), "joined dev as ada with 3, seq 0");
});

Deno.test("a server ban closes the connection and rejects the token, also after a restart, until it expires", () => {
  const { stage, owner, ada, bob } = scene();
  const token = tokenOf(stage, ada);
  stage.forget();
  stage.say(owner, { type: "ban", name: "ada", seconds: 60, reason: "spam", ref: "b" });
  assertEquals(stage.seen(owner), ["restriction ban ada by owner <b>"]);
  assertEquals(stage.seen(ada), [
    "restriction ban ada by owner",
    "notice all: The owner banned you from this server: spam",
    "goodbye kicked",
  ]);
  assertEquals(stage.seen(bob), ["restriction ban ada by owner", "-ada dev kicked"]);
  stage.restart();
  const again = stage.connect();
  const back = () => ask(stage, again, { type: "join", room: "dev", token });
  assertEquals(back(), "! forbidden");
  const witness = stage.join("witness", "dev");
  stage.forget();
  stage.pass(59_999);
  assertEquals(back(), "! forbidden");
  stage.pass(1);
  assertEquals(stage.seen(witness), ["off ban ada by server"]);
  assertEquals(back(), "joined dev as ada with 2, seq 0");
  assertEquals(stage.store.audit.map(({ action, by }) => `${by.name} ${action}`), ["owner ban", "server ended ban"]);
});

Deno.test("a ban may include the member's address or network, which only the owner sees", () => {
  const { stage, owner, mod, bob } = scene();
  const join = (name: string, address: string) => {
    const session = stage.connect(true, { address });
    return [session, ask(stage, session, { type: "join", name, room: "dev" })] as const;
  };
  const [eve] = join("eve", "192.0.2.7");
  const [kim] = join("kim", "192.0.2.7");
  const [zoe] = join("zoe", "192.0.2.8");
  stage.say(mod, { type: "ban", name: "eve", room: "dev", also: "address" });
  assertEquals([eve, kim, zoe].map((session) => ask(stage, session, HI)), [
    "! not_joined",
    "! not_joined",
    "dev 1 zoe: hi",
  ]);
  assertEquals(join("eve2", "192.0.2.7")[1], "! forbidden");
  assertEquals(join("eve3", "::ffff:192.0.2.7")[1], "! forbidden");
  stage.say(mod, { type: "ban", name: "eve", room: "dev", also: "network" });
  assertEquals(join("eve4", "192.0.2.99")[1], "! forbidden");
  assertEquals(join("eve5", "192.0.3.1")[1], "joined dev as eve5 with 4, seq 1");
  assertEquals(
    ask(stage, mod, { type: "restrictions", room: "dev" }),
    "restrictions 2: ban eve dev, moderator mod dev",
  );
  assertEquals(
    ask(stage, owner, { type: "restrictions", room: "dev" }),
    "restrictions 2: ban eve 192.0.2.0/24 dev, moderator mod dev",
  );
  assertEquals(
    ask(stage, bob, { type: "restrictions", room: "dev" }),
    "restrictions 2: ban eve dev, moderator mod dev",
  );
  stage.say(mod, { type: "allow", name: "eve", room: "dev" });
  assert(join("eve6", "192.0.2.99")[1]!.startsWith("joined dev"));
});

Deno.test("a ban with address also applies to a member who has already left", () => {
  const { stage, mod } = scene();
  const eve = stage.connect(true, { address: "192.0.2.7" });
  stage.say(eve, { type: "join", name: "eve", room: "dev" });
  stage.say(eve, { type: "leave" });
  stage.say(mod, { type: "ban", name: "eve", room: "dev", also: "address" });
  const again = stage.connect(true, { address: "192.0.2.7" });
  assertEquals(ask(stage, again, { type: "join", name: "eve2", room: "dev" }), "! forbidden");
});

Deno.test("a member without a token, as on nc, is banned by address", () => {
  const { stage, mod } = scene();
  const nc = stage.connect(false, { address: "2001:db8::7" });
  stage.say(nc, { type: "join", name: "nick", room: "dev" });
  stage.say(mod, { type: "ban", name: "nick", room: "dev" });
  const again = stage.connect(false, { address: "2001:db8::7" });
  assertEquals(ask(stage, again, { type: "join", name: "nick2", room: "dev" }), "! forbidden");
  stage.restart();
  const later = stage.connect(false, { address: "2001:db8::7" });
  assertEquals(ask(stage, later, { type: "join", name: "nick3", room: "dev" }), "! forbidden");
});

Deno.test("a ban by a shared or unknown address is refused with a reason and changes nothing", () => {
  for (const address of ["127.0.0.1", "::1", undefined]) {
    for (const also of ["address", "network"]) {
      const { stage, mod } = scene();
      const eve = stage.connect(true, { address });
      stage.say(eve, { type: "join", name: "eve", room: "dev" });
      stage.forget();
      stage.say(mod, { type: "ban", name: "eve", room: "dev", also });
      const [error] = stage.events(mod) as [Of<"error">];
      assertEquals(error.code, "forbidden");
      assertMatch(error.message, /a ban by address would not work: ban the name alone, or kick or mute it/);
      assertEquals([stage.seen(eve), stage.store.audit], [[], []]);
      assertEquals(ask(stage, mod, { type: "ban", name: "eve", room: "dev" }), "-eve dev kicked");
    }
  }
});

Deno.test("a member without a token and with a shared address cannot be banned, but kicked and muted", () => {
  const { stage, mod } = scene();
  const nc = stage.connect(false, { address: "127.0.0.1" });
  stage.say(nc, { type: "join", name: "nick", room: "dev" });
  stage.forget();
  stage.say(mod, { type: "ban", name: "nick", room: "dev" });
  const [error] = stage.events(mod) as [Of<"error">];
  assertEquals(error.code, "forbidden");
  assertMatch(error.message, /own machine, perhaps through a proxy.* would not work: kick or mute them/);
  assertEquals(ask(stage, mod, { type: "mute", name: "nick", room: "dev" }), "restriction mute nick dev by mod");
  stage.say(mod, { type: "kick", name: "nick", room: "dev" });
  assertEquals(stage.seen(nc).at(-1), "-nick dev kicked");
});

Deno.test("a member from before a restart is banned by name, because their address is not known", () => {
  const { stage, owner, ada } = scene();
  const token = tokenOf(stage, ada);
  stage.say(ada, HI);
  stage.restart();
  const boss = stage.connect(true, { privileged: true });
  assertEquals([owner !== boss, ask(stage, boss, { type: "ban", name: "ada", also: "address" })], [
    true,
    "! forbidden",
  ]);
  assertEquals(ask(stage, boss, { type: "ban", name: "ada" }), "restriction ban ada by owner");
  assertEquals(ask(stage, stage.connect(), { type: "join", token }), "! forbidden");
});

Deno.test("the owner bans an address or network, which closes all connections from it except those of moderators", () => {
  const { stage, owner, mod } = scene();
  const [eve, helper] = ["192.0.2.7", "192.0.2.8"].map((address) => stage.connect(true, { address })) as [
    number,
    number,
  ];
  stage.say(eve, { type: "join", name: "eve" });
  stage.say(helper, { type: "join", name: "helper" });
  stage.say(owner, { type: "moderator", name: "helper" });
  assertEquals(ask(stage, mod, { type: "ban", address: "192.0.2.0/24", room: "dev" }), "! forbidden");
  assertEquals(ask(stage, owner, { type: "ban", address: "192.0.2.77/24" }), "restriction ban 192.0.2.0/24 by owner");
  assertEquals([stage.closed.get(eve), stage.closed.get(helper)], ["kicked", undefined]);
  stage.say(owner, { type: "restrictions" });
  const [{ restrictions: [restriction] }] = stage.events(owner) as [Of<"restrictions">];
  assertEquals(ask(stage, helper, { type: "allow", restriction: restriction!.id }), "! forbidden");
  assertEquals(
    ask(stage, owner, { type: "allow", restriction: restriction!.id, ref: "a" }),
    "off ban 192.0.2.0/24 by owner <a>",
  );
  const again = stage.connect(true, { address: "192.0.2.7" });
  assert(ask(stage, again, { type: "join", name: "eve" })!.startsWith("joined"));
});

Deno.test("a mute in one room or everywhere blocks messages and topics there, and direct messages only if everywhere", () => {
  const { stage, owner, mod, ada } = scene();
  stage.say(ada, { type: "join", room: "ops" });
  assertEquals(
    ask(stage, mod, { type: "mute", name: "ada", room: "dev", seconds: 60, ref: "m" }),
    "restriction mute ada dev by mod <m>",
  );
  assertEquals(stage.seen(ada).slice(-2), ["restriction mute ada dev by mod", "notice dev: mod muted you in #dev"]);
  const tries = () => [
    ask(stage, ada, HI),
    ask(stage, ada, { type: "topic", room: "dev", text: "x" }),
    ask(stage, ada, { type: "message", to: "bob", text: "psst" }),
    ask(stage, ada, { type: "message", room: "ops", text: "hi", ref: "1" })?.slice(0, 3),
  ];
  assertEquals(tries(), ["! forbidden", "! forbidden", "@bob 1 ada: psst", "ack"]);
  stage.say(owner, { type: "mute", name: "ada" });
  assertEquals(tries().slice(0, 3), ["! forbidden", "! forbidden", "! forbidden"]);
  stage.say(owner, { type: "allow", name: "ada" });
  assertEquals(tries().slice(0, 3), ["! forbidden", "! forbidden", "@bob 2 ada: psst"]);
  stage.pass(60_000);
  assertEquals(tries().slice(1, 3), ["topic dev: x by ada", "@bob 3 ada: psst"]);
});

Deno.test("a locked room admits a member who gives its password, and later without it", () => {
  const { stage, mod, ada } = scene();
  assertEquals(
    ask(stage, mod, { type: "lock", room: "dev", password: "sesame", ref: "l" }),
    "restriction lock dev by mod <l>",
  );
  assertEquals(stage.seen(ada), ["restriction lock dev by mod"]);
  const eve = stage.join("eve");
  stage.forget();
  stage.say(eve, { type: "join", room: "dev" });
  const [error] = stage.events(eve) as [Of<"error">];
  assertEquals([error.code, error.needs], ["wrong_password", "room"]);
  assertEquals(ask(stage, eve, { type: "join", room: "dev", password: "Sesame" }), "! wrong_password");
  assertEquals(ask(stage, eve, { type: "join", room: "dev", password: "sesame" }), "joined dev as eve with 4, seq 0");
  const token = tokenOf(stage, eve);
  stage.restart();
  const again = stage.connect();
  assertEquals(ask(stage, again, { type: "join", room: "dev", token }), "joined dev as eve with 1, seq 0");
  const [{ room }] = [stage.say(again, { type: "join", room: "dev" }), ...stage.events(again)].slice(1) as [
    Of<"joined">,
  ];
  assertEquals(room.locked, true);
  assert(!JSON.stringify(stage.store.records).replaceAll(/digest of [^"]*/g, "").includes("sesame"));
});

Deno.test("a room locked without a password admits members who are allowed or invited, moderators and owners", () => {
  const { stage, owner, mod } = scene();
  stage.say(mod, { type: "lock", room: "dev" });
  const [eve, kim, zoe] = ["eve", "kim", "zoe"].map((name) => stage.join(name)) as [number, number, number];
  stage.forget();
  assertEquals(ask(stage, eve, { type: "join", room: "dev", password: "" }), "! wrong_password");
  stage.say(mod, { type: "allow", name: "eve", room: "dev" });
  assertEquals(ask(stage, eve, { type: "join", room: "dev" }), "joined dev as eve with 4, seq 0");
  stage.say(owner, { type: "invite", room: "dev", uses: 1 });
  const { secret } = stage.events(owner).at(-1) as Of<"invite">;
  assertEquals(ask(stage, kim, { type: "join", room: "dev", password: secret }), "joined dev as kim with 5, seq 0");
  assertEquals(ask(stage, zoe, { type: "join", room: "dev", password: secret }), "! wrong_password");
  stage.say(owner, { type: "moderator", name: "zoe" });
  assertEquals(ask(stage, zoe, { type: "join", room: "dev" }), "joined dev as zoe with 6, seq 0");
  assertEquals(ask(stage, owner, { type: "join", room: "dev", name: "boss" }), "joined dev as boss with 7, seq 0");
});

Deno.test("members inside a room when it is locked stay and may return, also after a restart; outsiders cannot list them", () => {
  const { stage, mod, ada, bob } = scene();
  const token = tokenOf(stage, ada);
  const eve = stage.join("eve");
  stage.say(mod, { type: "lock", room: "dev" });
  stage.forget();
  assertEquals(ask(stage, eve, { type: "members", room: "dev" }), "! forbidden");
  assertEquals(ask(stage, bob, { ...HI, ref: "1" }), "ack 1 1");
  stage.drop(ada);
  stage.restart();
  const again = stage.connect();
  assertEquals(ask(stage, again, { type: "join", room: "dev", token }), "joined dev as ada with 1, seq 1");
});

Deno.test("a second lock replaces the first, and unlocking opens the room", () => {
  const { stage, mod } = scene();
  stage.say(mod, { type: "lock", room: "dev" });
  stage.say(mod, { type: "lock", room: "dev", password: "x" });
  assertEquals(ask(stage, mod, { type: "restrictions", room: "dev" }), "restrictions 2: lock dev, moderator mod dev");
  assertEquals(ask(stage, mod, { type: "lock", room: "dev", off: true, ref: "o" }), "off lock dev by mod <o>");
  assertEquals(ask(stage, mod, { type: "lock", room: "dev", off: true }), "! invalid");
  assert(stage.join("eve", "dev"));
});

Deno.test("a lock remembers the last MAX_ADMITTED members that it admitted", () => {
  const { stage, mod } = scene();
  stage.say(mod, { type: "lock", room: "dev", password: "sesame" });
  const tokens = [];
  for (let count = 0; count <= MAX_ADMITTED; count++) {
    const guest = stage.connect();
    stage.say(guest, { type: "join", name: `guest${count}`, room: "dev", password: "sesame" });
    tokens.push((stage.events(guest)[0] as Of<"joined">).you.token);
    stage.say(guest, { type: "leave" });
  }
  const back = (token: string) => ask(stage, stage.connect(), { type: "join", room: "dev", token })!.slice(0, 6);
  assertEquals([tokens[0]!, tokens[1]!, tokens.at(-1)!].map(back), ["! wron", "joined", "joined"]);
});

Deno.test("in slow mode members wait between messages, also after rejoining; moderators do not wait", () => {
  const { stage, mod, ada, bob } = scene();
  assertEquals(
    ask(stage, mod, { type: "slow", room: "dev", seconds: 10, ref: "s" }),
    "restriction slow dev by mod <s>",
  );
  const speak = (session: number) => ask(stage, session, { ...HI, ref: crypto.randomUUID() })!.slice(0, 3);
  assertEquals([speak(ada), speak(bob), speak(mod), speak(mod)], Array(4).fill("ack"));
  stage.say(ada, { ...HI, ref: "again" });
  const error = stage.events(ada).at(-1) as Of<"error">;
  assertEquals([error.code, error.retryAfter], ["rate_limited", 10]);
  stage.say(ada, { type: "leave", room: "dev" });
  stage.say(ada, { type: "join", room: "dev" });
  assertEquals(ask(stage, ada, HI), "! rate_limited");
  stage.pass(9_999);
  assertEquals(ask(stage, ada, HI), "! rate_limited");
  stage.pass(1);
  assertEquals(ask(stage, ada, { ...HI, ref: "1" }), "ack 1 5");
  stage.restart();
  const eve = stage.connect();
  stage.say(eve, { type: "join", name: "eve", room: "dev" });
  assertEquals((stage.events(eve)[0] as Of<"joined">).room.slow, 10);
});

Deno.test("slow mode ends with a value of 0 seconds", () => {
  const { stage, mod, ada } = scene();
  stage.say(mod, { type: "slow", room: "dev", seconds: 10 });
  assertEquals(ask(stage, mod, { type: "slow", room: "dev", seconds: 0 }), "off slow dev by mod");
  assertEquals([ask(stage, ada, { ...HI, ref: "1" }), ask(stage, ada, { ...HI, ref: "2" })], ["ack 1 1", "ack 2 2"]);
  assertEquals(ask(stage, mod, { type: "slow", room: "dev", seconds: 0 }), "! invalid");
});

Deno.test("a lockdown admits no new members, and only accounts and moderators may write", () => {
  const { stage, owner, mod, ada, bob } = scene();
  const token = tokenOf(stage, ada);
  stage.say(bob, { type: "register", password: "long enough" });
  stage.hash();
  assertEquals(ask(stage, mod, { type: "lockdown", on: true }), "! forbidden");
  assertEquals(ask(stage, owner, { type: "lockdown", on: true, ref: "l" }), "restriction lockdown by owner <l>");
  assertEquals(stage.seen(ada).at(-1), "restriction lockdown by owner");
  assertEquals([ada, bob, mod].map((session) => ask(stage, session, { ...HI, ref: "1" })), [
    "! forbidden <1>",
    "ack 1 1",
    "ack 1 2",
  ]);
  assertEquals(ask(stage, ada, { type: "message", to: "bob", text: "hi" }), "! forbidden");
  assertEquals(ask(stage, stage.connect(), { type: "join", name: "eve" }), "! forbidden");
  stage.restart();
  assert(ask(stage, stage.connect(), { type: "join", token })!.startsWith("joined"));
  const boss = stage.connect(true, { privileged: true });
  assertEquals(ask(stage, boss, { type: "join", name: "boss" })!.slice(0, 6), "joined");
  assertEquals(ask(stage, boss, { type: "lockdown", on: false }), "off lockdown by boss");
  assert(ask(stage, stage.connect(), { type: "join", name: "eve" })!.startsWith("joined"));
});

Deno.test("moderators appoint moderators of their room, and only the owner appoints moderators of all rooms", () => {
  const { stage, owner, mod, ada, bob } = scene();
  assertEquals(ask(stage, ada, { type: "moderator", name: "ada", room: "dev" }), "! forbidden");
  assertEquals(ask(stage, mod, { type: "moderator", name: "ada" }), "! forbidden");
  assertEquals(
    ask(stage, mod, { type: "moderator", name: "ada", room: "dev", ref: "r" }),
    "role moderator ada dev by mod <r>",
  );
  assertEquals(ask(stage, ada, { type: "kick", name: "bob", room: "dev" }), "notice dev: bob is kicked from #dev");
  assertEquals(ask(stage, owner, { type: "moderator", name: "bob" }), "role moderator bob by owner");
  assertEquals(ask(stage, bob, { type: "mute", name: "mod" }), "restriction mute mod by bob");
  assertEquals(ask(stage, owner, { type: "moderator", name: "bob", off: true }), "off moderator bob by owner");
  assertEquals(ask(stage, bob, { type: "mute", name: "ada" }), "! forbidden");
  assertEquals(ask(stage, owner, { type: "moderator", name: "bob", off: true }), "! invalid");
});

Deno.test("a moderator cannot kick, ban or mute members of equal or higher rank, or themselves", () => {
  const { stage, owner, mod, ada } = scene();
  stage.say(owner, { type: "join", name: "boss", room: "dev" });
  stage.say(owner, { type: "moderator", name: "ada" });
  stage.say(mod, { type: "moderator", name: "bob", room: "dev" });
  for (const name of ["boss", "ada", "bob", "mod"]) {
    for (const type of ["kick", "ban", "mute"]) {
      assertEquals(ask(stage, mod, { type, name, room: "dev" }), "! forbidden", `${type} ${name}`);
    }
  }
  for (const name of ["boss", "ada"]) {
    for (const type of ["ban", "mute"]) assertEquals(ask(stage, ada, { type, name }), "! forbidden", `${type} ${name}`);
  }
  assertEquals(ask(stage, ada, { type: "mute", name: "mod", room: "dev" }), "restriction mute mod dev by ada");
});

Deno.test("a moderator may revoke a role that they gave, or give up their own", () => {
  const { stage, mod, ada, bob } = scene();
  for (const name of ["ada", "bob"]) stage.say(mod, { type: "moderator", name, room: "dev" });
  assertEquals(ask(stage, ada, { type: "moderator", name: "mod", room: "dev", off: true }), "! forbidden");
  assertEquals(ask(stage, ada, { type: "moderator", name: "bob", room: "dev", off: true }), "! forbidden");
  assertEquals(
    ask(stage, mod, { type: "moderator", name: "bob", room: "dev", off: true }),
    "off moderator bob dev by mod",
  );
  assertEquals(
    ask(stage, ada, { type: "moderator", name: "ada", room: "dev", off: true }),
    "off moderator ada dev by ada",
  );
  assertEquals(ask(stage, bob, { type: "slow", room: "dev", seconds: 1 }), "! forbidden");
});

Deno.test("a role can be ended by its id, with the same rights as by name", () => {
  const { stage, owner, mod, ada } = scene();
  stage.say(mod, { type: "moderator", name: "ada", room: "dev" });
  stage.say(mod, { type: "restrictions", room: "dev" });
  const { moderators, restrictions, count } = stage.events(mod).at(-1) as Of<"restrictions">;
  assertEquals([moderators.map(({ member }) => member.name), restrictions, count], [["ada", "mod"], [], 2]);
  const [ofAda, ofMod] = moderators.map(({ id }) => id);
  assertEquals(ask(stage, ada, { type: "allow", restriction: ofMod }), "! forbidden");
  assertEquals(
    ask(stage, mod, { type: "allow", restriction: ofAda, ref: "r" }),
    "off moderator ada dev by mod <r>",
  );
  assertEquals(ask(stage, ada, { type: "slow", room: "dev", seconds: 1 }), "! forbidden");
  assertEquals(ask(stage, owner, { type: "allow", restriction: ofMod }), "off moderator mod dev by owner");
  assertEquals(ask(stage, owner, { type: "allow", restriction: ofMod }), "! invalid");
});

Deno.test("a moderator cannot end restrictions on themselves", () => {
  const { stage, owner, mod } = scene();
  stage.say(owner, { type: "mute", name: "mod", room: "dev" });
  stage.say(mod, { type: "restrictions", room: "dev" });
  const { restrictions: [restriction] } = stage.events(mod).at(-1) as Of<"restrictions">;
  assertEquals(ask(stage, mod, { type: "allow", restriction: restriction!.id }), "! forbidden");
  assertEquals(ask(stage, mod, { type: "allow", name: "mod", room: "dev" }), "! forbidden");
  assertEquals(ask(stage, mod, HI), "! forbidden");
});

Deno.test("an owner cannot ban a network that contains their own address", () => {
  const { stage } = scene();
  const hub = new Stage({ access: { adminDigest: "digest of admin", inviteOnly: false } });
  const boss = hub.connect(true, { address: "192.0.2.1" });
  hub.say(boss, { type: "auth", password: "admin" });
  assertEquals(ask(hub, boss, { type: "ban", address: "0.0.0.0/0" }), "! forbidden");
  assertEquals(ask(hub, boss, { type: "ban", address: "198.51.100.0/24" }), "restriction ban 198.51.100.0/24 by owner");
  assertEquals(stage.closed.size, 0);
});

Deno.test("a member without a role is refused every moderation command, which changes nothing", () => {
  const { stage, ada } = scene();
  const commands = [
    { type: "kick", room: "dev", name: "bob" },
    { type: "ban", room: "dev", name: "bob" },
    { type: "ban", name: "bob" },
    { type: "ban", address: "192.0.2.1" },
    { type: "mute", room: "dev", name: "bob" },
    { type: "mute", name: "bob" },
    { type: "allow", room: "dev", name: "bob" },
    { type: "allow", name: "bob" },
    { type: "allow", restriction: "x" },
    { type: "lock", room: "dev" },
    { type: "slow", room: "dev", seconds: 1 },
    { type: "lockdown", on: true },
    { type: "moderator", room: "dev", name: "ada" },
    { type: "moderator", name: "ada" },
    { type: "restrictions" },
    { type: "restrictions", room: "ops" },
    { type: "audit" },
    { type: "audit", room: "dev" },
  ];
  for (const command of commands) assertEquals(ask(stage, ada, command), "! forbidden", JSON.stringify(command));
  assertEquals([stage.store.records, stage.store.audit], [[], []]);
});

Deno.test("a moderator of one room has no rights in another or in an unknown room", () => {
  const { stage, mod, ada } = scene();
  stage.say(ada, { type: "join", room: "ops" });
  assertEquals(ask(stage, mod, { type: "slow", room: "ops", seconds: 1 }), "! forbidden");
  for (const type of ["kick", "lock", "slow"]) {
    assertEquals(ask(stage, mod, { type, room: "none", name: "ada", seconds: 1 }), "! no_such_room");
  }
  assertEquals(ask(stage, mod, { type: "kick", room: "dev", name: "nobody" }), "! no_such_member");
});

Deno.test("a ban or allow command that names no target, or two targets, is invalid", () => {
  const { stage, owner } = scene();
  for (const command of [{ type: "ban" }, { type: "ban", name: "ada", address: "::1" }, { type: "allow" }]) {
    assertEquals(ask(stage, owner, command), "! invalid");
  }
  assertEquals(ask(stage, owner, { type: "allow", name: "ada" }), "! invalid");
});

Deno.test("the audit log holds every action; moderators see their room's part, and only the owner sees addresses", () => {
  const { stage, owner, mod } = scene();
  const eve = stage.connect(true, { address: "192.0.2.7" });
  stage.say(eve, { type: "join", name: "eve", room: "dev" });
  stage.say(mod, { type: "mute", name: "eve", room: "dev", seconds: 60, reason: "loud" });
  stage.say(mod, { type: "ban", name: "eve", room: "dev", also: "address" });
  stage.say(owner, { type: "lockdown", on: true });
  assertEquals(ask(stage, mod, { type: "audit", room: "dev", ref: "a" }), "audit ban eve, mute eve <a>");
  assertEquals(ask(stage, mod, { type: "audit" }), "! forbidden");
  stage.say(owner, { type: "audit", limit: 2 });
  const audit = stage.events(owner).at(-1) as Of<"audit">;
  assertEquals(audit.entries.map(({ nth, action, address }) => [nth, action, address]), [
    [3, "lockdown", undefined],
    [2, "ban", "192.0.2.7"],
  ]);
  assertEquals(audit.more, true);
});

Deno.test("a server has at most MAX_RESTRICTIONS restrictions, not counting the first moderators of rooms", () => {
  const records = Array.from({ length: MAX_RESTRICTIONS - 1 }, (_, index) => ({
    kind: "restriction" as const,
    key: `o-${index}`,
    value: { kind: "mute", member: { id: `m-${index}`, name: "x" }, by: { name: "owner" } },
  }));
  const stage = new Stage({ records });
  const owner = stage.connect(true, { privileged: true });
  stage.join("ada");
  stage.join("bob", "dev");
  assertEquals(ask(stage, owner, { type: "mute", name: "ada" }), "restriction mute ada by owner");
  assertEquals(ask(stage, owner, { type: "mute", name: "bob" }), "! forbidden");
  assertEquals(ask(stage, owner, { type: "mute", name: "ada", seconds: 5 }), "restriction mute ada by owner");
  stage.pass(5_000);
  assertEquals(ask(stage, owner, { type: "mute", name: "bob" }), "restriction mute bob by owner");
});

Deno.test("the moderator role of a guest on nc ends when they leave", () => {
  const stage = new Stage();
  const nc = stage.join("nick", "dev", {}, false);
  const ada = stage.join("ada", "dev");
  assertEquals(ask(stage, nc, { type: "slow", room: "dev", seconds: 1 }), "restriction slow dev by nick");
  stage.drop(nc);
  const restrictions = stage.store.records.filter(({ kind }) => kind === "restriction");
  assertEquals(restrictions.map(({ value }) => (value as { kind: string }).kind), ["slow"]);
  assertEquals(ask(stage, ada, { type: "restrictions", room: "dev" }), "restrictions 1: slow dev");
});
