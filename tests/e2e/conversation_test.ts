/** One conversation of two members, on a terminal, on nc and with a JSON client. */

import { assert, assertEquals } from "@std/assert";
import { assertUntroubled, HAS_NC, HAS_TMUX, serve } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { Program } from "../helpers/process.ts";
import { Tmux } from "../helpers/tmux.ts";

async function connect(terminal: Tmux, address: string, name: string): Promise<void> {
  await terminal.enter(`clear; confab connect ${address} --name ${name}`);
  await terminal.until(/Ctrl-D quits[^]*>$/);
}

Deno.test({
  name: "a terminal, nc and a JSON client share conversations, and who is away reads them later (needs nc and tmux)",
  ignore: !(HAS_NC && HAS_TMUX),
  async fn() {
    await using server = await serve();
    const at = [server.host, String(server.port)];
    await using terminal = await Tmux.open();
    await connect(terminal, server.address, "ada");
    await using nc = new Program("nc", { args: at });
    await nc.type("bob\n");
    await nc.stdout.next("You are bob");
    await nc.type("/register correct horse\n");
    await nc.stdout.next("The name bob is yours");
    await using robot = await Peer.join(server.address, "robot");

    // ada writes in the tab of the conversation, bob on nc, and both see what the other one changes.
    await terminal.enter("/msg bob");
    await terminal.untilPrompt("@bob>");
    await terminal.enter("are you there?");
    await nc.stdout.next("ada to you: are you there?");
    await terminal.until(/\] ada: are you there\?\n@bob>$/);
    await nc.type("/msg ada I am\n");
    await nc.stdout.next("you to ada: I am");
    await terminal.until(/\] bob: I am\n@bob>$/);
    await terminal.enter("/reply good");
    await nc.stdout.next("> bob: I am");
    await nc.stdout.next("ada to you: good");
    await terminal.enter("/edit very good");
    await nc.stdout.next("ada in your conversation edited a message: very good");
    await terminal.enter("/react :wave:");
    await nc.stdout.next("ada in your conversation reacted");
    await terminal.enter("/search good");
    await terminal.until(/--- found for "good" in @bob ---\n.*\n.*\n\[.*\] ada: very good \(edited\)\n--- end ---/);

    // The JSON client gets messages of its own conversation only, each with a number.
    await robot.send({ type: "message", to: "ada", text: "beep", ref: "1" });
    assertEquals((await robot.next({ type: "ack", ref: "1" })).seq, 1);
    await terminal.until(/\] robot → you: beep\n@bob>$/);
    await terminal.enter("/msg robot bop");
    const bop = await robot.next({ type: "message", text: "bop" });
    assertEquals([bop.with.name, bop.from.name, bop.seq], ["ada", "ada", 2]);
    await robot.send({ type: "edit", to: bop.with.id, text: "beep beep" });
    await terminal.until(/\* robot in your conversation edited message 1: beep beep\n@bob>$/);

    // bob goes away, is written to, and comes back.
    await quit(nc);
    for (const text of ["one", "two"]) {
      await terminal.enter(text);
      await terminal.until("bob is not connected and gets your message later");
    }
    await using back = new Program("nc", { args: at });
    await back.type("/login bob correct horse\n");
    await back.stdout.next("* 2 new messages from ada: /history @ada shows them");
    await back.type("/history @ada 3\n");
    await back.stdout.next("ada to you: very good (edited)");
    await back.stdout.next("ada to you: two");
    await back.type("/conversations\n");
    await back.stdout.next(/^\* ada, .*: ada: two$/);
    await quit(back);

    // ada goes away. What is written meanwhile is new when she comes back, and only once.
    await terminal.enter("/quit");
    await terminal.until(/\$ ?$/);
    await robot.send({ type: "message", to: bop.with.id, text: "are you back?", ref: "2" });
    assert((await robot.next({ type: "ack", ref: "2" })).waiting);
    await connect(terminal, server.address, "ada");
    await terminal.until(/--- 1 new with @robot since you left ---\n\[.*\] robot → you: are you back\?\n#lobby>$/);
    await terminal.enter("/conversations");
    await terminal.until(
      /newest first.*\n {2}1\. robot, .*: robot: are you back\?\n {2}2\. bob, .*: you: two\n#lobby>$/,
    );
    await terminal.enter("/conversations 2");
    await terminal.untilPrompt("@bob>");
    await terminal.enter("/history 2");
    await terminal.until(/older messages of @bob ---\n.*\n\[.*\] ada: one\n\[.*\] ada: two\n/);
    await terminal.enter("/quit");
    await terminal.until(/\$ ?$/);
    await connect(terminal, server.address, "ada");
    const { messages } = await lastPage(robot, bop.with.id);
    assertEquals(messages.at(-1).text, "are you back?");
    assert(!(await terminal.until(/#lobby>$/)).includes("since you left"));
    await server.stop();
    assertUntroubled(server.program.stderr.all.join("\n"));
  },
});

/** nc itself runs until its own input ends, too. */
async function quit(nc: Program): Promise<void> {
  await nc.type("/quit\n");
  await nc.stdout.next("Goodbye");
  await nc.endInput();
  await nc.exit();
}

async function lastPage(peer: Peer, to: string) {
  await peer.send({ type: "history", to, limit: 9 });
  return await peer.next({ type: "history" });
}

Deno.test({
  name: "what one terminal of a member shows is read on the other one (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    await using server = await serve("--rate", "0");
    await using bob = await Peer.join(server.address, "bob");
    const size = { columns: 100, rows: 46 };
    await using laptop = await Tmux.open(size);
    await using other = await Tmux.open(size);
    await connect(laptop, server.address, "ada");
    await laptop.enter("/join dev");
    await laptop.untilPrompt("#dev>");
    await laptop.enter("/link");
    const words = /Its code in words:(.*)$/m.exec(await laptop.until("Its code in words:"))![1]!.trim();
    await other.enter(`confab connect ${server.address} --link "${words}"`);
    await laptop.until("wants to be you");
    await laptop.enter("/link yes");
    await other.until("You are ada in #dev");
    await other.enter("/room dev");
    await other.untilPrompt("#dev>");
    await bob.send({ type: "message", text: "for both" });
    await laptop.untilPrompt("#dev [1 #lobby 1]>");
    await other.untilPrompt("#dev [1 #lobby 1]>");
    await other.type("/room lobby");
    const start = performance.now();
    await other.press("Enter");
    await laptop.untilPrompt("#dev>");
    const ms = Math.round(performance.now() - start);
    console.log(`The count of the other terminal was gone ${ms} ms after Enter, with what tmux needs`);
    await other.until("bob: for both");
    await laptop.enter("/room lobby");
    const screen = await laptop.until(/\] bob: for both\n#lobby>$/);
    assert(!screen.includes("1 new in"));
    await server.stop();
  },
});
