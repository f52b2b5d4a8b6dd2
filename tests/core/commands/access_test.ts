import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  MAX_INVITES,
  MAX_LOCAL_WRONG_PASSWORDS,
  MAX_WRONG_PASSWORDS,
  WRONG_PASSWORDS_MS,
} from "../../../src/protocol/limits.ts";
import { type Of, Stage, START } from "../stage.ts";

const ACCESS = { passwordDigest: "digest of otter-lamp-crane", adminDigest: "digest of admin", inviteOnly: false };
const DAY = 24 * 60 * 60 * 1_000;

/** A server with a password, and its owner, who has not joined. */
function closed(access = ACCESS) {
  const stage = new Stage({ access });
  const owner = stage.connect(true, { privileged: true });
  return { stage, owner };
}

function tryJoin(stage: Stage, session: number, command: object = {}): string {
  stage.say(session, { type: "join", name: "ada", ...command });
  while (stage.hashes.length > 0) stage.hash();
  return stage.seen(session).filter((line) => !/^(ping|order)/.test(line)).join("; ");
}

function makeInvite(stage: Stage, owner: number, command: object = {}): Of<"invite"> {
  stage.say(owner, { type: "invite", ...command });
  return stage.events(owner).at(-1) as Of<"invite">;
}

const IN = /^joined lobby as ada with 1/;

Deno.test("a server with a password rejects a join without it, and the error says that a password is needed", () => {
  const { stage } = closed();
  const ada = stage.connect();
  stage.say(ada, { type: "join", name: "ada", ref: "j" });
  const [error] = stage.events(ada) as [Of<"error">];
  assertEquals([error.code, error.needs, error.ref], ["wrong_password", "server", "j"]);
  assertStringIncludes(error.message, "has a password: join with it");
  assertEquals(stage.closed.size, 0);
  assert(IN.test(tryJoin(stage, ada, { password: "otter-lamp-crane" })));
});

Deno.test("a passphrase is accepted with any case, spaces, hyphens and dashes", () => {
  for (const password of ["Otter Lamp Crane", "otter  lamp-crane", " OTTER\u2013lamp crane "]) {
    const { stage } = closed();
    assert(IN.test(tryJoin(stage, stage.connect(), { password })), password);
  }
});

Deno.test("without the password, no command reveals which members are present", () => {
  const { stage } = closed();
  tryJoin(stage, stage.connect(), { password: "otter-lamp-crane" });
  assertEquals(tryJoin(stage, stage.connect(), { name: "ada" }), "! wrong_password");
  const guest = stage.connect();
  for (const type of ["members", "rooms", "whois", "history", "restrictions", "invites", "audit"]) {
    stage.say(guest, { type, room: "lobby", name: "ada" });
  }
  assertEquals(new Set(stage.seen(guest)), new Set(["! not_joined"]));
});

Deno.test("the third wrong password within a minute closes the connection and locks its address for a minute", () => {
  const { stage } = closed();
  const guests = [1, 2, 3].map(() => stage.connect(true, { address: "192.0.2.7" }));
  const neighbour = stage.connect(true, { address: "192.0.2.8" });
  assertEquals(guests.map((guest) => tryJoin(stage, guest, { password: "guess" })), [
    "! wrong_password",
    "! wrong_password",
    "! wrong_password; goodbye refused",
  ]);
  assertEquals(tryJoin(stage, guests[0]!, { password: "otter-lamp-crane" }), "! rate_limited");
  assertEquals(tryJoin(stage, guests[0]!, {}), "! wrong_password");
  assert(IN.test(tryJoin(stage, neighbour, { password: "otter-lamp-crane" })));
  stage.say(neighbour, { type: "leave" });
  stage.pass(WRONG_PASSWORDS_MS);
  assert(IN.test(tryJoin(stage, guests[0]!, { password: "otter-lamp-crane" })));
});

Deno.test("an IPv6 network counts as one address; on the server's machine each connection and all together are limited", () => {
  const { stage } = closed();
  const wrong = (address: string | undefined) =>
    tryJoin(stage, stage.connect(true, { address }), { password: "guess" }).endsWith("goodbye refused");
  assertEquals(["2001:db8::1", "2001:db8::2", "2001:db8::3"].map(wrong), [false, false, true]);
  const locals = ["127.0.0.1", "::1", "127.8.8.8", "::ffff:127.0.0.1", undefined];
  for (const address of locals) {
    assertEquals([address, address, address].map(wrong), [false, false, false]);
  }
  const local = stage.connect(true, { address: "127.0.0.1" });
  assertEquals(
    [1, 2, 3].map(() => tryJoin(stage, local, { password: "guess" })).at(-1),
    "! wrong_password; goodbye refused",
  );
  const rest = MAX_LOCAL_WRONG_PASSWORDS - 3 * locals.length - MAX_WRONG_PASSWORDS;
  assertEquals(Array.from({ length: rest }, () => wrong("::1")).lastIndexOf(true), rest - 1);
  assertEquals(tryJoin(stage, stage.connect(), { password: "otter-lamp-crane" }), "! rate_limited");
  const outside = stage.connect(true, { address: "192.0.2.8" });
  assert(IN.test(tryJoin(stage, outside, { password: "otter-lamp-crane" })));
});

Deno.test("an admitted member returns by token without the password, also after a restart", () => {
  const { stage } = closed();
  const ada = stage.connect();
  stage.say(ada, { type: "join", name: "ada", password: "otter-lamp-crane" });
  const [{ you }] = stage.events(ada) as [Of<"joined">];
  stage.restart();
  assert(IN.test(tryJoin(stage, stage.connect(), { token: you.token })));
  assertEquals(tryJoin(stage, stage.connect(), { name: "bob", token: "made up" }), "! wrong_password");
});

Deno.test("an invite admits by secret or by passphrase up to its number of uses, and the count survives a restart", () => {
  const { stage, owner } = closed();
  const invite = makeInvite(stage, owner, { uses: 3, expires: 60 });
  assertEquals(invite.expires, new Date(START + 60_000).toISOString());
  const spoken = invite.words.replaceAll("-", " ").toUpperCase();
  for (const [name, password] of [["ada", invite.secret], ["bob", spoken]]) {
    assert(tryJoin(stage, stage.connect(), { name, password }).startsWith(`joined lobby as ${name}`));
  }
  stage.restart();
  assert(tryJoin(stage, stage.connect(), { name: "eve", password: invite.secret }).startsWith("joined"));
  const late = stage.connect();
  stage.say(late, { type: "join", name: "kim", password: invite.secret });
  const [error] = stage.events(late) as [Of<"error">];
  assertEquals(error.code, "wrong_password");
  assertStringIncludes(error.message, "is used up: ask for another");
});

Deno.test("a join that fails for another reason does not consume a use of the invite", () => {
  const { stage, owner } = closed();
  const { secret } = makeInvite(stage, owner, { uses: 2 });
  tryJoin(stage, stage.connect(), { password: secret });
  const second = stage.connect();
  assertEquals(tryJoin(stage, second, { password: secret }), "! name_taken, ada2 is free");
  assert(tryJoin(stage, second, { name: "ada2", password: secret }).startsWith("joined"));
});

Deno.test("an expired or revoked invite admits no one", () => {
  const { stage, owner } = closed();
  const [short, long] = [makeInvite(stage, owner, { expires: 60 }), makeInvite(stage, owner)];
  stage.say(owner, { type: "revoke", invite: long.id, ref: "r" });
  assertEquals(stage.seen(owner), [`revoked ${long.id} <r>`]);
  stage.pass(59_999);
  assert(tryJoin(stage, stage.connect(), { password: short.secret }).startsWith("joined"));
  stage.pass(1);
  for (const password of [short.secret, short.words, long.secret, long.words]) {
    assertEquals(tryJoin(stage, stage.connect(), { name: "bob", password }), "! wrong_password");
  }
  stage.say(owner, { type: "invites" });
  assertEquals(stage.seen(owner), ["invites "]);
  assertEquals(stage.store.records.filter(({ kind }) => kind === "invite"), []);
  stage.say(owner, { type: "revoke", invite: long.id });
  assertEquals(stage.seen(owner), ["! invalid"]);
});

Deno.test("an invite lasts one day by default, and the list shows how often it was used", () => {
  const { stage, owner } = closed();
  const invite = makeInvite(stage, owner, { room: "dev" });
  assertEquals(invite.expires, new Date(START + DAY).toISOString());
  tryJoin(stage, stage.connect(), { room: "dev", password: invite.secret });
  stage.say(owner, { type: "invites" });
  const [event] = stage.events(owner) as [Of<"invites">];
  assertEquals(event, {
    type: "invites",
    invites: [{ id: invite.id, room: "dev", expires: invite.expires, used: 1, by: "owner" }],
    count: 1,
  });
});

Deno.test("only digests of invites and passwords are stored", () => {
  const { stage, owner } = closed();
  const { secret, words } = makeInvite(stage, owner);
  tryJoin(stage, stage.connect(), { password: secret });
  const stored = JSON.stringify([stage.store.records, stage.store.audit]).replaceAll(/digest of [^"]*/g, "");
  for (const secretPart of [secret, words, "admin", "otter"]) assert(!stored.includes(secretPart), secretPart);
});

Deno.test("an invite to a room, and the token it gives, open only that room, also after a restart", () => {
  const { stage, owner } = closed();
  const { secret } = makeInvite(stage, owner, { room: "dev" });
  const ada = stage.connect();
  assertEquals(tryJoin(stage, ada, { password: secret }), "! wrong_password");
  stage.say(ada, { type: "join", name: "ada", room: "dev", password: secret });
  const joined = stage.events(ada)[0] as Of<"joined">;
  assertEquals(tryJoin(stage, ada, { room: "ops" }), "! wrong_password");
  assertEquals(tryJoin(stage, ada, { room: "ops", password: secret }), "! wrong_password");
  stage.restart();
  const again = stage.connect();
  assertEquals(tryJoin(stage, again, { room: "ops", token: joined.you.token }), "! wrong_password");
  assert(tryJoin(stage, again, { room: "dev", token: joined.you.token }).startsWith("joined dev"));
  assert(tryJoin(stage, again, { room: "ops", password: "otter-lamp-crane" }).startsWith("joined ops"));
});

Deno.test("a member invited to one room sees no other room", () => {
  const { stage, owner } = closed();
  tryJoin(stage, owner, { name: "bob" });
  const { secret } = makeInvite(stage, owner, { room: "dev" });
  const ada = stage.connect();
  tryJoin(stage, ada, { room: "dev", password: secret });
  stage.say(ada, { type: "rooms" });
  stage.say(ada, { type: "members", room: "lobby" });
  assertEquals(stage.seen(ada), ["rooms 1: dev=1", "! forbidden"]);
});

Deno.test("a member invited to one room can be invited to a second one and return to both", () => {
  const { stage, owner } = closed();
  const [dev, ops] = [makeInvite(stage, owner, { room: "dev" }), makeInvite(stage, owner, { room: "ops" })];
  const ada = stage.connect();
  stage.say(ada, { type: "join", name: "ada", room: "dev", password: dev.secret });
  const { token } = (stage.events(ada)[0] as Of<"joined">).you;
  assert(tryJoin(stage, ada, { room: "ops", password: ops.secret }).startsWith("joined ops"));
  stage.restart();
  const again = stage.connect();
  for (const room of ["ops", "dev"]) assert(tryJoin(stage, again, { room, token }).startsWith(`joined ${room}`));
  assertEquals(tryJoin(stage, again, { room: "qa" }), "! wrong_password");
});

Deno.test("an invite-only server accepts no password, only invites", () => {
  const { stage, owner } = closed({ ...ACCESS, passwordDigest: undefined as unknown as string, inviteOnly: true });
  assertEquals(tryJoin(stage, stage.connect(), { password: "undefined" }), "! wrong_password");
  assert(IN.test(tryJoin(stage, stage.connect(), { password: makeInvite(stage, owner).secret })));
});

Deno.test("only the owner and moderators of all rooms create, list and revoke invites", () => {
  const { stage, owner } = closed();
  const ada = stage.connect();
  tryJoin(stage, ada, { password: "otter-lamp-crane" });
  for (const command of [{ type: "invite" }, { type: "invites" }, { type: "revoke", invite: "x" }]) {
    stage.say(ada, command);
  }
  assertEquals(stage.seen(ada), ["! forbidden", "! forbidden", "! forbidden"]);
  stage.say(owner, { type: "moderator", name: "ada" });
  stage.forget();
  assert(makeInvite(stage, ada).secret);
});

Deno.test("a server has at most MAX_INVITES invites", () => {
  const { stage, owner } = closed();
  for (let count = 0; count < MAX_INVITES; count++) {
    if (count % 50 === 0) stage.now += 10_000;
    makeInvite(stage, owner);
  }
  stage.now += 10_000;
  stage.say(owner, { type: "invite" });
  assertEquals(stage.seen(owner), ["! forbidden"]);
  stage.say(owner, { type: "invites" });
  const [{ invites, count }] = stage.events(owner) as [Of<"invites">];
  assert(invites.length < count && count === MAX_INVITES);
});

Deno.test("the admin password makes a connection an owner, before or after it joins", () => {
  const { stage } = closed();
  const [before, after] = [stage.connect(), stage.connect()];
  stage.say(before, { type: "auth", password: "admin", ref: "a" });
  assertEquals(stage.seen(before), ["authenticated as owner <a>"]);
  assert(IN.test(tryJoin(stage, before)));
  tryJoin(stage, after, { name: "bob", password: "otter-lamp-crane" });
  stage.say(after, { type: "lockdown", on: true });
  stage.say(after, { type: "auth", password: "admin" });
  stage.say(after, { type: "lockdown", on: true });
  assertEquals(stage.seen(after), ["! forbidden", "authenticated as owner bob", "restriction lockdown by bob"]);
  assertEquals(stage.store.audit.map(({ action }) => action), ["auth", "auth", "lockdown"]);
});

Deno.test("the third wrong admin password closes the connection", () => {
  const { stage } = closed();
  const eve = stage.connect(true, { address: "192.0.2.7" });
  for (const password of ["a", "b", "c"]) stage.say(eve, { type: "auth", password });
  assertEquals(stage.seen(eve), ["! wrong_password", "! wrong_password", "! wrong_password", "goodbye refused"]);
  const again = stage.connect(true, { address: "192.0.2.7" });
  stage.say(again, { type: "auth", password: "admin" });
  assertEquals(stage.seen(again), ["! rate_limited"]);
});

Deno.test("without an admin password, no password makes a connection an owner", () => {
  const stage = new Stage();
  const eve = stage.connect();
  stage.say(eve, { type: "auth", password: "undefined" });
  assertEquals(stage.seen(eve), ["! forbidden"]);
});
