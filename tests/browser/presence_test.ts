import { assertEquals } from "@std/assert";
import { serve } from "../helpers/e2e.ts";
import { HAS_CHROMIUM, joinAs, say, Visitors } from "./browser.ts";

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
    await bob.getByRole("button", { name: "ada" }).click();
    await bob.getByText("Only the two of you see this · away: lunch, back at one").waitFor();
    await say(ada, "/away");
    await ada.getByText("You are back").waitFor();
    assertEquals(await ada.locator(".me").textContent(), "You are ada");

    const button = ada.getByRole("button", { name: "Show others when I am idle" });
    assertEquals(await button.getAttribute("aria-pressed"), "true");
    await button.click();
    await ada.reload();
    await ada.getByRole("textbox", { name: /^Message to/ }).waitFor();
    assertEquals(await button.getAttribute("aria-pressed"), "false");
  },
});
