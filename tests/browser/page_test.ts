import { assert, assertEquals, assertMatch } from "@std/assert";
import { confab, serve, serveAgain } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { HAS_CHROMIUM, joinAs, PHONE, say, shownMessages, Visitors, waitForMessage } from "./browser.ts";

const ignore = !HAS_CHROMIUM;

Deno.test({
  name: "two pages and a terminal client chat in a room and directly, and a restart loses and doubles nothing",
  ignore,
  async fn() {
    await using server = await serve("--rate", "0");
    await using visitors = await Visitors.open();
    await using kim = confab(["connect", server.address, "--name", "kim"]);
    await kim.stdout.next("You are kim");
    const ada = await visitors.visit(`http://${server.address}/`);
    const bob = await visitors.visit(`http://${server.address}/r/lobby`, { viewport: PHONE });
    await joinAs(ada, "ada");
    await joinAs(bob, "bob");
    await say(ada, "hello from a page");
    await kim.stdout.next("ada: hello from a page");
    await waitForMessage(bob, "hello from a page");
    await kim.type("hello from a terminal\n");
    await waitForMessage(ada, "hello from a terminal");
    await say(ada, "/msg bob psst");
    await waitForMessage(ada, "psst");
    await bob.getByRole("button", { name: "Conversations, some unread" }).click();
    await bob.getByRole("button", { name: /^ada/ }).click();
    await waitForMessage(bob, "psst");
    await say(bob, "/msg kim psst, too");
    await kim.stdout.next("bob → you: psst, too");
    await ada.getByRole("button", { name: /^#lobby/ }).click();

    server.program.kill("SIGKILL");
    await ada.getByText("Reconnecting; messages that you write are sent later").waitFor();
    for (const text of ["one", "two", "three"]) await say(ada, text);
    await ada.getByText("Waiting for the connection").nth(2).waitFor();
    await using again = await serveAgain(server, "--rate", "0");
    await kim.stdout.next("ada: three");
    await waitForMessage(ada, "three");
    await bob.getByRole("button", { name: /^Conversations/ }).click();
    await bob.getByRole("button", { name: /^#lobby/ }).click();
    await waitForMessage(bob, "three");
    const expected = ["hello from a page", "hello from a terminal", "one", "two", "three"];
    for (const page of [ada, bob]) {
      assertEquals((await shownMessages(page)).map((line) => line.replace(/^\w+: /, "")), expected);
    }
    assertEquals(await ada.locator("#outgoing > *").count(), 0);

    await ada.reload();
    await waitForMessage(ada, "three");
    assertEquals((await shownMessages(ada)).map((line) => line.replace(/^\w+: /, "")), expected);
    await kim.endInput();
    await again.stop();
  },
});

Deno.test({
  name: "an invite admits its user and its secret leaves the address; other visitors need the password",
  ignore,
  async fn() {
    await using server = await serve("--memory", "--password", "open sesame");
    await using visitors = await Visitors.open();
    const invited = await visitors.visit(`http://${server.address}/build#.open%20sesame`);
    // The old path of a room leads to its new one, and the browser keeps the fragment on the way.
    assertEquals(invited.url(), `http://${server.address}/r/build`);
    await invited.getByText("You have an invite").waitFor();
    await joinAs(invited, "ada");
    assertMatch(await invited.title(), /^#build/);
    const stranger = await visitors.visit(`http://${server.address}/`);
    await stranger.getByLabel("Your name").fill("bob");
    await stranger.keyboard.press("Enter");
    await stranger.getByRole("textbox", { name: "Password" }).fill("guessed");
    await stranger.keyboard.press("Enter");
    await stranger.getByRole("textbox", { name: "Password" }).fill("open sesame");
    await stranger.keyboard.press("Enter");
    await stranger.getByRole("textbox", { name: "Message to #lobby" }).waitFor();
    assertEquals(
      await invited.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])).then((kept) =>
        kept.includes("sesame")
      ),
      false,
    );
    await server.stop();
  },
});

Deno.test({
  name: "the page works by keyboard alone, keeps a draft for each room, and reports a name that is taken",
  ignore,
  async fn() {
    await using server = await serve("--memory", "--rate", "0");
    await using visitors = await Visitors.open();
    await using peer = await Peer.join(server.address, "ada");
    const page = await visitors.visit(`http://${server.address}/`);
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const focused = () => page.evaluate(() => document.activeElement?.id ?? "");
    assertEquals(await focused(), "entry-name");
    await page.keyboard.type("ada");
    await press("Enter");
    await page.getByRole("alert").filter({ hasText: "taken" }).waitFor();
    assertEquals(await focused(), "entry-name");
    await page.keyboard.type("zoe");
    await press("Enter");
    await page.getByRole("textbox", { name: "Message to #lobby" }).waitFor();
    assertEquals(await focused(), "text");
    await page.keyboard.type("/join build");
    await press("Enter");
    await page.getByRole("textbox", { name: "Message to #build" }).waitFor();
    await page.keyboard.type("half a th");
    for (
      let steps = 0;
      !(await page.evaluate(() => document.activeElement?.textContent ?? "")).startsWith("#lobby");
      steps++
    ) {
      assert(steps < 40, "The list of rooms is not reached by Tab");
      await press("Shift+Tab");
    }
    await press("Enter");
    await page.getByRole("textbox", { name: "Message to #lobby" }).waitFor();
    assertEquals([await focused(), await page.locator("#text").inputValue()], ["text", ""]);
    await page.keyboard.type("zoe says");
    await press("Shift+Enter");
    await page.keyboard.type("two lines");
    await press("Enter");
    assertEquals((await peer.next({ type: "message" })).text, "zoe says\ntwo lines");
    await page.keyboard.type("/search says");
    await press("Enter");
    await page.locator("#found .text", { hasText: "two lines" }).waitFor();
    await press("Escape");
    assertEquals(await focused(), "search-open");
    await page.getByRole("button", { name: "#build" }).press("Enter");
    await page.getByRole("textbox", { name: "Message to #build" }).waitFor();
    assertEquals(await page.locator("#text").inputValue(), "half a th");
    await server.stop();
  },
});

Deno.test({
  name: "replies show their quote, and edits, deletions and reactions appear at once and after a reload",
  ignore,
  async fn() {
    await using server = await serve("--memory", "--rate", "0");
    await using ada = await Peer.join(server.address, "ada");
    await using visitors = await Visitors.open();
    const page = await visitors.visit(`http://${server.address}/`);
    await joinAs(page, "zoe");
    const room = "lobby";
    await say(page, "lunch?");
    const { seq } = await ada.next({ type: "message" });
    await ada.send(
      ...Array.from({ length: 40 }, (_, nth) => ({ type: "message" as const, room, text: `filler ${nth}` })),
      { type: "message", room, text: "at <b>noon</b>", reply: seq },
      { type: "react", room, of: seq, emoji: "👍" },
      { type: "edit", room, text: "at one" },
      { type: "message", room, text: "never mind" },
      { type: "delete", room },
    );
    const shows = async (title: string) => {
      const gone = page.locator("#messages .message", { hasText: "message deleted" });
      await gone.waitFor();
      assertEquals((await shownMessages(page)).slice(-2), ["ada: at one edited", "ada: message deleted"]);
      const answer = page.locator("#messages .message", { has: page.locator(".quote") });
      assertEquals(await answer.locator(".quote").textContent(), "In reply to zoe: lunch?");
      await answer.getByRole("button").click();
      await page.locator("#messages .pointed", { hasText: "lunch?" }).waitFor();
      const reaction = page.locator("#messages .reaction").first();
      await reaction.filter({ visible: true }).waitFor();
      assertEquals([await reaction.innerText(), await reaction.getAttribute("title")], ["👍 1", title]);
    };
    await shows("ada");
    await page.getByRole("textbox", { name: /^Message to/ }).focus();
    const before = await page.locator("#log").evaluate((log) => log.scrollTop);
    await ada.send({ type: "react", room, of: seq, emoji: "👍", remove: true });
    await page.locator("#messages .reaction").waitFor({ state: "detached" });
    assertEquals(await page.locator("#log").evaluate((log) => log.scrollTop), before, "The reader was moved");
    await ada.send({ type: "react", room, of: seq, emoji: "👍" });
    await page.reload();
    await page.getByRole("textbox", { name: /^Message to/ }).waitFor();
    await shows("1 person");
    await server.stop();
  },
});

Deno.test({
  name: "the bar at a message replies, reacts, edits and deletes, by pointer and by keys",
  ignore,
  async fn() {
    await using server = await serve("--memory", "--rate", "0");
    await using ada = await Peer.join(server.address, "ada");
    await using visitors = await Visitors.open();
    const page = await visitors.visit(`http://${server.address}/`);
    await joinAs(page, "zoe");
    await ada.send({ type: "message", room: "lobby", text: "lunch?" });
    await waitForMessage(page, "lunch?");
    await page.locator("#messages .text", { hasText: "lunch?" }).hover();
    for (const removed of [undefined, true]) {
      await page.getByRole("button", { name: "React with 👍" }).click();
      assertEquals((await ada.next({ type: "reacted" })).removed, removed);
      await page.locator("#messages .reaction").waitFor({ state: removed ? "detached" : "visible" });
    }
    await page.getByRole("button", { name: "Reply to ada: lunch?" }).click();
    await page.keyboard.type("at noon");
    await page.keyboard.press("Enter");
    assertEquals((await ada.next({ type: "message", text: "at noon" })).reply?.text, "lunch?");
    await waitForMessage(page, "at noon");
    await page.locator("#log").press("Enter");
    for (const key of ["ArrowUp", "Escape", "Enter"]) await page.keyboard.press(key);
    await page.getByRole("button", { name: "Edit" }).press("Enter");
    await page.keyboard.type(" sharp");
    await page.keyboard.press("Enter");
    assertEquals((await ada.next({ type: "edited" })).text, "at noon sharp");
    await waitForMessage(page, "at noon sharp");
    await page.locator("#log").press("Enter");
    for (const name of ["Delete", "Delete for everyone?"]) {
      await page.getByRole("button", { name, exact: true }).press("Enter");
    }
    await ada.next({ type: "deleted" });
    await waitForMessage(page, "message deleted");
    await server.stop();
  },
});
