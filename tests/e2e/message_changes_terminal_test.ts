import { assert, assertMatch } from "@std/assert";
import { HAS_NC, HAS_TMUX, serve, type Served } from "../helpers/e2e.ts";
import { Program } from "../helpers/process.ts";
import { Tmux } from "../helpers/tmux.ts";

const [THUMB, PARTY] = ["\u{1f44d}", "\u{1f389}"];

async function connect(server: Served, name: string): Promise<Tmux> {
  const terminal = await Tmux.open({ columns: 80, rows: 30 });
  await terminal.enter(`confab connect ${server.address} --name ${name}`);
  await terminal.until("Ctrl-D quits");
  return terminal;
}

Deno.test({
  name:
    "two terminals and nc reply, react, edit and delete: all see it, and history and search have it (needs tmux and nc)",
  ignore: !(HAS_TMUX && HAS_NC),
  async fn() {
    await using server = await serve();
    await using ada = await connect(server, "ada");
    await using bob = await connect(server, "bob");
    await using carl = new Program("nc", { args: [server.host, String(server.port)] });
    await carl.type("carl\n");
    await carl.stdout.next("You are carl");

    await ada.enter("who has tee?");
    await bob.until("] ada: who has tee?");
    await bob.enter("/reply I do");
    await ada.until(/^ {8}> ada: who has tee\?\n\[\d\d:\d\d\] bob: I do$/m);
    await carl.stdout.next("> ada: who has tee?");
    await carl.stdout.next("] bob: I do");
    await bob.enter(`/react ${THUMB}`);
    await ada.until(`* bob reacted ${THUMB} to message 1, ada: who has tee?`);
    await carl.stdout.next(`* bob reacted ${THUMB} to ada: who has tee?`);
    await ada.enter("/edit");
    await ada.untilPrompt("#lobby> /edit who has tee?");
    await ada.press("BSpace", "BSpace");
    await ada.enter("a?");
    await bob.until("* ada edited message 1: who has tea?");
    await carl.stdout.next("* ada edited a message: who has tea?");

    await carl.type(`helo\n/edit hello\n/reply ada me, too\n/react ${PARTY}\n/delete\n`);
    await carl.stdout.next("* carl deleted a message");
    for (const terminal of [ada, bob]) {
      await terminal.until("* carl deleted message 7");
      const screen = await terminal.screen();
      assertMatch(screen, /\* carl edited message 5: hello\n {8}> ada: who has tea\?\n\[\d\d:\d\d\] carl: me, too\n/);
      assert(screen.includes(`* carl reacted ${PARTY} to message 2, bob: I do`), screen);
    }
    await bob.enter(`/react -${THUMB} 1`);
    await ada.until(`* bob took ${THUMB} from message 1, ada: who has tea?`);
    await bob.enter("/delete 1");
    await bob.until(/^! .*moderat/m);
    await bob.press("C-u");
    await ada.enter("/delete 5");
    await carl.stdout.next("* ada deleted a message of carl");
    await bob.until("* ada deleted message 5 of carl");

    await bob.enter("/quit");
    await bob.until(/\n\$ ?$/);
    await bob.enter(`clear; confab connect ${server.address} --name bob`);
    await bob.until(/Ctrl-D quits\n#lobby>$/);
    await bob.enter("/history");
    const quote = " {8}> ada: who has tea\\?\n";
    await bob.until(
      new RegExp(
        `· 1\\] ada: who has tea\\? \\(edited\\)\n${quote}\\[.* · 2\\] bob: I do\n {8}${PARTY} 1\n` +
          `\\[.* · 5\\] carl: \\(deleted\\)\n(${quote})?\\[.* · 7\\] carl: \\(deleted\\)\n---`,
      ),
    );
    await bob.enter("/search tea");
    await bob.until(/--- found for "tea" in #lobby ---\n---.*\n\[.* · 1\] ada: who has tea\? \(edited\)\n--- end ---/);
    await bob.enter("/search tee");
    await bob.until('* Nothing found for "tee"');
    await carl.type("/history\n/search hello\n");
    await carl.stdout.next("] ada: who has tea? (edited)");
    await carl.stdout.next(`] bob: I do  ${PARTY} 1`);

    // After a direct message, a command that may mean it takes no other message in its place.
    await bob.enter("/msg ada psst");
    await bob.until("you → ada: psst");
    await bob.enter("/delete");
    await bob.until(/^! Your last message went to ada: \/msg ada goes there/m);
    await ada.enter("/reply yes");
    await ada.until(/^! The last message is from bob to you: answer with \/msg bob TEXT/m);
    await server.stop();
  },
});
