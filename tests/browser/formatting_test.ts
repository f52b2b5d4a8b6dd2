import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { FORMATTING_SAMPLES } from "../helpers/formatting_samples.ts";
import { FORMATTING_VIEWS } from "../helpers/formatting_views.ts";
import { serve } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { HAS_CHROMIUM, joinAs, say, Visitors } from "./browser.ts";

const LONG = Array.from({ length: 13 }, (_, nth) => `line ${nth}`);

interface Scene {
  readonly page: Page;
  readonly ada: Peer;
}

/** A page of zoe, with messages of ada. */
async function withMessages(texts: readonly string[], test: (scene: Scene) => Promise<void>): Promise<void> {
  await using server = await serve("--memory", "--rate", "0");
  await using visitors = await Visitors.open();
  const page = await visitors.visit(`http://${server.address}/`);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await joinAs(page, "zoe");
  await using ada = await Peer.join(server.address, "ada");
  for (const [nth, text] of texts.entries()) {
    await ada.send({ type: "message", room: "lobby", text });
    // After a burst, the page would hold the newest rows only.
    await page.locator("#messages .text").nth(nth).waitFor({ state: "attached" });
  }
  await test({ page, ada });
}

function elementsOf(page: Page): Promise<string[]> {
  return page.locator("#messages .text").evaluateAll((texts) => texts.map(({ outerHTML }) => outerHTML));
}

Deno.test({
  name: "the page draws each sample of markup with its elements",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await withMessages(FORMATTING_SAMPLES.map(({ text }) => text), async ({ page }) => {
      const shown = await elementsOf(page);
      assertEquals(shown.length, FORMATTING_SAMPLES.length);
      for (const [nth, { text }] of FORMATTING_SAMPLES.entries()) {
        assertEquals(shown[nth], FORMATTING_VIEWS[text]!.html, text);
      }
    });
  },
});

/** Selects from the start of one message's text to the end of another one's, and copies with the keyboard. */
async function copied(page: Page, from: number, to: number): Promise<string> {
  await page.locator("#messages .text").evaluateAll((texts, [from, to]) => {
    const range = document.createRange();
    range.setStart(texts[from!]!, 0);
    range.setEnd(texts[to!]!, texts[to!]!.childNodes.length);
    getSelection()!.removeAllRanges();
    getSelection()!.addRange(range);
  }, [from, to]);
  return await copy(page);
}

async function copy(page: Page): Promise<string> {
  await page.keyboard.press("ControlOrMeta+C");
  return await page.evaluate(() => navigator.clipboard.readText());
}

Deno.test({
  name: "copying gives whole messages back as they were typed, and a part of one as it is shown",
  ignore: !HAS_CHROMIUM,
  async fn() {
    const texts = FORMATTING_SAMPLES.map(({ text }) => text).filter((text) => !text.startsWith("/me"));
    await withMessages([...texts, `\`\`\`\n${LONG.join("\n")}\n\`\`\``], async ({ page, ada }) => {
      await page.locator("#log").click({ position: { x: 5, y: 5 } });
      for (const [nth, text] of texts.entries()) assertEquals(await copied(page, nth, nth), text);
      assertEquals(await copied(page, texts.length, texts.length), `\`\`\`\n${LONG.join("\n")}\n\`\`\``);
      const both = await copied(page, 0, 1);
      assert(both.startsWith(`${texts[0]}\n`) && both.endsWith(`\n${texts[1]}`), both);

      await page.locator("#messages .text").first().evaluate((text) => {
        getSelection()!.selectAllChildren(text.querySelector("strong")!);
      });
      assertEquals(await copy(page), "d");

      await ada.send({ type: "edit", room: "lobby", of: 1, text: "*changed*", ref: "e" });
      await page.locator(".text .mark").first().waitFor();
      assertEquals(await copied(page, 0, 0), "*changed*");
    });
  },
});

Deno.test({
  name: "long code is folded, opens by the keyboard, and stays open when its message gets a reaction",
  ignore: !HAS_CHROMIUM,
  async fn() {
    const short = LONG.slice(1).join("\n");
    const code = `\`\`\`js\n${LONG.join("\n")}\n\`\`\``;
    await withMessages([`~~~\n${short}\n~~~`, code], async ({ page, ada }) => {
      const [open, folded] = [page.locator("#messages pre").nth(0), page.locator("#messages pre").nth(1)];
      assertEquals([await open.isVisible(), await folded.isVisible()], [true, false]);
      const summary = page.getByText("js, 13 lines");
      await summary.focus();
      await page.keyboard.press("Enter");
      await folded.waitFor();
      assertEquals(await folded.textContent(), LONG.join("\n"));
      await ada.send({ type: "react", room: "lobby", of: 2, emoji: "🎉", ref: "r" });
      await page.locator(".reaction").waitFor();
      assert(await folded.isVisible());
      assert(await summary.evaluate((element) => element === document.activeElement));
    });
  },
});

Deno.test({
  name: "replies, notices and found messages show markup as typed",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await withMessages(["*now* `this`"], async ({ page, ada }) => {
      await ada.send({ type: "message", room: "lobby", text: "**yes**", reply: 1, ref: "y" });
      await page.locator("#messages button.quote").waitFor();
      assertMatch(await page.locator("#messages button.quote").innerText(), /ada: \*now\* `this`$/);
      await say(page, "/search now");
      assertEquals(await page.locator("#found .text").first().innerHTML(), "*now* `this`");
      await ada.send({ type: "topic", room: "lobby", text: "*topic*" });
      await page.locator("#messages .note", { hasText: "*topic*" }).waitFor();
    });
  },
});
