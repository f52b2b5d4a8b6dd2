/** One conversation on a terminal, on nc and on a page, of which one after another is away. */

import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { HAS_NC, HAS_TMUX, serve, type Served } from "../helpers/e2e.ts";
import { Program } from "../helpers/process.ts";
import { Tmux } from "../helpers/tmux.ts";
import { HAS_CHROMIUM, joinAs, openPlace, say, shownMessages, Visitors, waitForMessage } from "./browser.ts";

const PASSWORD = "correct horse";

/** ada's terminal. Returns the screen with what she missed. */
async function openTerminal(terminal: Tmux, { address }: Served): Promise<void> {
  await terminal.enter(`clear; confab connect ${address} --name ada`);
  await terminal.until(/Ctrl-D quits[^]*>$/);
}

async function openConversation(terminal: Tmux): Promise<void> {
  await terminal.enter("/msg bob");
  await terminal.untilPrompt("@bob>");
}

/** bob's nc, in the conversation with ada. */
async function openNc({ host, port }: Served, ...lines: readonly string[]): Promise<Program> {
  const nc = new Program("nc", { args: [host, String(port)] });
  await nc.type([...lines, "/msg ada", ""].join("\n"));
  await nc.stdout.next("You write to @ada now");
  return nc;
}

async function quit(nc: Program): Promise<void> {
  await nc.type("/quit\n");
  await nc.stdout.next("Goodbye");
  await nc.endInput();
  await nc.exit();
}

/** bob's page, in the conversation with ada. */
async function openPage(page: Page): Promise<void> {
  await joinAs(page, "guest");
  await say(page, "/login bob");
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.keyboard.press("Enter");
  await openPlace(page, /^ada/);
}

/** The terminal shows it above its prompt, also the changes. */
const MISSED = new RegExp(
  [
    /^--- 2 new with @bob since you left ---/,
    /\[.*\] bob → you: ada is away \(edited\)/,
    /\* bob in your conversation edited message 8: ada is away/,
    /\* bob in your conversation reacted 👋 to message 5, ada: a reply/,
    / {8}> ada: a reply/,
    /\[.*\] bob → you: a reply of the page/,
  ].map(({ source }) => source).join("\n"),
  "mu",
);

interface Clients {
  readonly terminal: Tmux;
  readonly nc: Program;
  readonly page: Page;
}

/** Each writes, and the two others show it. */
async function writeOnEach({ terminal, nc, page }: Clients): Promise<void> {
  await terminal.enter("on the terminal");
  await nc.stdout.next("ada to you: on the terminal");
  await waitForMessage(page, "on the terminal");
  await nc.type("on nc\n");
  await nc.stdout.next("you to ada: on nc");
  await terminal.until(/\] bob: on nc\n@bob>$/);
  await waitForMessage(page, "on nc");
  await say(page, "on the page");
  await nc.stdout.next("you to ada: on the page");
  await terminal.until(/\] bob: on the page\n@bob>$/);
}

/** The terminal replies, nc edits and the page reacts, and the two others show it as such. */
async function changeOnEach({ terminal, nc, page }: Clients): Promise<void> {
  await terminal.enter("/reply a reply");
  await nc.stdout.next("    > bob: on the page");
  await nc.stdout.next("ada to you: a reply");
  await waitForMessage(page, "a reply");
  assertEquals(await page.locator("#messages .quote").textContent(), "In reply to bob: on the page");
  await nc.type("/edit by nc\n");
  await terminal.until(/\* bob edited message 4: by nc\n@bob>$/);
  await waitForMessage(page, "by nc");
  await say(page, "/react 👍");
  await nc.stdout.next("bob in the conversation with ada reacted 👍 to ada: a reply");
  await terminal.until(/\* bob reacted 👍 to message 5, ada: a reply\n@bob>$/);
  assertEquals(await shownMessages(page), [
    "bob: begun",
    "ada: on the terminal",
    "bob: on nc",
    "bob: by nc edited",
    "ada: a reply",
  ]);
}

Deno.test({
  name: "a terminal, nc and a page in one conversation show the same, also what each one missed (needs nc and tmux)",
  ignore: !(HAS_CHROMIUM && HAS_NC && HAS_TMUX),
  async fn() {
    await using server = await serve("--rate", "0");
    await using terminal = await Tmux.open({ columns: 100, rows: 40 });
    await openTerminal(terminal, server);
    await using nc = await openNc(server, "bob", `/register ${PASSWORD}`);
    await nc.type("begun\n");
    await terminal.until("bob → you: begun");
    await openConversation(terminal);
    await using visitors = await Visitors.open();
    const page = await visitors.visit(`http://${server.address}/`);
    await openPage(page);
    await waitForMessage(page, "begun");
    await writeOnEach({ terminal, nc, page });
    await changeOnEach({ terminal, nc, page });

    // The terminal is away, and shows all of it when it is back.
    await terminal.enter("/quit");
    await terminal.until(/\$ ?$/);
    await nc.type("the terminal is away\n/edit ada is away\n/react 👋\n");
    await waitForMessage(page, "ada is away");
    await say(page, "/reply ada a reply of the page");
    await nc.stdout.next("you to ada: a reply of the page");
    await openTerminal(terminal, server);
    await terminal.until(MISSED);
    await openConversation(terminal);

    // nc is away, which asks for what it missed.
    await quit(nc);
    await terminal.enter("nc is away");
    await waitForMessage(page, "nc is away");
    await using again = await openNc(server, `/login bob ${PASSWORD}`);
    await again.type("/history 3\n");
    await again.stdout.next("you to ada: ada is away (edited)");
    await again.stdout.next("    > ada: a reply");
    await again.stdout.next("you to ada: a reply of the page");
    await again.stdout.next("ada to you: nc is away");

    // The page is away.
    await page.goto("about:blank");
    await terminal.enter("the page is away");
    await again.stdout.next("ada to you: the page is away");
    await again.type("/reply ada not for long\n/react 👍\n");
    await terminal.until(/\] bob: not for long/);
    await page.goBack();
    await waitForMessage(page, "not for long");
    assertEquals(await shownMessages(page), [
      "bob: begun",
      "ada: on the terminal",
      "bob: on nc",
      "bob: by nc edited",
      "ada: a reply",
      "bob: ada is away edited",
      "bob: a reply of the page",
      "ada: nc is away",
      "ada: the page is away",
      "bob: not for long",
    ]);
    assertEquals(await page.locator("#messages .quote").allTextContents(), [
      "In reply to bob: by nc",
      "In reply to ada: a reply",
      "In reply to ada: the page is away",
    ]);
    assertEquals(await page.locator("#messages .reaction").allTextContents(), ["👍 1", "👋 1", "👍 1"]);
    await server.stop();
  },
});
