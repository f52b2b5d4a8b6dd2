// Takes the screenshots of the page for the documents, `.github/page-*.png`, from a real chat on a real server.
// Run it by hand after a change of the page: deno run -A tests/browser/screenshots.ts [FOLDER]

import type { Page } from "playwright-core";
import { serve } from "../helpers/e2e.ts";
import { removeFolders } from "../helpers/e2e_home.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { DESKTOP, joinAs, PHONE, say, Visitors, waitForMessage } from "./browser.ts";

const FOLDER = Deno.args[0] ?? new URL("../../.github/", import.meta.url).pathname;

/** `reply` is the number of the quoted message. */
const TALK: readonly (readonly [name: string, text: string, reply?: number])[] = [
  ["ada", "Good morning! The new build is on the test machine."],
  ["ada", "Notes are at https://build.example.org/notes/42 (the login is the usual one)"],
  ["bob", "Nice. I'll look at the importer first, it was slow yesterday.", 1],
  ["mia", "/me brings coffee"],
  ["bob", "zoe, can you try the page on your phone?"],
  ["ada", "It worked on mine:\n1. open the address\n2. type a name\n3. that was all"],
];

interface Scene {
  readonly name: string;
  readonly page: Page;
}

async function talk(address: string): Promise<Peer[]> {
  const peers = new Map<string, Peer>();
  for (const name of ["ada", "bob", "mia", "kim"]) peers.set(name, await Peer.join(address, name));
  await peers.get("ada")!.send({ type: "topic", room: "lobby", text: "Release 4.2 goes out on Friday" });
  for (const [name, text, reply] of TALK) {
    await peers.get(name)!.send({ type: "message", room: "lobby", text, ref: text.slice(0, 20), reply });
    await peers.get(name)!.next({ type: "ack" });
  }
  for (const name of ["ada", "bob", "kim"]) {
    await peers.get(name)!.send({ type: "react", room: "lobby", of: 4, emoji: "\u2615", ref: "r" });
    await peers.get(name)!.next({ type: "ack", ref: "r" });
  }
  return [...peers.values()];
}

async function shoot({ name, page }: Scene): Promise<void> {
  await page.screenshot({ path: `${FOLDER}/page-${name}.png`, animations: "disabled", caret: "hide" });
}

async function scene(
  visitors: Visitors,
  address: string,
  colorScheme: "light" | "dark",
  phone: boolean,
): Promise<void> {
  const options = phone ? { viewport: PHONE, deviceScaleFactor: 2, hasTouch: true } : { viewport: DESKTOP };
  const page = await visitors.visit(`http://${address}/`, { ...options, colorScheme, locale: "en-GB" });
  const name = `${phone ? "phone" : "desktop"}-${colorScheme}`;
  await joinAs(page, "zoe");
  await waitForMessage(page, "that was all");
  const [ada, bob] = await Promise.all(["ada", "bob"].map((who) => Peer.join(address, `${who}-2`, "ops")));
  await say(page, "/join build");
  await page.getByRole("textbox", { name: "Message to #build" }).waitFor();
  await say(page, "/join ops");
  await page.getByRole("textbox", { name: "Message to #ops" }).waitFor();
  await say(page, "/msg bob On it, give me five minutes");
  await page.locator("#messages .text", { hasText: "five minutes" }).waitFor();
  if (phone) await page.getByRole("button", { name: /^Conversations/ }).click();
  await page.getByRole("button", { name: /^#lobby/ }).click();
  await say(page, "Works on mine, too. Nice and quick!");
  await waitForMessage(page, "Works on mine");
  await ada!.send({ type: "message", room: "ops", text: "zoe: the disk is full" });
  await bob!.send({ type: "message", room: "ops", text: "on it" });
  await page.waitForFunction(() => document.title.startsWith("(1)"));
  await page.locator("#text").fill("");
  await shoot({ name, page });
  if (phone && colorScheme === "dark") {
    await page.getByRole("button", { name: /^Conversations/ }).click();
    await page.waitForTimeout(300);
    await shoot({ name: "phone-list", page });
  }
  for (const peer of [ada!, bob!]) await peer[Symbol.asyncDispose]();
  await page.close();
}

for (const phone of [false, true]) {
  for (const colorScheme of ["light", "dark"] as const) {
    await using server = await serve("--memory", "--rate", "0", "--title", "Build room");
    const peers = await talk(server.address);
    {
      await using visitors = await Visitors.open();
      await scene(visitors, server.address, colorScheme, phone);
    }
    for (const peer of peers) await peer[Symbol.asyncDispose]();
    await server.stop();
  }
}
removeFolders();
