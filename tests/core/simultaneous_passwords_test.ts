/** Tests of passwords that arrive while others are still being compared. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  MAX_ACCOUNT_COMPARISONS,
  MAX_LOCAL_WRONG_PASSWORDS,
  MAX_REGISTRATIONS_AT_ONCE,
  MAX_SCRYPT_AT_ONCE,
  MAX_SCRYPT_WAITING,
  MAX_WRONG_PASSWORDS,
  WRONG_PASSWORDS_MS,
} from "../../src/protocol/limits.ts";
import type { AccessSecrets } from "../../src/server/turn/secret_keeper.ts";
import { type Of, Stage } from "./stage.ts";

const SERVER_PASSWORD = "otter-lamp-crane";
const ACCOUNT_PASSWORD = "correct horse";
const CLOSED: AccessSecrets = { passwordDigest: `digest of ${SERVER_PASSWORD}`, inviteOnly: false };
const EVE = { address: "192.0.2.7" };
const LOCAL = { address: "127.0.0.1" };
const MAX_HASHES = MAX_SCRYPT_AT_ONCE + MAX_SCRYPT_WAITING;
const GUESSES = 111;

/** A server with an account for each of the names. */
function registered(names: readonly string[], access?: AccessSecrets): Stage {
  const stage = new Stage(access === undefined ? {} : { access });
  for (const name of names) {
    const session = stage.connect();
    stage.say(session, { type: "join", name, password: access === undefined ? undefined : SERVER_PASSWORD });
    stage.say(session, { type: "register", password: ACCOUNT_PASSWORD });
    stage.hash();
    stage.say(session, { type: "leave" });
  }
  stage.forget();
  return stage;
}

/** Sends a command on a new connection, and returns the connection. */
function send(stage: Stage, command: object, opening: object): number {
  const session = stage.connect(true, opening);
  stage.say(session, command);
  return session;
}

function logIn(name: string, password = ACCOUNT_PASSWORD): object {
  return { type: "auth", name, password };
}

function hashAll(stage: Stage): void {
  while (stage.hashes.length > 0) stage.hash();
}

function answersOf(stage: Stage, sessions: readonly number[]): string[] {
  return sessions.flatMap((session) => stage.seen(session));
}

Deno.test("of simultaneous right passwords from one address three are compared, and the others must retry in 1 s", () => {
  const stage = registered(["ada"]);
  const sessions = Array.from({ length: 6 }, () => send(stage, logIn("ada"), EVE));
  assertEquals(stage.hashes.length, MAX_WRONG_PASSWORDS);
  for (const session of sessions.slice(MAX_WRONG_PASSWORDS)) {
    const [error, ...more] = stage.events(session) as [Of<"error">];
    assertEquals([error.code, error.retryAfter, more], ["rate_limited", 1, []]);
    assertStringIncludes(error.message, "is being checked: try again in 1 s");
  }
  hashAll(stage);
  stage.forget();
  for (const session of sessions.slice(MAX_WRONG_PASSWORDS)) stage.say(session, logIn("ada"));
  hashAll(stage);
  assertEquals(sessions.map((session) => stage.events(session).at(-1)?.type).slice(3), Array(3).fill("authenticated"));
  assertEquals(stage.wrongPasswords, []);
});

Deno.test("right passwords being compared on the server's machine do not delay others from there", () => {
  const names = Array.from({ length: MAX_LOCAL_WRONG_PASSWORDS + 5 }, (_, index) => `member${index}`);
  const stage = registered(names);
  for (const name of names) send(stage, logIn(name), LOCAL);
  assertEquals(stage.hashes.length, names.length);
  hashAll(stage);
  assertEquals(stage.wrongPasswords, []);
});

Deno.test("an account has at most MAX_ACCOUNT_COMPARISONS passwords under comparison, while another member logs in", () => {
  const stage = registered(["mallory", "ada"]);
  const sessions = Array.from({ length: 60 }, () => send(stage, logIn("mallory"), LOCAL));
  assertEquals(stage.hashes.length, MAX_ACCOUNT_COMPARISONS);
  const ada = send(stage, logIn("ada"), LOCAL);
  const elsewhere = send(stage, logIn("mallory"), EVE);
  assertEquals(stage.seen(elsewhere), ["! rate_limited"]);
  hashAll(stage);
  assertEquals(stage.events(ada).map(({ type }) => type), ["authenticated"]);
  assertEquals(answersOf(stage, sessions).filter((line) => line !== "! rate_limited").length, MAX_ACCOUNT_COMPARISONS);
  assertEquals(stage.wrongPasswords, []);
});

Deno.test("50 guesses from one address, pipelined or in parallel, cause three comparisons", () => {
  for (const connections of [1, 5, 16, 50]) {
    const stage = registered(["ada"], CLOSED);
    const sessions = Array.from({ length: connections }, () => stage.connect(true, EVE));
    const names = ["ada", "nobody", "eve"];
    for (let guess = 0; guess < 50; guess++) {
      const type = guess % 2 ? "auth" : "join";
      stage.say(sessions[guess % connections]!, { type, name: names[guess % 3], password: `wrong ${guess}` });
    }
    let compared = 0;
    for (; stage.hashes.length > 0; compared++) stage.hash();
    assertEquals(compared, MAX_WRONG_PASSWORDS);
    const right = send(stage, { type: "join", name: "eve", password: SERVER_PASSWORD }, EVE);
    assertStringIncludes((stage.events(right)[0] as Of<"error">).message, "Too many wrong passwords");
  }
});

Deno.test("while an address has its most comparisons under way, right and wrong passwords get the same answer", () => {
  const stage = registered(["ada"], CLOSED);
  for (let guess = 0; guess < MAX_WRONG_PASSWORDS; guess++) send(stage, logIn("ada", "wrong"), EVE);
  const commands = [SERVER_PASSWORD, ACCOUNT_PASSWORD, "wrong"].flatMap((password) => [
    { type: "join", name: "eve", password },
    { type: "join", name: "ada", password },
    logIn("ada", password),
    logIn("nobody", password),
  ]);
  const answers = commands.map((command) => stage.events(send(stage, command, EVE)));
  assertEquals((answers[0]![0] as Of<"error">).code, "rate_limited");
  for (const answer of answers) assertEquals(answer, answers[0]);
  assertEquals(stage.hashes.length, MAX_WRONG_PASSWORDS);
});

/** Whether the server's password opens the door as the guess of this number, after wrong guesses that are still compared. */
function opensAs(number: number, hashEvery: number): boolean {
  const stage = new Stage({ access: CLOSED });
  for (let guess = 1; guess < number; guess++) {
    send(stage, { type: "join", name: `guest${guess}`, password: `wrong${guess}` }, LOCAL);
    if (guess % hashEvery === 0 && stage.hashes.length > 0) stage.hash();
  }
  const session = send(stage, { type: "join", name: "eve", password: SERVER_PASSWORD }, LOCAL);
  return stage.events(session)[0]!.type === "joined";
}

for (const hashEvery of [Infinity, 1, 2, 7]) {
  const pace = hashEvery === Infinity ? "at once" : `with a hash after ${hashEvery} of them`;
  Deno.test(`of ${GUESSES} guesses from the server's machine ${pace}, only a limited number could be right`, () => {
    let open = 0;
    while (opensAs(open + 1, hashEvery)) open++;
    assert(open >= MAX_LOCAL_WRONG_PASSWORDS && open <= MAX_LOCAL_WRONG_PASSWORDS + MAX_HASHES, `${open} guesses`);
    if (hashEvery === Infinity) assertEquals(open, MAX_LOCAL_WRONG_PASSWORDS + MAX_HASHES);
    assert(!opensAs(GUESSES, hashEvery));
  });
}

Deno.test("simultaneous guesses that cannot be hashed count as wrong before the next one is compared", () => {
  const stage = registered([], CLOSED);
  const guesses = MAX_HASHES + MAX_LOCAL_WRONG_PASSWORDS;
  for (let guess = 0; guess < guesses; guess++) {
    send(stage, { type: "join", name: `guest${guess}`, password: "wrong" }, LOCAL);
  }
  assertEquals(stage.hashes.length, MAX_HASHES);
  const late = send(stage, { type: "join", name: "late", password: SERVER_PASSWORD }, LOCAL);
  assertStringIncludes((stage.events(late)[0] as Of<"error">).message, "Too many wrong passwords: try again in 60 s");
});

Deno.test("a guess counts as wrong and is logged even if its connection ends before the comparison", () => {
  const stage = registered(["ada"]);
  for (let guess = 0; guess < MAX_WRONG_PASSWORDS; guess++) {
    stage.drop(send(stage, logIn("ada", "wrong"), EVE));
    assertEquals(stage.hashes.length, 1);
    stage.hash();
  }
  assertEquals(stage.wrongPasswords, Array(MAX_WRONG_PASSWORDS).fill("account wrong_password"));
  assertEquals(stage.seen(send(stage, logIn("ada"), EVE)), ["! rate_limited"]);
  stage.pass(WRONG_PASSWORDS_MS);
  stage.drop(send(stage, logIn("ada"), EVE));
  hashAll(stage);
  assertEquals(answersOf(stage, [send(stage, logIn("ada"), EVE)]), []);
  assertEquals(stage.hashes.length, 1);
});

Deno.test("when a server is lost, a password it was comparing counts and is logged if it had failed to match another secret", () => {
  const stage = registered(["ada"], CLOSED);
  for (let guess = 0; guess < MAX_WRONG_PASSWORDS; guess++) {
    send(stage, { type: "join", name: `guest${guess}`, password: "wrong" }, EVE);
  }
  const member = send(stage, { type: "join", name: "kim", password: SERVER_PASSWORD }, LOCAL);
  stage.say(member, { type: "register", password: ACCOUNT_PASSWORD });
  assertEquals(stage.hashes.length, MAX_WRONG_PASSWORDS + 1);
  const logged = stage.hub.closeAll(0, stage.now).filter((effect) => effect.type === "wrongPassword");
  assertEquals(logged.map(({ from, kind }) => [from, kind]), Array(MAX_WRONG_PASSWORDS).fill([EVE.address, "server"]));
  const right = send(stage, { type: "join", name: "eve", password: SERVER_PASSWORD }, EVE);
  assertStringIncludes((stage.events(right)[0] as Of<"error">).message, "Too many wrong passwords");
});

Deno.test("members of one address who register at the same time must retry, and none counts as a guesser", () => {
  const stage = new Stage();
  const sessions = ["ada", "bob", "eve", "kim"].map((name) => send(stage, { type: "join", name }, EVE));
  stage.forget();
  for (const session of sessions) stage.say(session, { type: "register", password: ACCOUNT_PASSWORD });
  assertEquals(stage.hashes.length, MAX_WRONG_PASSWORDS);
  assertStringIncludes((stage.events(sessions.at(-1)!)[0] as Of<"error">).message, "try again in 1 s");
  hashAll(stage);
  stage.say(sessions.at(-1)!, { type: "register", password: ACCOUNT_PASSWORD });
  hashAll(stage);
  assertEquals(stage.seen(sessions.at(-1)!).at(-1), "registered kim");
});

Deno.test("many registrations leave capacity for logins, and a right password never counts as wrong for lack of capacity", () => {
  const stage = registered(["ada", ...Array.from({ length: MAX_HASHES }, (_, index) => `member${index}`)]);
  const guests = Array.from({ length: 60 }, (_, index) => send(stage, { type: "join", name: `guest${index}` }, LOCAL));
  for (const guest of guests) stage.say(guest, { type: "register", password: ACCOUNT_PASSWORD });
  assertEquals(stage.hashes.length, MAX_REGISTRATIONS_AT_ONCE);
  for (let index = MAX_REGISTRATIONS_AT_ONCE; index < MAX_HASHES; index++) send(stage, logIn(`member${index}`), LOCAL);
  assertEquals(stage.hashes.length, MAX_HASHES);
  for (let time = 0; time <= MAX_LOCAL_WRONG_PASSWORDS; time++) {
    const late = send(stage, { type: "join", name: "ada", password: ACCOUNT_PASSWORD }, LOCAL);
    assertStringIncludes((stage.events(late)[0] as Of<"error">).message, "Too many logins at the moment");
  }
  hashAll(stage);
  const ada = send(stage, { type: "join", name: "ada", password: ACCOUNT_PASSWORD }, LOCAL);
  hashAll(stage);
  assertEquals([stage.events(ada)[0]?.type, stage.wrongPasswords], ["joined", []]);
});
