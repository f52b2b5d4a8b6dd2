import { assert, assertEquals } from "@std/assert";
import { type Guest, SpyHistory, Stage } from "./stage.ts";

const PASSWORD = "correct horse";
const ADDRESS = "198.51.100.77";

async function ask(guest: Guest, command: object): Promise<string> {
  const ref = crypto.randomUUID();
  await guest.say({ ...command, ref });
  for (;;) {
    const event = await guest.event();
    if ("ref" in event && event.ref === ref) return event.type === "error" ? event.code : event.type;
  }
}

Deno.test("a member registers, and logs in with a password that is really hashed", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada");
  assertEquals(await ask(ada, { type: "register", password: PASSWORD }), "registered");
  const other = stage.dial();
  assertEquals(await ask(other, { type: "auth", name: "ada", password: "wrong" }), "wrong_password");
  await other.say({ type: "auth", name: "ada", password: PASSWORD });
  const { token } = await other.until("authenticated");
  assertEquals(await ask(other, { type: "join", token }), "joined");
});

Deno.test("others continue to chat while passwords are hashed", async () => {
  await using stage = new Stage({ hashCost: 12 });
  const [ada, bob] = [await stage.join("ada"), await stage.join("bob")];
  await ada.say({ type: "register", password: PASSWORD, ref: "r" }, { type: "ping", ref: "p" });
  assertEquals(await ask(bob, { type: "message", text: "hi", room: "lobby" }), "ack");
  await ada.until("registered");
  assertEquals((await ada.until("pong")).ref, "p");
});

async function spendAnEvening(history: SpyHistory): Promise<{ secret: string; token: string }> {
  await using stage = new Stage({ access: { inviteOnly: true }, history });
  const owner = stage.dialAsOwner();
  await owner.say({ type: "join", name: "boss", room: "dev" }, { type: "invite", uses: 2 });
  const { secret } = await owner.until("invite");
  const ada = stage.dial();
  await ada.say({ type: "join", name: "ada", room: "dev", password: secret });
  const { token } = (await ada.until("joined")).you;
  assertEquals(await ask(ada, { type: "register", password: PASSWORD }), "registered");
  assertEquals(await ask(owner, { type: "mute", name: "ada", room: "dev", reason: "loud" }), "restriction");
  assertEquals(await ask(owner, { type: "lockdown", on: true }), "restriction");
  return { secret, token: token! };
}

Deno.test("accounts, tokens, restrictions, roles, invites and the audit log survive a restart", async () => {
  const history = new SpyHistory();
  const { secret, token } = await spendAnEvening(history);
  await using stage = new Stage({ access: { inviteOnly: true }, history });
  const again = stage.dial();
  await again.say({ type: "join", token, room: "dev" });
  assertEquals((await again.until("joined")).you.account, true);
  assertEquals(await ask(again, { type: "message", room: "dev", text: "hi" }), "forbidden");
  assertEquals(await ask(stage.dial(), { type: "join", name: "bob", password: secret }), "forbidden");
  const boss = stage.dialAsOwner();
  await boss.say({ type: "invites" }, { type: "restrictions" }, { type: "audit" });
  assertEquals((await boss.until("invites")).invites.map(({ used, uses }) => [used, uses]), [[1, 2]]);
  const { restrictions, moderators } = await boss.until("restrictions");
  assertEquals(restrictions.map(({ kind }) => kind), ["lockdown", "mute"]);
  assertEquals(moderators.map(({ member, room }) => [member.name, room]), [["boss", "dev"]]);
  assertEquals((await boss.until("audit")).entries.map(({ action }) => action), ["lockdown", "mute", "invite"]);
});

Deno.test("only the owner gets addresses, whatever moderators do, also in the audit log", async () => {
  await using stage = new Stage();
  const owner = stage.dialAsOwner();
  const eve = stage.dialFrom(ADDRESS);
  const [mod, ada] = [await stage.join("mod", "dev"), await stage.join("ada", "dev")];
  const room = "dev";
  await eve.say({ type: "join", name: "eve", room });
  await eve.until("joined");
  for (
    const command of [
      { type: "mute", name: "eve", room },
      { type: "kick", name: "eve", room },
      { type: "ban", name: "eve", room, also: "address" },
      { type: "ban", name: "eve", room, also: "network" },
      { type: "restrictions", room },
      { type: "audit", room },
      { type: "allow", name: "eve", room },
      { type: "members", room },
    ]
  ) await mod.say(command);
  await owner.say({ type: "ban", name: "eve", also: "network" }, { type: "restrictions" }, { type: "audit" });
  await owner.say({ type: "ban", address: ADDRESS }, { type: "moderator", name: "mod" });
  await owner.until("audit");
  assert(JSON.stringify(await owner.events()).includes(ADDRESS));
  await mod.say({ type: "restrictions" }, { type: "audit" });
  const told = [await mod.events(), await ada.events(), await eve.rest()].map((each) => JSON.stringify(each));
  for (const each of told) assert(!/198\.51/.test(each), each);
  assert(told.every((each) => each.length > 100), "A client got no events");
});

Deno.test("a banned address cannot join any room, in JSON or plain text", async () => {
  await using stage = new Stage();
  const owner = stage.dialAsOwner();
  assertEquals(await ask(owner, { type: "ban", address: "198.51.100.0/24" }), "restriction");
  assertEquals(await ask(stage.dialFrom(ADDRESS), { type: "join", name: "eve" }), "forbidden");
  const person = stage.dialFrom(ADDRESS);
  await person.write("eve\n");
  const lines = [await person.line(), await person.line(), await person.line()];
  assert(lines.some((line) => line?.startsWith("! You are banned from this server")), lines.join());
});

Deno.test("no password, token or secret is in the log or in the store", async () => {
  await using stage = new Stage({ access: { passwordDigest: "x", adminDigest: "y", inviteOnly: false } });
  const owner = stage.dialAsOwner();
  await owner.say({ type: "join", name: "boss" }, { type: "invite" }, {
    type: "lock",
    room: "lobby",
    password: "sesame",
  });
  const { you: { token } } = await owner.until("joined");
  const { secret, words } = await owner.until("invite");
  assertEquals(await ask(owner, { type: "register", password: PASSWORD }), "registered");
  assertEquals(await ask(stage.dial(), { type: "join", name: "eve", password: "a guess" }), "wrong_password");
  const kept = JSON.stringify([stage.logged, stage.history.records(), stage.history.audit({ limit: 99 })]);
  for (const each of [token!, secret, words, PASSWORD, "sesame", "a guess"]) assert(!kept.includes(each), each);
});

Deno.test("commands sent during a password check are answered in order after it", async () => {
  await using stage = new Stage({ hashCost: 12 });
  const bob = await stage.join("bob");
  const messages = Array.from({ length: 12 }, (_, index) => `${index}`);
  const commands = messages.map((ref) => ({ type: "message", room: "lobby", text: ref, ref }));
  await bob.say({ type: "register", password: "correct horse", ref: "r" }, ...commands);
  await bob.say({ type: "register", password: "another horse", ref: "again" }, { type: "rooms", ref: "rooms" });
  const refs: unknown[] = [];
  while (refs.at(-1) !== "rooms") {
    const event = await bob.event();
    if (event.type !== "message" && "ref" in event) refs.push(event.ref);
  }
  assertEquals(refs, ["r", ...messages, "again", "rooms"]);
});
