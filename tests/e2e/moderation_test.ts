import { assert, assertEquals } from "@std/assert";
import { serve, serveAgain, type Served, WINDOWS } from "../helpers/e2e.ts";
import { type Json, Peer } from "../helpers/e2e_peer.ts";

const PASSWORD = "correct horse";

/** The owner, through the socket in the data folder. */
async function dialAsOwner({ folder }: Served): Promise<Peer> {
  return new Peer(await Deno.connect({ transport: "unix", path: `${folder}/control.sock` }), "the owner").read();
}

async function ask(peer: Peer, command: Json): Promise<Json> {
  const ref = crypto.randomUUID();
  await peer.send({ ...command, ref });
  return await peer.next({ ref });
}

Deno.test("names, restrictions and the audit log survive the death of the server", { ignore: WINDOWS }, async () => {
  await using first = await serve();
  const ada = await Peer.join(first.address, "ada");
  assertEquals((await ask(ada, { type: "register", password: PASSWORD })).type, "registered");
  const owner = await dialAsOwner(first);
  assertEquals((await ask(owner, { type: "mute", name: "ada", reason: "loud" })).type, "restriction");
  const { words } = await ask(owner, { type: "invite", uses: 1 });
  assertEquals(words.split("-").length, 3);
  first.program.kill("SIGKILL");

  await using second = await serveAgain(first);
  await using eve = await Peer.dial(second.address, "eve");
  eve.read();
  assertEquals((await ask(eve, { type: "join", name: "ADA" })).code, "name_taken");
  assertEquals((await ask(eve, { type: "join", name: "ada", password: PASSWORD })).type, "joined");
  assertEquals((await ask(eve, { type: "message", room: "lobby", text: "hi" })).code, "forbidden");
  await using again = await dialAsOwner(second);
  assertEquals((await ask(again, { type: "allow", name: "ada" })).off, true);
  assertEquals((await ask(eve, { type: "message", room: "lobby", text: "hi" })).type, "ack");
  const { entries } = await ask(again, { type: "audit" });
  assertEquals(entries.map(({ action }: Json) => action), ["lifted mute", "invite", "mute"]);
  assertEquals((await ask(again, { type: "invites" })).invites.length, 1);
  for (const peer of [ada, owner]) peer.close();
});

Deno.test("a JSON client registers, returns, and needs the password of a locked server", async () => {
  await using server = await serve("--password", "otter-lamp-crane");
  await using person = await Peer.dial(server.address, "a person");
  person.read();
  await person.write("ada\n");
  await person.lines.next("Password?");
  await person.write("Otter Lamp Crane\n");
  await person.lines.next("* You are ada in #lobby");
  await person.write(`/register ${PASSWORD}\n`);
  await person.lines.next("* The name ada is yours");
  await person.write("/slow 30\n");
  await person.lines.next("* You slowed #lobby down: one message every 30 s per member");
  person.close();
  await using back = await Peer.dial(server.address, "the same person");
  back.read();
  await back.write(`/login ada ${PASSWORD}\n`);
  await back.lines.next("* You are ada in #lobby");
  await back.write("/restrictions\n");
  await back.lines.next(/#lobby is slow: one message every 30 s per member \(by ada\)/);
  assert(back.lines.all.every((line) => !line.includes(PASSWORD)));
});
