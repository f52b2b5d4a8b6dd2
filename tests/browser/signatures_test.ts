import { assert, assertEquals } from "@std/assert";
import { signText } from "../../src/identity/text_signature.ts";
import { WEB_CRYPTO_KEYS } from "../../src/identity/web_crypto_keys.ts";
import { toBase64Url } from "../../src/protocol/identity/base64url.ts";
import { entryText } from "../../src/protocol/identity/signed_text.ts";
import { UuidSource } from "../../src/protocol/uuid.ts";
import { serve } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { HAS_CHROMIUM, joinAs, say, Visitors } from "./browser.ts";

const MESSAGES = 200;
const FALSE = MESSAGES - 1;

/** Ada's messages, of which the server would have changed one. */
async function fill(ada: Peer, chat: string): Promise<void> {
  const signing = await WEB_CRYPTO_KEYS.makeSigningKey(true);
  const [key, time] = [toBase64Url(signing.publicKey), "2026-11-29T10:00:00.000Z"];
  const ids = new UuidSource({ fill: (bytes) => crypto.getRandomValues(bytes) });
  for (let nth = 1; nth <= MESSAGES; nth++) {
    const [id, text] = [ids.next(Date.now()), `message ${nth}`];
    const signed = entryText({ type: "message", chat, room: "lobby", id, author: ada.joined.you.id, time, text });
    const signature = await signText(signing, signed);
    await ada.send({ type: "message", id, text: nth === FALSE ? `${text}?` : text, signature, key, time, ref: id });
    await ada.next({ type: "ack", ref: id });
  }
}

Deno.test({
  name: "the page says of 200 signed messages which one is false, that the others are signed, and signs its own",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--memory", "--rate", "0");
    await using ada = await Peer.join(server.address, "ada");
    await using reader = await Peer.dial(server.address);
    reader.read();
    await reader.send({ type: "ping" });
    await fill(ada, (await reader.next({ type: "welcome" })).chat);
    await using visitors = await Visitors.open();
    const page = await visitors.visit(`http://127.0.0.1:${server.port}/`);
    await joinAs(page, "lena");
    const wrong = page.locator(".message", { has: page.locator(".false") });
    await wrong.waitFor();
    assert((await wrong.innerText()).includes(`message ${FALSE}?`));
    assertEquals(await wrong.count(), 1);
    const titles = await page.locator(".message time").evaluateAll((times) =>
      times.map((time) => time.getAttribute("title")!)
    );
    const endings = titles.slice(-3).map((title) => title.split(", ").at(-1));
    assertEquals(endings, ["signed", "false signature", "signed"]);
    await say(page, "mine");
    assert("signature" in await ada.next({ type: "message", text: "mine" }));
    await server.stop();
  },
});
