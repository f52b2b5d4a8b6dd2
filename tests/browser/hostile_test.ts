import { assertEquals } from "@std/assert";
import { MAX_TEXT_BYTES } from "../../src/protocol/limits.ts";
import { parseName } from "../../src/protocol/text/names.ts";
import { sanitize } from "../../src/protocol/text/sanitize.ts";
import { utf8Length } from "../../src/protocol/text/utf8_length.ts";
import { serve } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { isVisible } from "../../src/protocol/text/visible.ts";
import { dangersIn, HOSTILE_TEXTS } from "../helpers/hostile_texts.ts";
import { HAS_CHROMIUM, joinAs, shownMessages, Visitors, waitForMessage } from "./browser.ts";

const MARKUP = [
  "<script>document.title = 'owned'</script>",
  "<img src=x onerror=\"document.title='owned'\">",
  '<a href="javascript:alert(1)">click</a>',
  "javascript:alert(1) data:text/html,<script>alert(1)</script>",
  "</textarea></style></script><svg onload=alert(1)>",
  "&lt;b&gt;not bold&lt;/b&gt; &amp; {{7*7}} ${7*7}",
  'https://evil.example/"onmouseover=alert(1)//',
  "[click](https://evil.example)",
];

const TEXTS = [...MARKUP, ...HOSTILE_TEXTS.map(({ text }) => text)].filter((text) =>
  isVisible(text) && text.isWellFormed() && utf8Length(text) <= MAX_TEXT_BYTES
);

/** The elements that a message may contain. */
const ELEMENTS = new Set(["DIV", "P", "SPAN", "BDI", "TIME", "A", "MARK", "STRONG"]);

/** Texts that are shown formatted, and what they show. */
const FORMATTED: ReadonlyMap<string, string> = new Map([
  ["[click](https://evil.example)", "click (evil.example)"],
  ["as __proto__", "as proto"],
]);

function isName(text: string): boolean {
  try {
    return parseName(text) === text;
  } catch {
    return false;
  }
}

Deno.test({
  name: "hostile texts, topics and names are shown as text, and links are only links",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--memory", "--rate", "0", "--title", "<b>Title</b>");
    await using visitors = await Visitors.open();
    const page = await visitors.visit(`http://${server.address}/`);
    await joinAs(page, "zoe");
    await using eve = await Peer.join(server.address, "eve");
    for (const text of TEXTS) {
      await eve.send({ type: "message", room: "lobby", text }, { type: "topic", room: "lobby", text });
    }
    const names = [...HOSTILE_TEXTS.map(({ text }) => text), "constructor", "__proto__", "ᴀᴅᴀ"].filter(isName);
    for (const name of names) {
      await eve.send({ type: "rename", name }, { type: "message", room: "lobby", text: `as ${name}` });
    }
    await eve.send({ type: "topic", room: "lobby", text: MARKUP[0] }, {
      type: "message",
      room: "lobby",
      text: "the end",
    });
    await waitForMessage(page, "the end");
    const texts = (await shownMessages(page)).map((line) => line.slice(line.indexOf(": ") + 2));
    const expected = [...TEXTS, ...names.map((name) => `as ${name}`), "the end"]
      .map((text) => FORMATTED.get(text) ?? sanitize(text));
    // Rows far above are not in the document.
    assertEquals(texts, expected.slice(-texts.length));
    assertEquals(dangersIn(await page.evaluate(() => document.body.innerText)), []);
    const found = await page.evaluate(() =>
      Array.from(
        document.querySelectorAll(":is(#log *, #title, #topic, #server-name):not(.actions, .actions *)"),
        (element) => ({
          name: element.tagName,
          attributes: Array.from(element.attributes, ({ name }) => name),
          href: element.getAttribute("href"),
          rel: element.getAttribute("rel"),
        }),
      )
    );
    assertEquals(found.filter(({ name }) => !ELEMENTS.has(name) && name !== "H1" && name !== "H2"), []);
    assertEquals(found.flatMap(({ attributes }) => attributes.filter((name) => name.startsWith("on"))), []);
    const links = found.filter(({ name }) => name === "A");
    assertEquals(
      links.filter(({ href, rel }) => !/^https?:\/\//.test(href!) || rel !== "noopener noreferrer nofollow"),
      [],
    );
    assertEquals(await page.locator("#server-name").textContent(), "<b>Title</b>");
    assertEquals((await page.title()).includes("owned"), false);
    await server.stop();
  },
});
