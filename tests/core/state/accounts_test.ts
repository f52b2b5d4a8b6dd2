import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  MAX_ACCOUNT_WRONG_PASSWORDS,
  MAX_ACCOUNTS,
  MAX_TOKENS_PER_ACCOUNT,
  WRONG_PASSWORDS_MS,
} from "../../../src/protocol/limits.ts";
import { type Of, Stage } from "../stage.ts";

const PASSWORD = "correct horse";

/** Joins and registers a member. */
function registered(stage = new Stage(), name = "ada") {
  const session = stage.connect();
  stage.say(session, { type: "join", name });
  const { token, id } = (stage.events(session)[0] as Of<"joined">).you;
  stage.say(session, { type: "register", password: PASSWORD, ref: "r" });
  stage.hash();
  assertEquals(stage.seen(session), [`registered ${name} <r>`]);
  return { stage, session, token, id };
}

function join(stage: Stage, session: number, command: object): string {
  stage.say(session, { type: "join", ...command });
  while (stage.hashes.length > 0) stage.hash();
  return stage.seen(session)[0] ?? "";
}

function logIn(stage: Stage, name = "ada", password = PASSWORD): string | undefined {
  const session = stage.connect();
  stage.say(session, { type: "auth", name, password });
  while (stage.hashes.length > 0) stage.hash();
  const [event] = stage.events(session);
  return event?.type === "authenticated" ? event.token : undefined;
}

Deno.test("a registered name and its look-alikes are taken, also while the member is away, and the error says to log in", () => {
  const { stage, session } = registered();
  const bob = stage.connect();
  for (const name of ["ada", "ADA", "аda"]) assertEquals(join(stage, bob, { name }).split(",")[0], "! name_taken");
  stage.say(session, { type: "leave" });
  stage.say(bob, { type: "join", name: "Ada" });
  const [error] = stage.events(bob) as [Of<"error">];
  assertEquals([error.code, error.suggestion], ["name_taken", "Ada2"]);
  assertStringIncludes(error.message, "is registered: log in with its password");
  stage.restart();
  const eve = stage.connect();
  assertEquals(join(stage, eve, { name: "аda" }), "! name_taken, аda2 is free");
  join(stage, eve, { name: "eve" });
  stage.say(eve, { type: "rename", name: "ada" });
  assertEquals(stage.seen(eve), ["! name_taken, ada2 is free"]);
});

Deno.test("a join with name and password restores the same member and gives a token of its own", () => {
  const { stage, session, id, token } = registered();
  stage.say(session, { type: "leave" });
  stage.restart();
  const again = stage.connect();
  stage.say(again, { type: "join", name: "ADA", password: PASSWORD });
  assertEquals(stage.seen(again), []);
  stage.hash();
  const { you } = stage.events(again)[0] as Of<"joined">;
  assertEquals([you.id, you.name, you.account], [id, "ada", true]);
  assert(you.token !== token);
  stage.restart();
  for (const each of [token, you.token]) {
    assertEquals(join(stage, stage.connect(), { token: each }).split(" ").slice(0, 4).join(" "), "joined lobby as ada");
  }
});

Deno.test("auth returns a token that works for a join", () => {
  const { stage, session } = registered();
  stage.say(session, { type: "leave" });
  const token = logIn(stage);
  assertStringIncludes(join(stage, stage.connect(), { token }), "joined lobby as ada");
});

Deno.test("a wrong password and an unregistered name cost one hash each and get the same answer", () => {
  const { stage } = registered();
  const answers = [["ada", "wrong"], ["nobody", PASSWORD]].map(([name, password]) => {
    const session = stage.connect();
    stage.say(session, { type: "auth", name, password });
    assertEquals(stage.hashes.length, 1);
    stage.hash();
    return stage.events(session)[0];
  });
  assertEquals(answers[0], answers[1]);
  assertEquals((answers[0] as Of<"error">).needs, "account");
});

Deno.test("the third wrong password closes the connection and locks only that address, not the account's owner elsewhere", () => {
  const { stage } = registered();
  const sessions = Array.from({ length: 4 }, () => stage.connect(true, { address: "192.0.2.1" }));
  for (const session of sessions) {
    stage.say(session, { type: "auth", name: "ADA", password: "wrong" });
    if (stage.hashes.length > 0) stage.hash();
  }
  assertEquals(sessions.map((session) => stage.seen(session)), [
    ["! wrong_password"],
    ["! wrong_password"],
    ["! wrong_password", "goodbye refused"],
    ["! rate_limited"],
  ]);
  assert(logIn(stage) !== undefined);
});

Deno.test("wrong passwords from many addresses lock an account in the end, but not its owner's token", () => {
  const { stage, token } = registered();
  for (let guess = 0; guess < MAX_ACCOUNT_WRONG_PASSWORDS; guess++) {
    const session = stage.connect(true, { address: `198.51.100.${guess}` });
    stage.say(session, { type: "auth", name: "ada", password: "wrong" });
    stage.hash();
  }
  assertEquals(logIn(stage), undefined);
  assertEquals(join(stage, stage.connect(), { name: "ada", password: PASSWORD }), "! rate_limited");
  assertStringIncludes(join(stage, stage.connect(), { token }), "joined lobby as ada");
  stage.pass(WRONG_PASSWORDS_MS);
  assert(logIn(stage) !== undefined);
});

Deno.test("a token still works while passwords are locked", () => {
  const { stage, token } = registered();
  for (let time = 0; time < 3; time++) logIn(stage, "ada", "wrong");
  assertStringIncludes(join(stage, stage.connect(), { token }), "joined lobby as ada");
});

Deno.test("at most three passwords of one address are compared at the same time", () => {
  const { stage } = registered();
  const sessions = [1, 2, 3, 4].map(() => stage.connect(true, { address: "192.0.2.1" }));
  for (const session of sessions) stage.say(session, { type: "auth", name: "ada", password: "guess" });
  assertEquals(stage.hashes.length, 3);
  assertEquals(stage.seen(sessions[3]!), ["! rate_limited"]);
});

Deno.test("a right password is never counted as a guess", () => {
  const { stage } = registered();
  for (let time = 0; time < 10; time++) assert(logIn(stage) !== undefined);
});

Deno.test("the hub refuses to handle a command of a connection during its password check", () => {
  const { stage } = registered();
  const bob = stage.join("bob");
  stage.say(bob, { type: "register", password: PASSWORD, ref: "r" });
  stage.forget();
  assert(stage.hub.isWaiting(bob));
  assertThrows(() => stage.hub.handle(bob, { type: "rooms" }, stage.now), Error, "during a password check");
  stage.hash();
  assertEquals([stage.seen(bob), stage.hub.isWaiting(bob)], [["registered bob <r>"], false]);
});

Deno.test("two passwords of one connection are hashed one after the other", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.forget();
  stage.say(ada, { type: "register", password: "first password" });
  stage.say(ada, { type: "register", password: "second password", ref: "2" });
  assertEquals(stage.hashes.length, 1);
  stage.hash();
  assertEquals([stage.seen(ada), stage.hashes.length], [["registered ada"], 1]);
  stage.hash();
  assertEquals(stage.seen(ada), ["registered ada <2>"]);
  assertEquals([logIn(stage, "ada", "first password"), typeof logIn(stage, "ada", "second password")], [
    undefined,
    "string",
  ]);
});

Deno.test("a hash that completes after its connection has closed has no effect", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.say(ada, { type: "register", password: PASSWORD });
  stage.say(ada, { type: "message", text: "still there?" });
  stage.drop(ada);
  assertEquals(stage.hash(), []);
  assertEquals(stage.store.records, []);
});

Deno.test("a password refused because too many wait to be hashed may be retried and does not count as a guess", () => {
  const { stage } = registered();
  const session = stage.connect();
  for (let time = 0; time < 5; time++) {
    stage.say(session, { type: "auth", name: "ada", password: PASSWORD, ref: "a" });
    stage.refuseHash();
  }
  assertEquals(new Set(stage.seen(session)), new Set(["! rate_limited <a>"]));
  assert(logIn(stage) !== undefined);
});

Deno.test("a second register changes the password and revokes all other tokens", () => {
  const { stage, session, token } = registered();
  const others = [logIn(stage), logIn(stage)];
  stage.say(session, { type: "register", password: "another one" });
  stage.hash();
  stage.restart();
  for (const other of others) assertEquals(join(stage, stage.connect(), { token: other }), "! invalid");
  assertEquals(logIn(stage), undefined);
  assertStringIncludes(join(stage, stage.connect(), { token }), "joined lobby as ada");
});

Deno.test("the tokens of an account are listed, the latest used first, and can be revoked one by one", () => {
  const { stage, session } = registered();
  stage.pass(1_000);
  const token = logIn(stage)!;
  stage.forget();
  stage.say(session, { type: "sessions", ref: "s" });
  const [{ sessions }] = stage.events(session) as [Of<"sessions">];
  assertEquals(sessions.map(({ current }) => current), [undefined, true]);
  assertEquals(sessions[0]!.since, new Date(stage.now).toISOString());
  stage.say(session, { type: "revoke", session: sessions[0]!.id, ref: "v" });
  assertEquals(stage.seen(session), [`revoked ${sessions[0]!.id} <v>`]);
  assertEquals(join(stage, stage.connect(), { token }), "! invalid");
  stage.say(session, { type: "revoke", session: sessions[0]!.id });
  assertEquals(stage.seen(session), ["! invalid"]);
  stage.say(session, { type: "revoke", session: sessions[1]!.id });
  assertEquals(stage.seen(session), [`revoked ${sessions[1]!.id}`, "goodbye refused"]);
});

Deno.test("a token that is revoked from another device ends the sessions that use it", () => {
  const { stage, session } = registered();
  stage.say(session, { type: "sessions" });
  const [{ sessions: [first] }] = stage.events(session) as [Of<"sessions">];
  const token = logIn(stage);
  const second = stage.connect();
  join(stage, second, { token });
  assertEquals(stage.closed.size, 0);
  stage.say(second, { type: "revoke", session: first!.id });
  assertEquals(stage.seen(second), [`revoked ${first!.id}`]);
  assertEquals([...stage.closed], [[session, "refused"]]);
});

Deno.test("a member cannot revoke the tokens of another account, and guests have none", () => {
  const { stage, session } = registered();
  stage.say(session, { type: "sessions" });
  const [{ sessions: [first] }] = stage.events(session) as [Of<"sessions">];
  const { session: bob } = registered(stage, "bob");
  const guest = stage.join("guest");
  stage.forget();
  stage.say(bob, { type: "revoke", session: first!.id });
  stage.say(guest, { type: "revoke", session: first!.id });
  stage.say(guest, { type: "sessions" });
  stage.say(bob, { type: "revoke" });
  assertEquals([stage.seen(bob), stage.seen(guest)], [["! invalid", "! invalid"], ["! forbidden", "! forbidden"]]);
});

Deno.test("an account has at most MAX_TOKENS_PER_ACCOUNT tokens, and the longest unused is dropped first", () => {
  const { stage, token, session } = registered();
  stage.say(session, { type: "leave" });
  const tokens = [token];
  for (let count = 1; count < MAX_TOKENS_PER_ACCOUNT; count++) {
    stage.pass(1_000);
    tokens.push(logIn(stage)!);
  }
  stage.pass(1_000);
  const ada = stage.connect();
  assertStringIncludes(join(stage, ada, { token: tokens[0] }), "joined");
  tokens.push(logIn(stage)!);
  assertEquals(join(stage, stage.connect(), { token: tokens[1] }), "! invalid");
  for (const valid of [tokens[0], tokens[2], tokens.at(-1)]) {
    assertStringIncludes(join(stage, stage.connect(), { token: valid }), "joined");
  }
  assertEquals(stage.store.records.filter(({ kind }) => kind === "token").length, MAX_TOKENS_PER_ACCOUNT);
});

Deno.test("a renamed member keeps the registered name until they register the new one", () => {
  const { stage, session } = registered();
  stage.say(session, { type: "rename", name: "countess" });
  const bob = stage.connect();
  assertEquals(join(stage, bob, { name: "ada" }), "! name_taken, ada2 is free");
  stage.say(session, { type: "register", password: PASSWORD });
  stage.hash();
  assertStringIncludes(join(stage, bob, { name: "ada" }), "joined lobby as ada");
  stage.say(session, { type: "leave" });
  assertEquals(join(stage, stage.connect(), { name: "countess" }), "! name_taken, countess2 is free");
});

Deno.test("only a member under their registered name is listed with an account", () => {
  const { stage, session } = registered();
  const bob = stage.join("bob");
  stage.forget();
  const listed = () => {
    stage.say(bob, { type: "members", room: "lobby" });
    return (stage.events(bob).at(-1) as Of<"members">).members.map(({ name, account }) => [name, account]);
  };
  assertEquals(listed(), [["ada", true], ["bob", undefined]]);
  stage.say(session, { type: "rename", name: "countess" });
  assertEquals(listed(), [["countess", undefined], ["bob", undefined]]);
});

Deno.test("a guest whose name was registered by another member meanwhile takes another name", () => {
  const stage = new Stage();
  const bob = stage.connect();
  stage.say(bob, { type: "join", name: "ada" });
  const { token } = (stage.events(bob)[0] as Of<"joined">).you;
  stage.say(bob, { type: "leave" });
  registered(stage);
  const again = stage.connect();
  assertEquals(join(stage, again, { token }), "! name_taken, ada2 is free");
  assertStringIncludes(join(stage, again, { token, name: "ada2" }), "joined lobby as ada2");
});

Deno.test("a direct message to a registered name reaches its account, not an earlier holder", () => {
  const stage = new Stage();
  const other = stage.join("ada");
  stage.say(other, { type: "leave" });
  const { session, token } = registered(stage);
  stage.say(session, { type: "leave" });
  stage.restart();
  const bob = stage.join("bob");
  stage.say(bob, { type: "message", to: "ADA", text: "psst", ref: "1" });
  assertEquals(stage.seen(bob).at(-1), "ack 1 1, waiting");
  const ada = stage.connect();
  stage.say(ada, { type: "join", token });
  stage.seen(ada);
  stage.say(ada, { type: "message", to: "bob", text: "yes" });
  assertEquals(stage.seen(ada), ["@bob 2 ada: yes"]);
});

Deno.test("an nc user registers and returns by password as the same member", () => {
  const stage = new Stage();
  const ada = stage.join("ada", "lobby", {}, false);
  stage.say(ada, { type: "register", password: PASSWORD });
  stage.hash();
  const { id } = (stage.events(ada)[0] as Of<"joined">).you;
  stage.drop(ada);
  stage.restart();
  const again = stage.connect(false);
  stage.say(again, { type: "join", name: "ada", password: PASSWORD });
  stage.hash();
  assertEquals((stage.events(again)[0] as Of<"joined">).you.id, id);
  assertEquals(stage.store.records.filter(({ kind }) => kind === "token"), []);
});

Deno.test("tokens and passwords are not stored in the clear", () => {
  const { stage, token } = registered();
  const stored = JSON.stringify([stage.store.records, stage.store.members]).replaceAll(/(digest|hash) of [^"]*/g, "");
  for (const secret of [token!, PASSWORD]) assert(!stored.includes(secret));
});

Deno.test("a server has at most MAX_ACCOUNTS accounts", () => {
  const records = Array.from({ length: MAX_ACCOUNTS }, (_, index) => ({
    kind: "account" as const,
    key: `m-${index}`,
    value: { name: `name.${index}`, hash: "hash of it" },
  }));
  const stage = new Stage({ records });
  const ada = stage.join("ada");
  stage.forget();
  stage.say(ada, { type: "register", password: PASSWORD });
  assertEquals(stage.seen(ada), ["! forbidden"]);
});

Deno.test("a name that returns with another member id is marked as new", () => {
  const stage = new Stage();
  const witness = stage.join("witness");
  const first = stage.connect();
  stage.say(first, { type: "join", name: "ada" });
  const { token } = (stage.events(first)[0] as Of<"joined">).you;
  const marks = () =>
    stage.events(witness).flatMap((event) => event.type === "join" ? [event.member.new ?? false] : []);
  assertEquals(marks(), [false]);
  stage.say(first, { type: "leave" });
  const second = stage.join("ADA");
  assertEquals(marks(), [true]);
  stage.say(second, { type: "leave" });
  const third = stage.connect();
  join(stage, third, { token });
  assertEquals(marks(), [true]);
  stage.say(third, { type: "leave" });
  join(stage, stage.connect(), { token });
  assertEquals(marks(), [false]);
  stage.restart();
  stage.join("witness2", "lobby");
  const witness3 = stage.join("witness3");
  stage.join("Ada");
  const marked = stage.events(witness3).flatMap((event) => event.type === "join" ? [event.member.new] : []);
  assertEquals(marked, [true]);
});

Deno.test("a rename to a name that another member had is marked as new", () => {
  const stage = new Stage();
  const [witness, ada, bob] = ["witness", "ada", "bob"].map((name) => stage.join(name)) as [number, number, number];
  stage.say(ada, { type: "leave" });
  stage.forget();
  stage.say(bob, { type: "rename", name: "ada" });
  const [event] = stage.events(witness) as [Of<"rename">];
  assertEquals([event.member.name, event.member.new], ["ada", true]);
});
