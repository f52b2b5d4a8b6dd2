/** One member in a terminal, on a page and in a pipe at once. */

import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { confab, HAS_TMUX, serve } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import type { Program } from "../helpers/process.ts";
import { Tmux } from "../helpers/tmux.ts";
import { HAS_CHROMIUM, joinAs, say, shownMessages, Visitors, waitForMessage } from "./browser.ts";

const PASSWORD = "correct horse";

/** Registers the name of the terminal's user. */
async function register(terminal: Tmux): Promise<void> {
  await terminal.enter("/register");
  for (const prompt of ["New password for your name:", "Repeat the password:"]) {
    await terminal.untilPrompt(prompt);
    await terminal.type(PASSWORD);
    await terminal.press("Enter");
  }
  await terminal.until("* The name ada is yours");
}

async function logIn(page: Page): Promise<void> {
  await say(page, "/login ada");
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByText("The password of ada is correct").waitFor();
  await page.getByText("ada", { exact: true }).nth(1).waitFor();
}

/** Another session of ada, which learns up to where she has read. */
async function watchMarks(address: string): Promise<Peer> {
  await using login = (await Peer.dial(address)).read();
  await login.send({ type: "auth", name: "ada", password: PASSWORD });
  const { token } = await login.next({ type: "authenticated" });
  return await Peer.rejoin(address, { name: "ada", token });
}

/** The texts of the room's messages that a client has printed, in order. */
function printed(lines: readonly string[]): string[] {
  return lines.flatMap((line) => /zoe: (\w+)$/.exec(line)?.[1] ?? []);
}

Deno.test({
  name: "a terminal, a page and a pipe of one member each get every message once, also after each was killed",
  ignore: !HAS_CHROMIUM || !HAS_TMUX,
  async fn() {
    await using server = await serve("--rate", "0");
    await using zoe = await Peer.join(server.address, "zoe");
    await using terminal = await Tmux.open();
    await using visitors = await Visitors.open();
    const home = newFolder();
    const startPipe = async (): Promise<Program> => {
      const args = ["connect", server.address, "--name", "ada"];
      const pipe = confab(args, { home, env: { CONFAB_PASSWORD: PASSWORD } });
      await pipe.stdout.next("You are ada");
      return pipe;
    };
    await terminal.enter(`confab connect ${server.address} --name ada`);
    await terminal.until("Ctrl-D quits");
    const { member: { id } } = await zoe.next({ type: "join" });
    await register(terminal);
    const page = await visitors.visit(`http://${server.address}/`);
    await joinAs(page, "guest");
    await logIn(page);
    let pipe = await startPipe();
    let number = 0;
    const texts = () => Array.from({ length: number }, (_, index) => `text${index + 1}`);
    const post = async (count: number) => {
      for (let n = 0; n < count; n++) await zoe.send({ type: "message", text: `text${++number}` });
    };
    const everywhere = async (name: string, text: string) => {
      const line = `${name}: ${text}`;
      await Promise.all([terminal.until(line), waitForMessage(page, text), pipe.stdout.next(line)]);
    };
    await post(3);
    await everywhere("zoe", "text3");

    await say(page, "from the page");
    await everywhere("ada", "from the page");
    await terminal.enter("from the terminal");
    await everywhere("ada", "from the terminal");
    await pipe.type("from the pipe\n");
    await everywhere("ada", "from the pipe");
    const own = ["from the page", "from the terminal", "from the pipe"];
    for (const text of own) assertEquals((await zoe.next({ type: "message", text })).from.id, id);

    await using marks = await watchMarks(server.address);
    const seen = printed(pipe.stdout.all);
    pipe.kill("SIGKILL");
    await pipe.exit();
    await post(3);
    await using again = pipe = await startPipe();
    await again.stdout.next("zoe: text6");
    // A terminal shows again what no device has marked as read.
    await marks.next({ type: "mark", seq: 9 });
    marks.close();
    Deno.kill(await terminal.programId(), "SIGKILL");
    await terminal.until("Killed");
    // A killed program leaves the terminal in raw mode.
    await terminal.send("stty sane\n");
    await post(3);
    await terminal.enter(`confab connect ${server.address} --name ada`);
    await page.reload();
    await post(1);
    await everywhere("zoe", "text10");
    assertEquals([...seen, ...printed(again.stdout.all)], texts());
    assertEquals(printed((await terminal.scrollback()).split("\n").map((line) => line.trimEnd())), texts());
    const shown = (await shownMessages(page)).map((line) => line.replace(/^\w+: /, ""));
    assertEquals(shown.filter((text) => text.startsWith("text")), texts());
    assertEquals(shown.filter((text) => text.startsWith("from")), own);

    await again.endInput();
    // A page that is only closed may be the last to go, and ada would be there for the whole grace.
    await page.getByRole("button", { name: "Leave", exact: true }).click();
    await page.getByLabel("Your name").waitFor();
    await terminal.enter("/quit");
    assertEquals((await zoe.next({ type: "leave" })).member.id, id);
    assertEquals(
      zoe.events.filter(({ type }) => type === "leave" || type === "join").map(({ type, member }) => {
        return `${type} ${member.name}`;
      }),
      ["join ada", "join guest", "leave guest", "leave ada"],
    );
    await server.stop();
  },
});
