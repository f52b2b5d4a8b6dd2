/** The panels that open on a click: everything that the terminal client does, by pointer and by keyboard. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { serve } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { HAS_CHROMIUM, joinAs, say, Visitors, waitForMessage } from "./browser.ts";
import { scanQrCode } from "./qr_scan.ts";

const PASSWORD = "correct horse";

async function writePasswordFile(): Promise<string> {
  const file = `${newFolder()}/admin-password`;
  await Deno.writeTextFile(file, PASSWORD, { mode: 0o600 });
  return file;
}

/** Chooses an item of the menu that the button opens. */
async function choose(page: Page, button: string, item: string): Promise<void> {
  await page.getByRole("button", { name: button }).click();
  await page.getByRole("dialog").getByRole("button", { name: item, exact: true }).click();
}

async function closePanel(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

async function enterPassword(page: Page, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    await page.getByRole("textbox", { name: "Password", exact: true }).fill(PASSWORD);
    await page.keyboard.press("Enter");
  }
}

/** The address of a part of the page that is loaded on demand. */
const PART = /\/\d+\.js$/;

async function findMessages(page: Page, ada: Peer): Promise<void> {
  const filler = Array.from({ length: 450 }, (_, nth) => ({ type: "message", room: "lobby", text: `filler ${nth}` }));
  await ada.send({ type: "message", room: "lobby", text: "tea for **two**" }, ...filler);
  await waitForMessage(page, "filler 449");
  await page.reload();
  await waitForMessage(page, "filler 449");
  // The rest of the search comes only after the user has begun to type.
  const typed = Promise.withResolvers<void>();
  await page.route(PART, async (route) => {
    await typed.promise;
    await route.continue();
  });
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("searchbox", { name: "Search this room" }).fill("tea");
  typed.resolve();
  await page.getByLabel("From").fill("bob");
  await page.unroute(PART);
  await page.getByRole("button", { name: "Find" }).click();
  await page.getByText("No messages found in #lobby").waitFor();
  await page.getByLabel("From").fill("ada");
  await page.keyboard.press("Enter");
  await page.getByText("1 found in #lobby").waitFor();
  await page.getByLabel("Before").fill("2001-01-01");
  await page.keyboard.press("Enter");
  await page.getByText("No messages found in #lobby").waitFor();
  await page.getByLabel("Before").fill("");
  await page.keyboard.press("Enter");
  await page.getByText("1 found in #lobby").waitFor();
  assertEquals(await page.locator("#messages .message", { hasText: "tea for" }).count(), 0);
  const message = page.locator("#messages .pointed", { hasText: "tea for two" });
  for (const room of ["lobby", "build"]) {
    if (room === "build") {
      await say(page, "/join build");
      await page.getByRole("heading", { level: 1, name: "#build" }).waitFor();
      await page.getByLabel("In", { exact: true }).selectOption("#lobby");
      await page.getByRole("button", { name: "Find" }).click();
    }
    await page.getByText("1 found in #lobby").waitFor();
    await page.getByRole("button", { name: /show the message of ada/ }).press("Enter");
    await message.waitFor();
    await page.getByRole("heading", { level: 1, name: "#lobby" }).waitFor();
    assert(await message.isVisible());
  }
  await page.getByRole("button", { name: "Newest messages" }).click();
  await waitForMessage(page, "filler 449");
  await page.getByRole("button", { name: /show who/ }).click();
}

async function askWho(page: Page): Promise<void> {
  await page.getByRole("button", { name: "More about ada" }).press("Enter");
  await page.getByRole("button", { name: "Who is this?" }).press("Enter");
  const panel = page.getByRole("dialog", { name: "ada" });
  await panel.getByText(/^ada: guest, here since/).waitFor();
  await panel.getByText(/^Last \d+ messages of ada here: /).waitFor();
  await closePanel(page);
  assertEquals(await page.evaluate(() => document.activeElement?.ariaLabel), "More about ada");
  await page.locator("#members").getByRole("button", { name: /^ada/ }).click();
  await page.getByRole("textbox", { name: "Message to ada" }).waitFor();
  await choose(page, "More about ada", "Who is this?");
  await panel.getByText(/^ada: guest/).waitFor();
  await closePanel(page);
  await page.getByRole("button", { name: "#lobby" }).click();
  await page.getByRole("textbox", { name: "Message to #lobby" }).waitFor();
  await choose(page, "More about zoe", "Who am I?");
  await page.getByRole("dialog", { name: "zoe" }).getByText(/^zoe: you/).waitFor();
  await closePanel(page);
  assertEquals(await page.locator("#messages .note", { hasText: "guest" }).count(), 0);
}

async function changeSettings(page: Page): Promise<void> {
  const shown = () => page.locator("#messages .text", { hasText: "green" }).innerHTML();
  await say(page, "*green* tea");
  await waitForMessage(page, "green tea");
  await choose(page, "Account and settings", "Settings");
  await page.getByRole("checkbox", { name: "Show the markup of messages formatted" }).uncheck();
  await page.locator("#messages .text", { hasText: "*green* tea" }).waitFor();
  await closePanel(page);
  await page.reload();
  await waitForMessage(page, "*green* tea");
  assertEquals(await shown(), "*green* tea");
  await choose(page, "More about ada", "Ignore");
  await page.getByText("You no longer see messages of ada").waitFor();
  await choose(page, "Account and settings", "Settings");
  await page.getByRole("checkbox", { name: "Show the markup of messages formatted" }).check();
  await page.getByRole("button", { name: "Stop ignoring ada" }).click();
  await page.getByText("You see messages of ada again").waitFor();
  assertEquals(await page.evaluate(() => document.activeElement?.id), "panel-title");
  await page.getByLabel("Words that notify you like your name").fill("filler");
  await closePanel(page);
  await waitForMessage(page, "filler 449");
  await page.locator("#messages .mentioned mark", { hasText: "filler" }).last().waitFor();
}

/** Turns the sound on, and waits for that of a message which the user does not see. */
async function hear(page: Page, ada: Peer): Promise<void> {
  const sound = page.evaluate(() =>
    new Promise<void>((resolve) => {
      const { createOscillator } = AudioContext.prototype;
      AudioContext.prototype.createOscillator = function () {
        resolve();
        return createOscillator.call(this);
      };
    })
  );
  await choose(page, "Account and settings", "Settings");
  await page.getByRole("checkbox", { name: "Make a sound for it" }).check();
  await closePanel(page);
  await ada.send({ type: "message", to: "zoe", text: "psst" });
  await sound;
}

async function moderate(page: Page): Promise<void> {
  await choose(page, "More about ada", "Mute…");
  const form = page.getByRole("dialog", { name: "Mute ada" });
  await form.getByLabel("For").selectOption("1 hour");
  await form.getByLabel("Reason").fill("2h of noise");
  await form.getByRole("button", { name: "Mute" }).click();
  await page.getByText(/^You muted ada in #lobby until .*: 2h of noise$/).waitFor();
  // The member who opened the room moderates it.
  await choose(page, "More about ada", "Take the moderator's role…");
  const role = page.getByRole("dialog", { name: "Moderator no more: ada" });
  await role.getByRole("checkbox", { name: "In all rooms of the server" }).waitFor();
  await role.getByRole("button", { name: "Take the role" }).click();
  await page.getByText("You removed ada as a moderator of #lobby").waitFor();

  await page.getByRole("button", { name: "About this room" }).click();
  const room = page.getByRole("dialog", { name: "#lobby" });
  await room.getByLabel("Topic").fill("Tea");
  await room.getByRole("button", { name: "Set the topic" }).click();
  await page.locator("#topic", { hasText: "Tea" }).waitFor();
  await room.getByRole("button", { name: "Lock the room" }).click();
  await room.getByText("#lobby is locked: new members need a password or an invite").waitFor();
  await room.getByLabel("Admit the member called").fill("nobody");
  await page.keyboard.press("Enter");
  await room.getByRole("alert").filter({ hasText: "nobody" }).waitFor();
  await room.getByRole("button", { name: "Slow mode", exact: true }).click();
  await room.getByText("one message every 30 s per member", { exact: false }).first().waitFor();
  await room.getByRole("button", { name: "Unlock" }).click();
  await room.getByRole("button", { name: "End slow mode" }).click();
  const mute = room.getByRole("listitem").filter({ hasText: "mute of ada in #lobby" });
  for (const name of [/^End /, /^End it\?/]) await mute.getByRole("button", { name }).click();
  await mute.waitFor({ state: "detached" });
  await room.getByText("Latest actions of moderators").click();
  await room.getByText("zoe: lifted mute ada").waitFor();
  await closePanel(page);
}

async function lockServer(page: Page): Promise<void> {
  await choose(page, "Account and settings", "The whole server…");
  const server = page.getByRole("dialog", { name: "The whole server" });
  for (const name of ["Lock the server down", "Lock it down now?"]) await server.getByRole("button", { name }).click();
  await server.getByText(/^The server is locked down/).waitFor();
  for (const name of ["End the lockdown", "End it now?"]) await server.getByRole("button", { name }).click();
  await server.getByText("New members may join.").waitFor();
  await server.getByLabel("Address or network to ban").fill("192.0.2.0/24");
  await page.keyboard.press("Enter");
  await server.getByRole("listitem").filter({ hasText: "ban of 192.0.2.0/24 from the whole server" }).waitFor();
  await closePanel(page);
}

/** Returns the link of an invite, which is ended again. */
async function invite(page: Page, use: (link: string) => Promise<void>): Promise<void> {
  await choose(page, "Account and settings", "Invites…");
  const panel = page.getByRole("dialog", { name: "Invites" });
  await panel.getByText("There are no invites yet").waitFor();
  await panel.getByLabel("To").selectOption("#lobby");
  await panel.getByLabel("Number of people").fill("5");
  await panel.getByRole("button", { name: "Create an invite" }).click();
  const link = await scanQrCode(page);
  assertEquals(await page.getByRole("textbox", { name: "Address" }).inputValue(), link);
  assertMatch(link, /^http:.*\/#\..+/);
  await use(link);
  await page.getByRole("dialog", { name: "#lobby" }).getByRole("button", { name: "Close" }).click();
  const row = panel.getByRole("listitem").filter({ hasText: "to #lobby, used" });
  for (const name of [/^End /, /^End it\?/]) await row.getByRole("button", { name }).click();
  await panel.getByText("That invite is no longer valid").waitFor();
  await panel.getByText("There are no invites yet").waitFor();
  await closePanel(page);
}

/** Opens a menu whose code the server does not have any more. */
async function failToLoad(page: Page): Promise<void> {
  await page.route("**/*.js", (route) => route.abort());
  await page.getByRole("button", { name: "Account and settings" }).click();
  await page.getByText("This part of the page cannot be loaded: reload the page").waitFor();
  await page.close();
}

async function revokeDevice(page: Page, open: () => Promise<Page>): Promise<void> {
  await choose(page, "Account and settings", "Protect my name");
  await enterPassword(page, 2);
  await page.getByText("The name zoe is yours").waitFor();
  const other = await open();
  await joinAs(other, "guest");
  await say(other, "/login zoe");
  await enterPassword(other, 1);
  await other.locator("#me", { hasText: "zoe" }).waitFor();
  await choose(page, "Account and settings", "My devices");
  const panel = page.getByRole("dialog", { name: "My devices" });
  await panel.getByRole("listitem").filter({ hasText: "this one" }).waitFor();
  const row = panel.getByRole("listitem").filter({ hasNotText: "this one" });
  assertMatch(await row.innerText(), /since .*, seen /);
  for (const name of [/^Revoke /, /^Revoke it\?/]) await row.getByRole("button", { name }).click();
  await panel.getByText("You are logged out there").waitFor();
  await other.locator("#status[data-kind=closed]").waitFor();
  await row.waitFor({ state: "detached" });
  assertEquals(await panel.getByRole("listitem").count(), 1);
  await closePanel(page);
}

Deno.test({
  name: "panels search, tell who members are, switch settings, moderate, invite and revoke devices",
  ignore: !HAS_CHROMIUM,
  async fn(t) {
    const file = await writePasswordFile();
    await using server = await serve("--memory", "--rate", "0", "--admin-password-file", file);
    await using ada = await Peer.join(server.address, "ada");
    await using visitors = await Visitors.open();
    const open = () => visitors.visit(`http://${server.address}/`);
    const page = await open();
    await joinAs(page, "zoe");
    await t.step("the search has filters, and opens a message that is not loaded", () => findMessages(page, ada));
    await t.step("a panel tells who a member is, by keyboard, and the focus returns", () => askWho(page));
    await t.step("settings are kept, and an ignored member is shown again", () => changeSettings(page));
    await t.step("a message to the user makes a sound, if they want it", () => hear(page, ada));
    await say(page, "/login");
    await enterPassword(page, 1);
    await page.getByText("You are the owner of this server now").waitFor();
    await t.step("forms mute a member, give a role, and lock and slow the room", () => moderate(page));
    await t.step("the owner locks the server down, and ends it", () => lockServer(page));
    await t.step("an invite is created by pointer, opens the room, and ends", () =>
      invite(page, async (link) => {
        const guest = await visitors.visit(link);
        await joinAs(guest, "kim");
        await waitForMessage(guest, "green tea");
      }));
    await t.step("a panel that cannot be loaded is a sentence", async () => {
      const late = await open();
      await joinAs(late, "late");
      await failToLoad(late);
    });
    await t.step("a device is revoked by two clicks", () => revokeDevice(page, open));
    await server.stop();
  },
});
