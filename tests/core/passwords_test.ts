/** Tests that answers give a guesser no information, and that the log names each kind of guess. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  MAX_ACCOUNT_WRONG_PASSWORDS,
  MAX_LOCAL_WRONG_PASSWORDS,
  MAX_WRONG_PASSWORDS,
  WRONG_PASSWORDS_MS,
} from "../../src/protocol/limits.ts";
import type { AccessSecrets } from "../../src/server/turn/secret_keeper.ts";
import { type Of, Stage } from "./stage.ts";

const SERVER_PASSWORD = "otter-lamp-crane";
const ACCOUNT_PASSWORD = "correct horse";
const ACCESS: AccessSecrets = {
  passwordDigest: `digest of ${SERVER_PASSWORD}`,
  adminDigest: "digest of admin",
  inviteOnly: false,
};
const EVE = { address: "192.0.2.7" };

/** A server with a password on which ada has an account. */
function scene(access: AccessSecrets = ACCESS) {
  const stage = new Stage({ access });
  const owner = stage.connect(true, { privileged: true });
  const ada = stage.connect(true, { address: "192.0.2.1" });
  stage.say(owner, { type: "invite" });
  const { secret } = stage.events(owner)[0] as Of<"invite">;
  stage.say(ada, { type: "join", name: "ada", password: secret });
  const { token } = (stage.events(ada)[0] as Of<"joined">).you;
  stage.say(ada, { type: "register", password: ACCOUNT_PASSWORD });
  stage.hash();
  stage.forget();
  return { stage, owner, ada, token };
}

/** The events that answer the first command of a new connection, and how many hashes that cost. */
function answer(stage: Stage, command: object, opening: object = EVE): { events: unknown[]; hashes: number } {
  const session = stage.connect(true, opening);
  stage.say(session, command);
  const hashes = stage.hashes.length;
  while (stage.hashes.length > 0) stage.hash();
  return { events: stage.events(session), hashes };
}

function codeOf({ events: [event] }: { readonly events: unknown[] }): string {
  return (event as Of<"error">).code ?? (event as Of<"joined">).type;
}

/** Locks the address of `EVE` with wrong passwords. */
function lock(stage: Stage): void {
  for (let guess = 0; guess < MAX_WRONG_PASSWORDS; guess++) {
    assertEquals(codeOf(answer(stage, { type: "join", name: `guest${guess}`, password: "wrong" })), "wrong_password");
  }
}

Deno.test("while an address is locked, right and wrong secrets of every kind get the same answer without a hash", () => {
  const { stage, owner } = scene();
  stage.say(owner, { type: "invite" });
  const { secret } = stage.events(owner).at(-1) as Of<"invite">;
  stage.say(owner, { type: "join", room: "dev", name: "boss" });
  stage.say(owner, { type: "lock", room: "dev", password: "sesame" });
  lock(stage);
  const pairs: [object, string, string][] = [
    [{ type: "join", name: "eve" }, SERVER_PASSWORD, "wrong"],
    [{ type: "join", name: "ada" }, SERVER_PASSWORD, "wrong"],
    [{ type: "join", name: "ada" }, ACCOUNT_PASSWORD, "wrong"],
    [{ type: "join", name: "eve" }, secret, "wrong"],
    [{ type: "join", name: "eve", room: "dev" }, "sesame", "wrong"],
    [{ type: "auth", name: "ada" }, ACCOUNT_PASSWORD, "wrong"],
    [{ type: "auth", name: "nobody" }, ACCOUNT_PASSWORD, "wrong"],
    [{ type: "auth" }, "admin", "wrong"],
  ];
  const answers = pairs.flatMap(([command, ...passwords]) =>
    passwords.map((password) => answer(stage, { ...command, password }))
  );
  const [first] = answers;
  assertStringIncludes((first!.events[0] as Of<"error">).message, "Too many wrong passwords: try again in 60 s");
  for (const each of answers) assertEquals(each, first);
  assertEquals(first!.hashes, 0);
});

Deno.test("a room's password is not compared while the address of a member or known device is locked", () => {
  const { stage, owner, ada } = scene();
  stage.say(owner, { type: "join", room: "dev", name: "boss" });
  stage.say(owner, { type: "lock", room: "dev", password: "sesame" });
  stage.forget();
  const inside = stage.connect(true, EVE);
  stage.say(inside, { type: "join", name: "bob", password: SERVER_PASSWORD });
  const { you } = stage.events(inside).at(-1) as Of<"joined">;
  lock(stage);
  for (const password of ["sesame", "wrong"]) {
    stage.say(inside, { type: "join", room: "dev", password });
    assertEquals(stage.seen(inside), ["! rate_limited"]);
    assertEquals(codeOf(answer(stage, { type: "join", room: "dev", token: you.token, password })), "rate_limited");
  }
  stage.say(ada, { type: "join", room: "dev", password: "sesame" });
  assertEquals(stage.seen(ada).at(-1), "joined dev as ada with 2, seq 0");
});

Deno.test("a known device returns by its token, with any password, while its address and account are locked", () => {
  const { stage, token } = scene();
  lock(stage);
  for (let guess = 0; guess < MAX_ACCOUNT_WRONG_PASSWORDS; guess++) {
    answer(stage, { type: "auth", name: "ada", password: "wrong" }, { address: `198.51.100.${guess}` });
  }
  assertEquals(codeOf(answer(stage, { type: "auth", name: "ada", password: ACCOUNT_PASSWORD })), "rate_limited");
  for (const password of [undefined, SERVER_PASSWORD, "wrong"]) {
    assertEquals(codeOf(answer(stage, { type: "join", name: "ada", token, password })), "joined");
  }
});

Deno.test("guesses of the server's password count under every name, and none is compared under a locked name", () => {
  const { stage } = scene();
  for (let guess = 0; guess < MAX_ACCOUNT_WRONG_PASSWORDS; guess++) {
    answer(stage, { type: "auth", name: "ada", password: "wrong" }, { address: `198.51.100.${guess}` });
  }
  const answers = ["wrong", SERVER_PASSWORD].map((password) => answer(stage, { type: "join", name: "ada", password }));
  assertEquals(answers[0], answers[1]);
  assertEquals(codeOf(answers[0]!), "rate_limited");
  lock(stage);
  assertEquals(codeOf(answer(stage, { type: "join", name: "zoe", password: SERVER_PASSWORD })), "rate_limited");
});

Deno.test("join and auth on a closed server do not reveal which names are registered or present", () => {
  for (const access of [ACCESS, { inviteOnly: true }]) {
    const { stage, owner } = scene(access);
    stage.say(owner, { type: "join", name: "boss" });
    for (const command of [{ type: "join" }, { type: "auth" }, { type: "join", token: "made up" }]) {
      const answers = ["ada", "boss", "nobody"].map((name, n) =>
        answer(stage, { ...command, name, password: "wrong" }, { address: `203.0.113.${n}` })
      );
      assertEquals([answers[0]!.hashes, codeOf(answers[0]!)], [1, "wrong_password"]);
      for (const each of answers) assertEquals(each, answers[0]);
      stage.pass(WRONG_PASSWORDS_MS);
    }
  }
});

Deno.test("on a closed server an unregistered name is locked like a registered one", () => {
  const { stage } = scene();
  const answers = ["ada", "nobody"].map((name) => {
    for (let guess = 0; guess < MAX_ACCOUNT_WRONG_PASSWORDS; guess++) {
      answer(stage, { type: "join", name, password: "wrong" }, { address: `198.51.100.${guess}` });
    }
    const late = answer(stage, { type: "join", name, password: "wrong" });
    stage.pass(WRONG_PASSWORDS_MS);
    return late;
  });
  assertEquals(codeOf(answers[0]!), "rate_limited");
  assertEquals(answers[0], answers[1]);
});

Deno.test("an account's password admits to a closed server, and the server's password does not give its name away", () => {
  const { stage } = scene();
  assertEquals(codeOf(answer(stage, { type: "join", name: "ada", password: ACCOUNT_PASSWORD })), "joined");
  assertEquals(codeOf(answer(stage, { type: "join", name: "ada", password: SERVER_PASSWORD })), "name_taken");
});

Deno.test("an invite for another room counts as a wrong password", () => {
  const { stage, owner } = scene();
  stage.say(owner, { type: "invite", room: "dev" });
  const { secret } = stage.events(owner).at(-1) as Of<"invite">;
  const codes = Array.from(
    { length: MAX_WRONG_PASSWORDS + 1 },
    () => codeOf(answer(stage, { type: "join", name: "eve", password: secret })),
  );
  assertEquals(codes, ["wrong_password", "wrong_password", "wrong_password", "rate_limited"]);
  assertEquals(stage.wrongPasswords, [...Array(3).fill("invite wrong_password"), "server rate_limited"]);
});

Deno.test("a guess that is not hashed for lack of time still counts, because it was compared with the server's password", () => {
  const { stage } = scene();
  const codes = Array.from({ length: MAX_WRONG_PASSWORDS }, () => {
    const session = stage.connect(true, EVE);
    stage.say(session, { type: "join", name: "eve", password: "wrong" });
    stage.refuseHash();
    return stage.seen(session)[0];
  });
  assertEquals(new Set(codes), new Set(["! rate_limited"]));
  assertEquals(codeOf(answer(stage, { type: "join", name: "eve", password: SERVER_PASSWORD })), "rate_limited");
  assertEquals(stage.wrongPasswords, Array(4).fill("server rate_limited"));
});

Deno.test("the log gets each wrong password with its kind, and each guess that is no longer compared", () => {
  const { stage, owner, ada } = scene();
  stage.say(owner, { type: "join", room: "dev", name: "boss" });
  stage.say(owner, { type: "lock", room: "dev", password: "sesame" });
  answer(stage, { type: "join", name: "eve", password: "wrong" }, { address: "203.0.113.1" });
  answer(stage, { type: "auth", name: "ada", password: "wrong" }, { address: "203.0.113.2" });
  answer(stage, { type: "auth", password: "wrong" }, { address: "203.0.113.3" });
  answer(stage, { type: "join", name: "eve" }, { address: "203.0.113.4" });
  for (let guess = 0; guess < 4; guess++) answer(stage, { type: "auth", password: "wrong" });
  stage.say(ada, { type: "join", room: "dev", password: "wrong" });
  stage.say(ada, { type: "join", room: "dev" });
  assertEquals(stage.wrongPasswords, [
    "server wrong_password",
    "account wrong_password",
    "admin wrong_password",
    ...Array(3).fill("admin wrong_password"),
    "admin rate_limited",
    "room wrong_password",
  ]);
});

Deno.test("an open server ignores a needless password and does not count it", () => {
  const stage = new Stage();
  for (let guess = 0; guess <= MAX_LOCAL_WRONG_PASSWORDS; guess++) {
    assertEquals(codeOf(answer(stage, { type: "join", name: `g${guess}`, password: "wrong" })), "joined");
  }
  assert(stage.wrongPasswords.length === 0);
});
