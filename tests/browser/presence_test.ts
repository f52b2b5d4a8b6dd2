import { assertEquals } from "@std/assert";
import { serve } from "../helpers/e2e.ts";
import { HAS_CHROMIUM, joinAs, say, Visitors, waitForMessage } from "./browser.ts";

const ignore = !HAS_CHROMIUM;

Deno.test({
  name: "a page says that its user is away, lists others who are, and lets its user keep idleness to themselves",
  ignore,
  async fn() {
    await using server = await serve("--memory");
    await using visitors = await Visitors.open();
    const ada = await visitors.visit(`http://${server.address}/`);
    const bob = await visitors.visit(`http://${server.address}/`);
    await joinAs(ada, "ada");
    await joinAs(bob, "bob");
    await say(ada, "/away lunch, back at one");
    await ada.getByText("You are away: lunch, back at one (/back ends it)").waitFor();
    assertEquals(await ada.locator(".me").textContent(), "You are ada (away)");
    await bob.locator("#members .away", { hasText: "away: lunch, back at one" }).waitFor();
    await bob.getByRole("button", { name: /^ada/ }).click();
    await bob.getByText("Only the two of you see this · away: lunch, back at one").waitFor();
    await say(ada, "/away");
    await ada.getByText("You are back").waitFor();
    assertEquals(await ada.locator(".me").textContent(), "You are ada");

    const shares = async () => {
      await ada.getByRole("button", { name: "Account and settings" }).click();
      await ada.getByRole("button", { name: "Settings", exact: true }).click();
      return ada.getByRole("checkbox", { name: "Let others see that you press no key for 10 minutes" });
    };
    const box = await shares();
    assertEquals(await box.isChecked(), true);
    await box.click();
    await ada.reload();
    await ada.getByRole("textbox", { name: /^Message to/ }).waitFor();
    assertEquals(await (await shares()).isChecked(), false);
  },
});

Deno.test({
  name: "a page says who is typing in the open conversation, in a row that moves nothing",
  ignore,
  async fn() {
    await using server = await serve("--memory");
    await using visitors = await Visitors.open();
    const ada = await visitors.visit(`http://${server.address}/`);
    const bob = await visitors.visit(`http://${server.address}/`);
    await joinAs(ada, "ada");
    await joinAs(bob, "bob");
    const row = ada.locator("#typing");
    const places = () =>
      ada.evaluate(() => ["log", "composer"].map((id) => document.getElementById(id)!.getBoundingClientRect().top));
    const before = await places();
    assertEquals(await row.getAttribute("aria-live"), "off");
    await bob.getByRole("textbox", { name: /^Message to/ }).pressSequentially("/me");
    await bob.getByRole("textbox", { name: /^Message to/ }).fill("hel");
    await row.getByText("bob is typing…", { exact: true }).waitFor();
    assertEquals(await places(), before);
    await bob.getByRole("textbox", { name: /^Message to/ }).fill("hello");
    await bob.keyboard.press("Enter");
    await waitForMessage(ada, "hello");
    assertEquals(await row.textContent(), "");

    await ada.locator("#members").getByRole("button", { name: /^bob/ }).click();
    await bob.locator("#members").getByRole("button", { name: /^ada/ }).click();
    await ada.getByRole("textbox", { name: "Message to bob" }).waitFor();
    // The other member is not told before the conversation has begun.
    await say(bob, "psst");
    await waitForMessage(ada, "psst");
    // Others learn of it at most once in three seconds, and ada has not typed yet.
    await ada.getByRole("textbox", { name: "Message to bob" }).pressSequentially("x");
    await bob.locator("#typing").getByText("ada is typing…", { exact: true }).waitFor();
  },
});
