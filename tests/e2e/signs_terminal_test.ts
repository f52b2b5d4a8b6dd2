import { assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import { HAS_TMUX, serve } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { chatTest, say, unwrapped } from "../helpers/terminal_chat.ts";
import { Tmux } from "../helpers/tmux.ts";

const ESCAPE = "\x1b";
const base64 = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** Sequences that switch to the alternate screen, and that capture the mouse. */
const TAKEN = new RegExp(`${ESCAPE}\\[\\?(?:47|1047|1049|9|100[0-3]|1005|1006|1015|1016)h`);

chatTest(
  "the terminal gets notifications in each chosen way, and neither the screen nor the mouse is captured",
  async ({ server, terminal, bob }) => {
    // A terminal that never sends the end of a paste.
    await using other = await Tmux.open();
    await other.enter(`confab connect ${server.address} --name eve`);
    await other.until("Ctrl-D quits");
    await other.send("\x1b[200~pasted\rand never ended");
    await other.press("Enter");

    const written = await terminal.record();
    await say(bob, "ada: 0");
    await terminal.until("ada: 0");
    for (const name of ["bell", "osc9", "osc777", "osc99"]) await terminal.enter(`/set ${name} on`);
    await terminal.until("* osc99 is on");
    assertNotMatch(await written("* osc99 is on"), new RegExp(`\x07|${ESCAPE}\\](?!2;)`));
    assertEquals(await terminal.state("window_bell_flag"), "0");
    await say(bob, "ada: 1\x07\x1b]0;\u202ez");
    await terminal.until("ada: 1");
    const notice = "bob in #lobby: ada: 1␇␛]0;\ufffdz";
    const sent = `\x07\x1b]9;Confab: ${notice}\x1b\\\x1b]777;notify;Confab;${notice.replace(";", ",")}\x1b\\` +
      `\x1b]99;e=1;${base64(`Confab: ${notice}`)}\x1b\\`;
    await written(sent);
    assertEquals(await terminal.state("window_bell_flag"), "1");

    await terminal.enter("/set keywords tea,cake");
    await terminal.until("* keywords is tea,cake");
    await say(bob, "green TEA, no teapot");
    await terminal.until("no teapot");
    const colors = await terminal.colors();
    assertMatch(colors, new RegExp(`${ESCAPE}\\[38;5;64mbob${ESCAPE}\\[39m: green ${ESCAPE}\\[[0-9;]*7mTEA`));
    assertNotMatch(colors, new RegExp(`m(ada: 0|teapot)`));

    const address = `https://example.org/${"a-long-way/".repeat(12)}?q=end`;
    await terminal.enter("/set links on");
    await terminal.until("* links is on");
    await say(bob, `see ${address}, please`);
    await terminal.until((screen) => unwrapped(screen).includes("please"));
    const link = new RegExp(
      `${ESCAPE}\\]8;;(.*)${ESCAPE}\\\\${ESCAPE}\\[[0-9;]+m(.*)${ESCAPE}\\[[0-9;]+m${ESCAPE}\\]8;;`,
    );
    assertEquals(link.exec(await written("please"))?.slice(1), [address, address]);
    assertStringIncludes(await terminal.scrollback(), `] bob: see ${address}, please\n`);

    const people = await Promise.all(
      ["carl", "dan", "fay", "gus", "hal"].map((name) => Peer.join(server.address, name)),
    );
    await terminal.until(/^(\* \w+ joined\n){3}\* \w+, \w+ joined\n#lobby>$/m);
    for (const peer of people) await peer[Symbol.asyncDispose]();

    // The paste ends by itself, and Enter sends again.
    await other.until(/#lobby> pasted\n│ and never ended\n│$/);
    await other.press("Enter");
    await bob.next({ type: "message", text: "pasted\nand never ended" });

    await terminal.enter("/quit");
    await terminal.until(/\n\$ ?$/);
    assertNotMatch(await written("\x1b[?2004l\x1b[?1004l\x1b[23;2t"), TAKEN);
  },
  { size: { columns: 60, rows: 24 } },
);

Deno.test({
  name: "without colours nothing is coloured, and --plain and dumb terminals get no escape sequence (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    await using server = await serve();
    await using bob = await Peer.join(server.address, "bob");
    await using terminal = await Tmux.open();
    const chat = async (command: string) => {
      // The output of the last run must not count for this one.
      await terminal.enter("clear");
      await terminal.until(/^\$ ?$/);
      await terminal.enter(`${command} ${server.address} --name ada`);
      await terminal.until(/^\* \/help lists[^]*$/m);
      const written = await terminal.record();
      await say(bob, "hello ada");
      await terminal.until("hello ada");
      await terminal.enter("and bob");
      await terminal.until("] ada: and bob");
      await terminal.enter("/quit");
      await terminal.until(/\n\$ ?$/);
      return await written(/\$ $/);
    };
    const plain = await chat("NO_COLOR=1 confab connect");
    assertStringIncludes(plain, " bob: hello \x1b[1;7mada\x1b[22;27m");
    assertNotMatch(plain, new RegExp(`${ESCAPE}\\[[0-9;]*[349][0-9]`));
    for (const command of ["TERM=dumb confab connect", "confab connect --plain"]) {
      const lines = await chat(command);
      assertMatch(lines, /\] bob: hello ada\r\nand bob\r\n\[\d\d:\d\d\] ada: and bob\r\n\/quit\r\n\$ $/);
      assertNotMatch(lines.replaceAll("\r\n", ""), /\p{Cc}/u);
    }
  },
});
