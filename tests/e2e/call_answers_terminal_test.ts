/** The answers of the terminal after each picture of a call: no other program may read them as keys. */

import { assertEquals } from "@std/assert";
import { HAS_TMUX, serve } from "../helpers/e2e.ts";
import { poll } from "../helpers/process_lines.ts";
import { unwrapped } from "../helpers/terminal_chat.ts";
import { Tmux } from "../helpers/tmux.ts";

async function join(address: string, name: string): Promise<Tmux> {
  const terminal = await Tmux.open({ columns: 100, rows: 30 });
  const options = "--camera test --microphone none --speaker none";
  await terminal.enter(`clear; EDITOR="sh ~/editor" NO_COLOR=1 confab connect ${address} --name ${name} ${options}`);
  await terminal.until((screen) => unwrapped(screen).includes("Ctrl-D quits"));
  return terminal;
}

/** An editor that keeps what is typed in the first half second. */
const EDITOR = `cd
stty -icanon -echo min 0 time 5
dd bs=64 count=1 2>/dev/null >read
stty sane
mv read typed
`;

Deno.test({
  name: "an editor in mid-call, and the shell after it, read none of the terminal's answers (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    await using server = await serve();
    await using ada = await join(server.address, "ada");
    await using bob = await join(server.address, "bob");
    await Deno.writeTextFile(`${bob.folder}/editor`, EDITOR);
    await ada.enter("/call bob");
    await bob.until("ada is calling you");
    await bob.enter("/answer");
    await bob.until(/@@@@/);
    for (const text of ["first", "second", "third"]) {
      await bob.type(text);
      await bob.press("C-x", "C-e");
      const typed = () => Deno.readTextFile(`${bob.folder}/typed`);
      await poll(() => typed().then(() => true, () => false), () => "the end of the editor");
      assertEquals(await typed(), "");
      await Deno.remove(`${bob.folder}/typed`);
      await bob.untilPrompt(`#lobby> ${text}`);
      await bob.press("Enter");
      await ada.until(`bob: ${text}`);
    }
    await bob.until(/@@@@/);
    await bob.press("C-d");
    await bob.until(/\$ ?$/);
    await bob.enter("clear; echo ready; cat -v");
    await bob.until(/^ready$/m);
    await bob.press("x", "Enter");
    // The second one is from the program.
    assertEquals(await bob.until(/x\nx$/), "ready\nx\nx");
    await bob.press("C-c");
  },
});
