/** A conversation on nc: two members who see and change what they write to each other, while others are in the room. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { assertUntroubled, HAS_NC, serve } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { Program } from "../helpers/process.ts";

async function join(at: readonly string[], name: string): Promise<Program> {
  const nc = new Program("nc", { args: at });
  await nc.type(`${name}\n`);
  await nc.stdout.next(`You are ${name}`);
  return nc;
}

Deno.test({
  name: "on nc /join @NAME opens a conversation, and all commands about messages act on it until /leave (needs nc)",
  ignore: !HAS_NC,
  async fn() {
    await using server = await serve("--rate", "0");
    const at = [server.host, String(server.port)];
    await using cai = await Peer.join(server.address, "cai");
    await using ada = await join(at, "ada");
    await using bob = await join(at, "bob");
    await ada.type("in the room\n/join @bob\nhello bob\n/edit hello dear bob\n");
    assertEquals(await ada.stdout.next("* You write"), "* You write to @bob now: /history shows earlier messages");
    assertMatch(await ada.stdout.next("hello"), /^\[\d\d:\d\d\] you to bob: hello bob$/);
    await bob.stdout.next("ada to you: hello bob");
    await bob.stdout.next("* ada in your conversation edited a message: hello dear bob");

    // bob answers from the room: by name, by repeating himself after a warning, and in the conversation.
    await bob.type("/reply ada in the open\n");
    assertEquals(
      await bob.stdout.next("!"),
      "! The last message is from ada to you: answer with /msg ada TEXT, or repeat the command for the last in #lobby",
    );
    await bob.type("/msg ada\n/reply ada hello back\n/react \u{1f44d}\n");
    await ada.stdout.next("    > ada: hello dear bob");
    await ada.stdout.next("bob to you: hello back");
    await ada.stdout.next("bob in your conversation reacted \u{1f44d} to ada: hello dear bob");
    await ada.type("/reply bob bye\n/delete\n/react \u{1f44b}\n/search dear\n/history 3\n");
    await bob.stdout.next("ada to you: bye");
    await bob.stdout.next("ada in your conversation deleted a message");
    await bob.stdout.next("ada in your conversation reacted \u{1f44b} to bob: hello back");
    await ada.stdout.next(/you to bob: hello dear bob \(edited\)$/);
    await ada.stdout.next(/you to bob: hello dear bob \(edited\) {2}\u{1f44d} 1$/u);
    await ada.stdout.next("bob to you: hello back");
    await ada.stdout.next("you to bob: (deleted)");
    await ada.type("/leave\nback in the room\n");
    assertEquals(
      await ada.stdout.next("closed"),
      "* @bob is closed and its messages are kept: /msg bob opens it; you are in #lobby",
    );

    // A message to a member who has left waits for them, and its author sees that.
    {
      await using dan = await Peer.join(server.address, "dan");
      await dan.send({ type: "leave" });
    }
    await ada.stdout.next("dan left");
    await ada.type("/msg dan for later\n");
    assertMatch(await ada.stdout.next("for later"), /you to dan: for later$/);
    assertEquals(await ada.stdout.next("dan"), "* dan is not connected and gets your message later");

    // The room has seen none of it.
    const [first, last] = [await cai.next({ type: "message" }), await cai.next({ type: "message" })];
    assertEquals([first.text, last.text], ["in the room", "back in the room"]);
    await cai.send({ type: "history", room: "lobby", limit: 9 });
    const { messages } = await cai.next({ type: "history" });
    assert(!JSON.stringify(messages).includes("dear"));
    await server.stop();
    assertUntroubled(server.program.stderr.all.join("\n"));
  },
});

Deno.test({
  name: "on nc /join @NAME of an unknown member says so, and lines still go to the room (needs nc)",
  ignore: !HAS_NC,
  async fn() {
    await using server = await serve();
    await using cai = await Peer.join(server.address, "cai");
    await using ada = await join([server.host, String(server.port)], "ada");
    await ada.type("/join @nobody\nhello\n");
    assertMatch(await ada.stdout.next("!"), /"nobody"/);
    assertEquals((await cai.next({ type: "message" })).text, "hello");
    await server.stop();
  },
});

Deno.test({
  name: "a member who logs in on nc again writes new messages, which no earlier ones are taken for (needs nc)",
  ignore: !HAS_NC,
  async fn() {
    await using server = await serve("--rate", "0");
    const at = [server.host, String(server.port)];
    await using cai = await Peer.join(server.address, "cai");
    await using first = await join(at, "bob");
    await first.type("/register correct horse\none\n/msg cai two\n/quit\n");
    for (const text of ["one", "two"]) await cai.next({ type: "message", text });
    await first.stdout.next("Goodbye");
    await first.endInput();
    await using again = new Program("nc", { args: at });
    await again.type("/login bob correct horse\nthree\n/msg cai four\n/edit five\n/edit five\n");
    assertEquals((await cai.next({ type: "message", text: "three" })).seq, 2);
    await cai.next({ type: "message", text: "four" });
    assertMatch(await again.stdout.next("!"), /^! Your last message went to cai/);
    await cai.next({ type: "edited", text: "five" });
    await server.stop();
  },
});
