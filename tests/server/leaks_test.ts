import { assert, assertEquals } from "@std/assert";
import { digest } from "../../src/server/turn/ids.ts";
import { type Guest, Stage } from "./stage.ts";

const ADDRESSES = ["192.0.2.77", "2001:db8::77", "198.51.100.78"];
const SECRETS = [
  "open-sesame",
  "wrong-guess",
  "horse battery staple",
  "what ada said",
  "what bob whispered",
  "about cats",
];

/** A client from that address that has joined and requests everything. */
async function talk(stage: Stage, address: string, name: string): Promise<Guest> {
  const guest = stage.dialFrom(address);
  await guest.say({ type: "join", name, password: "wrong-guess" }, { type: "join", name, password: "open-sesame" });
  await guest.until("joined");
  return guest;
}

Deno.test("members get no addresses of others, and the log gets no text, secret or token", async () => {
  await using stage = new Stage({ access: { passwordDigest: digest("open-sesame"), inviteOnly: false } });
  // One after another: the first to join moderates the room.
  const ada = await talk(stage, ADDRESSES[0]!, "ada");
  const bob = await talk(stage, ADDRESSES[1]!, "bob");
  const eve = await talk(stage, ADDRESSES[2]!, "eve");
  await ada.say(
    { type: "message", room: "lobby", text: "what ada said" },
    { type: "register", password: "horse battery staple" },
    { type: "topic", room: "lobby", text: "about cats" },
    { type: "mute", room: "lobby", name: "bob", reason: "loud" },
    { type: "ban", room: "lobby", name: "eve", also: "address", seconds: 60 },
    ...["members", "restrictions", "audit", "history"].map((type) => ({ type, room: "lobby" })),
  );
  await ada.until("registered");
  await bob.say({ type: "message", to: "ada", text: "what bob whispered" }, { type: "members", room: "lobby" });
  const told = JSON.stringify([await ada.events(), await bob.events()]);
  for (const guest of [ada, bob, eve]) guest.hangUp();
  const all = told + (await eve.rest()).join("\n");
  for (const kind of ["what ada said", "loud", '"mute"', '"ban"', '"history"']) assert(all.includes(kind), kind);
  assertEquals(ADDRESSES.filter((address) => all.includes(address)), []);
  const log = stage.logged.join("\n");
  assertEquals(SECRETS.filter((secret) => log.includes(secret)), []);
  const kinds = [...log.matchAll(/"wrong password",(\{[^}]*\})/g)].map(([, fields]) => JSON.parse(fields!).kind);
  assertEquals(kinds, ["server", "server", "server"]);
  const tokens = [...all.matchAll(/"token":"([^"]+)"/g)].map(([, token]) => token!);
  assertEquals(tokens.filter((token) => log.includes(token)), []);
});

Deno.test("the log names the kind of a wrong password and its address, and contains neither the password nor a name", async () => {
  await using stage = new Stage({
    access: { passwordDigest: digest("open-sesame"), adminDigest: digest("admin"), inviteOnly: false },
  });
  const ada = await talk(stage, ADDRESSES[0]!, "ada");
  await ada.say({ type: "join", room: "den" }, { type: "lock", room: "den", password: "den-sesame" });
  const eve = stage.dialFrom(ADDRESSES[1]!);
  const guesses = [{ type: "auth", name: "victim" }, { type: "auth" }, { type: "join", name: "victim" }, {
    type: "auth",
  }];
  await eve.say(...guesses.map((guess, n) => ({ ...guess, password: `wrong-guess-${n}` })));
  await eve.rest();
  const again = stage.dialFrom(ADDRESSES[1]!);
  await again.say({ type: "auth", password: "admin" });
  assertEquals((await again.until("error")).code, "rate_limited");
  const bob = await talk(stage, ADDRESSES[2]!, "bob");
  await bob.say({ type: "join", room: "den", password: "wrong-guess-5" });
  await bob.until("error");
  const lines = stage.logged.map((line) => JSON.parse(line)).filter(([, event]) => event === "wrong password");
  assertEquals(lines.map(([level, , { kind, answer }]) => [level, kind, answer].join(" ")), [
    "warn server wrong_password",
    "warn account wrong_password",
    "warn admin wrong_password",
    "warn server wrong_password",
    "warn admin rate_limited",
    "warn server wrong_password",
    "warn room wrong_password",
  ]);
  assert(lines.every(([, , { peer }]) => typeof peer === "string" && peer !== ""));
  assertEquals(["wrong-guess", "sesame", "victim"].filter((secret) => stage.logged.join("\n").includes(secret)), []);
});
