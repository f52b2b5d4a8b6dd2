import { assert, assertEquals } from "@std/assert";
import type { SessionId } from "../../src/core/effect.ts";
import { keyDigest } from "../../src/core/hub_command.ts";
import { MAX_DEVICES_PER_MEMBER } from "../../src/protocol/limits.ts";
import { type Of, Stage } from "./stage.ts";

/** The server has checked the signatures of these joins: the hub sees only joins with a proven key. */
const [KEY, OTHER] = ["A".repeat(42) + "E", "A".repeat(42) + "I"];

function enter(stage: Stage, command: object, opening: { readonly resumable?: boolean } = {}): SessionId {
  const session = stage.connect(opening.resumable);
  stage.say(session, { type: "join", room: "lobby", ...command });
  return session;
}

function you(stage: Stage, session: SessionId): Of<"joined">["you"] {
  const joined = stage.events(session).find((event) => event.type === "joined");
  assert(joined !== undefined, "The session has not joined");
  return joined.you;
}

Deno.test("welcome names the chat, and passes on the challenge of the connection", () => {
  const stage = new Stage();
  const challenge = { nonce: "n-1", tls: "f-1" };
  const [effect] = stage.hub.open(7, { resumable: true, challenge }, stage.now);
  assert(effect?.type === "send" && effect.event.type === "welcome");
  const { chat, nonce, tls } = effect.event;
  assertEquals([chat, nonce, tls], ["s-1", "n-1", "f-1"]);
});

Deno.test("an unknown key with a name makes a member, who gets no token and returns by the key", () => {
  const stage = new Stage();
  const ada = enter(stage, { name: "ada", key: KEY });
  const { id, token } = you(stage, ada);
  assertEquals(token, undefined);
  stage.drop(ada);
  const back = you(stage, enter(stage, { key: KEY }));
  assertEquals([back.id, back.name, back.token], [id, "ada", undefined]);
  assertEquals(stage.store.members.map(({ tokenDigest }) => tokenDigest), Array(2).fill(keyDigest(KEY)));
});

Deno.test("whois names the keys of a member, and nothing of a token", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  enter(stage, { name: "bob", key: KEY });
  stage.forget();
  for (const name of ["ada", "bob"]) stage.say(ada, { type: "whois", name });
  assertEquals(stage.events(ada).map((event) => event.type === "whois" && event.keys), [undefined, [KEY]]);
});

Deno.test("a second join with the same key is a further session of the member", () => {
  const stage = new Stage();
  const [laptop, phone] = [enter(stage, { name: "ada", key: KEY }), enter(stage, { key: KEY })];
  assertEquals(you(stage, laptop).id, you(stage, phone).id);
  assertEquals(stage.closed.size, 0);
});

Deno.test("a key is known after a restart, and without a name an unknown one is not admitted", () => {
  const stage = new Stage();
  const { id } = you(stage, enter(stage, { name: "ada", key: KEY }));
  stage.restart();
  assertEquals(you(stage, enter(stage, { name: "ada", key: KEY })).id, id);
  assertEquals(stage.seen(enter(stage, { key: OTHER })), ["! invalid"]);
  assertEquals(stage.seen(enter(stage, { name: "ada", key: OTHER })), ["! name_taken, ada2 is free"]);
});

Deno.test("a token turns into the key, for all sessions that use it, and is void from then on", () => {
  const stage = new Stage();
  const ada = enter(stage, { name: "ada" });
  const { id, token } = you(stage, ada);
  const keyed = enter(stage, { token, key: KEY });
  assertEquals([you(stage, keyed).id, keyed === ada], [id, false]);
  stage.say(ada, { type: "join", room: "dev" });
  assertEquals(you(stage, ada).token, undefined);
  assertEquals(stage.seen(enter(stage, { token })), ["! invalid"]);
  stage.restart();
  assertEquals(stage.seen(enter(stage, { token })), ["! invalid"]);
  assertEquals(you(stage, enter(stage, { token, key: KEY })).id, id);
});

Deno.test("a token of another member than the key's is not given up: a login is never lost", () => {
  const stage = new Stage();
  const ada = you(stage, enter(stage, { name: "ada", key: KEY }));
  const bob = you(stage, enter(stage, { name: "bob" }));
  const both = you(stage, enter(stage, { token: bob.token, key: KEY }));
  assertEquals([both.id, both.token], [bob.id, bob.token]);
  assertEquals(you(stage, enter(stage, { key: KEY })).id, ada.id);
});

Deno.test("a person on nc, who cannot return, founds no key", () => {
  const stage = new Stage();
  const session = enter(stage, { name: "ada", key: KEY }, { resumable: false });
  assertEquals(you(stage, session).token, "token-1");
});

Deno.test("a member with a key registers, and the account's password adds another key, which can be revoked", () => {
  const stage = new Stage();
  const ada = enter(stage, { name: "ada", key: KEY });
  const { id } = you(stage, ada);
  stage.say(ada, { type: "register", password: "a password" });
  stage.hash();
  assertEquals(stage.seen(ada), ["registered ada"]);
  const phone = enter(stage, { name: "ada", password: "a password", key: OTHER });
  stage.hash();
  assertEquals([you(stage, phone).id, stage.closed.size], [id, 0]);
  stage.forget();
  stage.say(ada, { type: "sessions" });
  const [{ sessions }] = stage.events(ada) as [Of<"sessions">];
  assertEquals(sessions.map(({ current }) => current === true).sort(), [false, true]);
  stage.say(ada, { type: "revoke", session: sessions.find(({ current }) => current !== true)!.id });
  assertEquals(stage.closed.get(phone), "refused");
  stage.restart();
  assertEquals(you(stage, enter(stage, { key: KEY })).id, id);
  assertEquals(stage.seen(enter(stage, { key: OTHER })), ["! invalid"]);
});

Deno.test("the token of an account turns into the key, and the account keeps one session in its list", () => {
  const stage = new Stage();
  const ada = enter(stage, { name: "ada" });
  const { id, token } = you(stage, ada);
  stage.say(ada, { type: "register", password: "a password" });
  stage.hash();
  const keyed = enter(stage, { token, key: KEY });
  assertEquals(you(stage, keyed).id, id);
  stage.say(keyed, { type: "sessions" });
  const [{ sessions }] = stage.events(keyed) as [Of<"sessions">];
  assertEquals(sessions.length, 1);
  assertEquals(stage.seen(enter(stage, { token })), ["! invalid"]);
});

Deno.test("a known key needs no password of the server, and an unknown one does", () => {
  const stage = new Stage({ access: { passwordDigest: "digest of sesame", inviteOnly: true } });
  const ada = you(stage, enter(stage, { name: "ada", key: KEY, password: "sesame" }));
  assertEquals(you(stage, enter(stage, { key: KEY })).id, ada.id);
  assertEquals(stage.seen(enter(stage, { name: "eve", key: OTHER })), ["! wrong_password"]);
});

Deno.test("nothing in the store but public keys tells who a member with a key is", () => {
  const stage = new Stage();
  enter(stage, { name: "ada", key: KEY });
  assert(!JSON.stringify(stage.store.members).includes("token-"));
});

Deno.test("a key that the account's password admits is listed as vouched for by the server, and signs for others", () => {
  const stage = new Stage();
  const ada = enter(stage, { name: "ada", key: KEY });
  stage.say(ada, { type: "register", password: "a password" });
  stage.hash();
  const phone = enter(stage, { name: "ada", password: "a password", key: OTHER });
  stage.hash();
  for (const [session, own] of [[ada, KEY], [phone, OTHER]] as const) {
    stage.forget();
    stage.say(session, { type: "device" });
    const [{ devices }] = stage.events(session) as [Of<"devices">];
    assertEquals(devices.map(({ key, vouched, current }) => [key, vouched === true, current === true]), [
      [KEY, false, own === KEY],
      [OTHER, true, own === OTHER],
    ]);
    stage.forget();
    stage.say(session, { type: "sessions" });
    const [{ sessions }] = stage.events(session) as [Of<"sessions">];
    const marks = sessions.map(({ vouched, current }) => [vouched === true, current === true]);
    assertEquals(new Set(marks.map(String)), new Set([String([false, own === KEY]), String([true, own === OTHER])]));
  }
  stage.restart();
  const again = enter(stage, { key: OTHER });
  stage.forget();
  stage.say(again, { type: "device" });
  assertEquals((stage.events(again) as [Of<"devices">])[0].devices.length, 2);
});

Deno.test("the first key of an account needs no list, and beyond the limit the longest unused one is forgotten", () => {
  const stage = new Stage();
  const ada = enter(stage, { name: "ada" });
  const { id } = you(stage, ada);
  stage.say(ada, { type: "register", password: "a password" });
  stage.hash();
  const keys = Array.from(
    { length: MAX_DEVICES_PER_MEMBER + 1 },
    (_, index) => "A".repeat(40) + "BCDEFGHIJKLMNOPQR"[index] + "AE",
  );
  for (const key of keys) {
    const session = enter(stage, { name: "ada", password: "a password", key });
    stage.hash();
    assertEquals(you(stage, session).id, id);
    stage.drop(session);
  }
  const last = enter(stage, { key: keys.at(-1) });
  assertEquals(you(stage, last).id, id);
  stage.say(last, { type: "device" });
  const [{ devices }] = stage.events(last) as [Of<"devices">];
  assertEquals(devices.map(({ key }) => key), keys.slice(1));
  assertEquals(stage.seen(enter(stage, { key: keys[0] })), ["! invalid"]);
});
