import { assert, assertEquals, assertFalse } from "@std/assert";
import { HAS_TMUX, serve, type Served } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { Tmux } from "../helpers/tmux.ts";

const PASSWORD = "correct horse";

/** Registers a test with terminals. Ada joins the lobby first, and so moderates it. */
function orderTest(name: string, body: (server: Served, ada: Tmux) => Promise<void>): void {
  Deno.test({
    name: `${name} (needs tmux)`,
    ignore: !HAS_TMUX,
    async fn() {
      await using server = await serve();
      await using ada = await Tmux.open();
      await connect(ada, server, "ada");
      await body(server, ada);
      await server.stop();
    },
  });
}

async function connect(terminal: Tmux, server: Served, name: string, options = ""): Promise<void> {
  await terminal.enter(`confab connect ${server.address} --name ${name} ${options}`);
  await terminal.until("Ctrl-D quits");
}

/** Types a password at each prompt, and checks that it is hidden. */
async function answer(terminal: Tmux, password: string, ...prompts: string[]): Promise<void> {
  for (const prompt of prompts) {
    await terminal.untilPrompt(prompt);
    await terminal.type(password);
    await terminal.untilPrompt(`${prompt} ${"•".repeat(password.length)}`);
    await terminal.press("Enter");
  }
}

async function register(terminal: Tmux): Promise<void> {
  await terminal.enter("/register");
  await answer(terminal, PASSWORD, "New password for your name:", "Repeat the password:");
  await terminal.until("* The name ada is yours");
}

async function assertUnseen(terminal: Tmux, ...secrets: readonly string[]): Promise<void> {
  const seen = await terminal.scrollback();
  for (const secret of secrets) assertFalse(seen.includes(secret), seen);
}

orderTest("a member is in the chat from a second terminal as well, by the name's password", async (server, ada) => {
  await register(ada);
  await using other = await Tmux.open();
  await connect(other, server, "guest");
  await other.enter("/login ada");
  await answer(other, "wrong horse", "Password of ada:");
  await other.until("! Wrong name or password");
  await other.enter("/login ada");
  await answer(other, PASSWORD, "Password of ada:");
  await other.until("* You are ada now");
  await other.enter("/sessions");
  await other.until("this one");
  await other.enter("from here too");
  for (const terminal of [other, ada]) await terminal.until("ada: from here too");
  await ada.enter("and from there");
  await other.until("ada: and from there");
  await assertUnseen(other, PASSWORD, "wrong horse");
  await assertUnseen(ada, PASSWORD);
});

orderTest("who starts with a registered name gets another one, and theirs by its password", async (server, ada) => {
  await register(ada);
  await ada.enter("/quit");
  await using other = await Tmux.open();
  await connect(other, server, "ada");
  const screen = await other.until("* You are ada2 in #lobby");
  assert(screen.includes('! Name "ada" is registered: log in with its password'), screen);
  await other.enter("/login ada");
  await answer(other, PASSWORD, "Password of ada:");
  await other.until("* You are ada now");
  await other.enter("/quit");
  await other.until(/^\$ ?$/m);
  // The client stores the token, and not the password.
  await other.enter(`clear; confab connect ${server.address} --name ada`);
  await other.until(/^\* You are ada in #lobby/m);
  await assertUnseen(other, PASSWORD);
});

orderTest("who is kicked may come back, who is banned may not, until they are allowed to", async (server, ada) => {
  await using eve = await Tmux.open();
  await connect(eve, server, "eve", "--room dev --room lobby");
  await ada.until("eve joined");
  await ada.type("/kick ev");
  await ada.press("Tab");
  await ada.untilPrompt("#lobby> /kick eve");
  await ada.enter("enough for today");
  await eve.until("ada kicked you from #lobby: enough for today");
  await eve.until("* You were removed from #lobby");
  await ada.until("eve left (kicked)");
  await eve.enter("/join lobby");
  await ada.until(/eve joined[^]*eve joined/);
  await ada.enter("/ban eve 2h spam");
  await ada.until("You banned eve from #lobby until");
  await eve.until("ada banned you from #lobby: spam");
  await eve.enter("/join lobby");
  await eve.until("! You are banned from room");
  await ada.enter("/restrictions");
  const [, number] = /(\d+)\. ban of eve from #lobby until/.exec(
    await ada.until(/\d+\. ban of eve from #lobby until/),
  )!;
  await ada.enter(`/restrictions end ${number}`);
  await ada.until("You lifted the ban of eve");
  await eve.enter("/join lobby");
  await eve.untilPrompt("#lobby>");
  await ada.enter("/audit");
  await ada.until(/ada: kick eve: enough for today[^]*ada: ban eve for 2h: spam/);
});

orderTest("who is muted reads along, and hears why nobody hears them", async (server, ada) => {
  await using eve = await Tmux.open();
  await connect(eve, server, "eve");
  await ada.until("eve joined");
  await ada.enter("/mute eve 10m loud");
  await eve.until("ada muted you in #lobby: loud");
  await eve.enter("can you hear me?");
  await eve.until(/! Not sent: "can you hear me\?"/);
  await ada.enter("no");
  await eve.until("ada: no");
  await ada.enter("/allow eve");
  await eve.until("ada unmuted you in #lobby");
  await eve.enter("and now?");
  await ada.until("eve: and now?");
});

orderTest("a locked room is entered by its password, or by leave of a moderator", async (server, ada) => {
  await using eve = await Tmux.open();
  await connect(eve, server, "eve", "--room hall");
  await ada.enter("/lock password");
  await answer(ada, "open sesame", "New password for #lobby:", "Repeat the password:");
  await ada.until("You locked #lobby");
  await eve.enter("/join lobby");
  await answer(eve, "wrong", "Password of #lobby:");
  await answer(eve, "open sesame", "Password of #lobby:");
  await eve.until("* You are eve in #lobby");
  await eve.until("* #lobby is locked");
  await using bob = await Tmux.open();
  await connect(bob, server, "bob", "--room hall");
  await bob.enter("/join lobby");
  await bob.untilPrompt("Password of #lobby:");
  await bob.press("Enter");
  await bob.untilPrompt("#hall>");
  await ada.enter("/allow bob");
  await ada.until("You admitted bob to #lobby");
  await bob.enter("/join lobby");
  await bob.until("* You are bob in #lobby");
  await ada.enter("/lock off");
  await bob.until("ada unlocked #lobby");
  for (const terminal of [ada, eve]) await assertUnseen(terminal, "open sesame");
});

orderTest("a slow room keeps a message back until its time, while others go", async (server, ada) => {
  await using bob = await Peer.join(server.address, "bob");
  await using eve = await Tmux.open();
  await connect(eve, server, "eve");
  await ada.enter("/slow 3");
  await eve.until("ada slowed #lobby down: one message every 3 s per member");
  await eve.enter("one");
  await ada.until("eve: one");
  await eve.enter("two");
  await eve.enter("/msg bob psst");
  await bob.next({ type: "message", text: "psst" });
  assertFalse((await ada.screen()).includes("eve: two"), "it went at once");
  await ada.until("eve: two");
  await ada.enter("a moderator");
  await ada.enter("waits for nothing");
  await eve.until(/ada: a moderator\n.*ada: waits for nothing/);
});

Deno.test({
  name: "an owner logs in, locks the server down, gives roles and invites (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    const file = `${newFolder()}/admin`;
    await Deno.writeTextFile(file, "root of all\n", { mode: 0o600 });
    await using server = await serve("--admin-password-file", file);
    await using first = await Peer.join(server.address, "first");
    // High enough for the QR code of an invite and the lines above it.
    await using ada = await Tmux.open({ columns: 80, rows: 50 });
    await connect(ada, server, "ada");
    await ada.enter("/lockdown on");
    await ada.until("! Only the owner");
    await ada.enter("/login");
    await answer(ada, "root of all", "Admin password:");
    await ada.until("* You are the owner of this server now");
    await ada.enter("/invite 2h 3");
    await ada.until(/for 3\s+people[^]*confab:\/\//);
    await ada.enter("/invites");
    await ada.until(/1\. to the server, used 0 of 3 times/);
    await ada.enter("/mod first");
    await first.next({ type: "role" });
    await ada.enter("/who");
    await ada.until("@first");
    await using eve = await Tmux.open();
    await connect(eve, server, "eve");
    await ada.enter("/ban eve -all spam");
    // Banned: the client shows the reason and does not reconnect.
    await eve.until(/ada banned you from this server: spam\n\$ ?$/);
    await ada.enter("/lockdown on");
    await ada.until("locked the server down");
    await using stranger = (await Peer.dial(server.address)).read();
    await stranger.send({ type: "join", name: "stranger" });
    assertEquals((await stranger.next({ type: "error" })).code, "forbidden");
    await ada.enter("/lockdown off");
    await ada.until("ended the lockdown of the server");
    await assertUnseen(ada, "root of all");
    await server.stop();
  },
});
