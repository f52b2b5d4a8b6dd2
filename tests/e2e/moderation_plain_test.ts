import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { confab, HAS_TMUX, serve } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { Tmux } from "../helpers/tmux.ts";

const PASSWORD = "correct horse";

Deno.test({
  name: "with --plain a password is hidden too, and later input is shown (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    await using server = await serve();
    await using terminal = await Tmux.open();
    await terminal.enter(`confab connect ${server.address} --name ada --plain`);
    await terminal.until("Ctrl-D quits");
    await terminal.enter("/register");
    await terminal.until("New password for your name: (what you type is not shown)");
    await terminal.type(PASSWORD);
    await terminal.press("Enter");
    await terminal.until("Repeat the password:");
    await terminal.type(`${PASSWORD}x`);
    await terminal.press("BSpace", "Enter");
    await terminal.until("* The name ada is yours");
    await terminal.enter("now you see it");
    await terminal.until(/^now you see it$/m);
    await terminal.until("ada: now you see it");
    await terminal.enter("/login ada");
    await terminal.until("Password of ada:");
    await terminal.press("C-c");
    await terminal.until("* No password entered");
    await terminal.enter("/quit");
    await terminal.until(/\n\$ ?$/);
    await terminal.enter("stty -a");
    await terminal.until(/(?<!-)\bicanon\b[^]*(?<!-)\becho\b/);
    assertFalse((await terminal.scrollback()).includes(PASSWORD));
    await server.stop();
  },
});

Deno.test({
  name: "a known name with a new identity is marked for members who knew the old one (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    await using server = await serve();
    await using terminal = await Tmux.open();
    const connecting = `clear; confab connect ${server.address} --name ada`;
    await terminal.enter(connecting);
    await terminal.until("Ctrl-D quits");
    {
      await using bob = await Peer.join(server.address, "bob");
      await bob.send({ type: "message", room: "lobby", text: "it is me" });
      await terminal.until("bob: it is me");
      await terminal.enter("/quit");
      await terminal.until(/\n\$ ?$/);
      await bob.send({ type: "leave" });
      await bob.ended();
    }
    await using other = await Peer.join(server.address, "bob");
    await terminal.enter(connecting);
    await terminal.until("2 here: bob (new)");
    await other.send({ type: "message", room: "lobby", text: "me again" });
    await terminal.until("bob (new): me again");
    await server.stop();
  },
});

Deno.test("a pipe prints moderation as sentences, and with --json as received", async () => {
  await using server = await serve();
  await using ada = await Peer.join(server.address, "ada");
  await using plain = confab(["connect", server.address, "--name", "eve"]);
  await ada.next({ type: "join" });
  await using json = confab(["connect", server.address, "--name", "bot", "--json"]);
  await ada.next({ type: "join" });
  for (const name of ["eve", "bot"]) {
    await ada.send({ type: "mute", room: "lobby", name, seconds: 60, reason: "loud \u202e" });
  }
  await plain.stdout.next("* ada muted you in #lobby: loud \ufffd");
  const { restriction } = JSON.parse(await json.stdout.next('{"type":"restriction"'));
  assertEquals([restriction.kind, restriction.member.name, restriction.reason], ["mute", "eve", "loud \u202e"]);
  assertEquals(JSON.parse(await json.stdout.next('{"type":"notice"')).text, "ada muted you in #lobby: loud \u202e");
  await plain.type("can you hear me?\n");
  await plain.endInput();
  await json.endInput();
  const { code, stderr } = await plain.exit();
  assertEquals(code, 5);
  assertStringIncludes(stderr, "Not sent: ");
  assertEquals((await json.exit()).code, 0);
  await server.stop();
});
