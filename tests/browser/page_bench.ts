/**
 * What the page computes for its messages, in Chromium: the markup of 1,000 messages, and the signatures of a page of the history.
 * Usage: deno run -A tests/browser/page_bench.ts [PAGES]. Prints one JSON object of milliseconds: the first time in each of so many new
 * pages, and further times in the same one. `blocked` is the longest time in which the page could draw no frame.
 */

import type { Page } from "playwright-core";
import { signText } from "../../src/identity/text_signature.ts";
import { WEB_CRYPTO_KEYS } from "../../src/identity/web_crypto_keys.ts";
import { bundle } from "../../src/page/module_bundle.ts";
import { toBase64Url } from "../../src/protocol/identity/base64url.ts";
import { entryText } from "../../src/protocol/identity/signed_text.ts";
import type { RoomMessage } from "../../src/protocol/messages/messages.ts";
import { newIdSource } from "../../src/server/turn/ids.ts";
import { Visitors } from "./browser.ts";
import { setTimeout as delay } from "node:timers/promises";
import { removeFolders } from "../helpers/e2e_home.ts";
import { chatMessages, markupMessages } from "../bench/markup_messages.ts";
import type { PageWork, Spent } from "./page_work.ts";

const FORMATTED = 1_000;
const SIGNED = 200;
const AUTHORS = 5;
const TIMES = 10;
const CHAT = "chat";
/** A new page keeps both cores of a small machine busy for a while. A person needs longer to enter the chat. */
const SETTLE_MS = 1_500;
/** Browsers have Web Crypto there. */
const ADDRESS = "http://localhost/";

interface Round {
  readonly format: Spent;
  readonly verify: Spent;
}

/** A page of the history. */
async function signedMessages(): Promise<RoomMessage[]> {
  const ids = newIdSource();
  const keys = await Promise.all(Array.from({ length: AUTHORS }, () => WEB_CRYPTO_KEYS.makeSigningKey(true)));
  const members = keys.map((_, nth) => ({ id: ids.next(Date.now()), name: `member${nth}` }));
  return await Promise.all(Array.from({ length: SIGNED }, async (_, nth): Promise<RoomMessage> => {
    const [key, from] = [keys[nth % AUTHORS]!, members[nth % AUTHORS]!];
    const [time, text] = [new Date().toISOString(), `message ${nth}: ${"lorem ipsum ".repeat(nth % 12)}`];
    const fields = { type: "message", room: "lobby", id: ids.next(Date.now()), text } as const;
    const signature = await signText(key, entryText({ ...fields, chat: CHAT, author: from.id, time }));
    return { ...fields, seq: nth + 1, from, at: time, time, signature, key: toBase64Url(key.publicKey) };
  }));
}

async function openPage(visitors: Visitors, script: string): Promise<Page> {
  const page = await visitors.visit("about:blank");
  await page.route(ADDRESS, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
  await page.goto(ADDRESS);
  await page.addScriptTag({ content: script });
  await delay(SETTLE_MS);
  return page;
}

/** The work in a new page, and again in the same one. */
async function rounds(visitors: Visitors, script: string, texts: string[], messages: RoomMessage[]): Promise<Round[]> {
  const page = await openPage(visitors, script);
  const done: Round[] = [];
  while (done.length <= TIMES) {
    done.push(
      await page.evaluate(async ({ texts, messages, chat }) => {
        const { pageWork } = globalThis as unknown as { pageWork: PageWork };
        return { format: pageWork.format(texts), verify: await pageWork.verify(chat, messages) };
      }, { texts, messages, chat: CHAT }),
    );
  }
  await page.close();
  return done;
}

function figures(spent: readonly Spent[]) {
  const of = (times: readonly number[]) => {
    const sorted = times.toSorted((a, b) => a - b);
    const [best, median, worst] = [sorted[0]!, sorted[sorted.length >> 1]!, sorted.at(-1)!].map((ms) =>
      Math.round(10 * ms) / 10
    );
    return { best, median, worst };
  };
  return { total: of(spent.map(({ total }) => total)), blocked: of(spent.map(({ blocked }) => blocked)) };
}

const { main: script } = await bundle(new URL("../../", import.meta.url), "tests/browser/page_work.ts");
const messages = await signedMessages();
const lists = { "of a chat": chatMessages(FORMATTED), "mostly of markup": markupMessages(FORMATTED) };
const results: Record<string, object> = {};
{
  await using visitors = await Visitors.open();
  for (const [kind, texts] of Object.entries(lists)) {
    const pages: Round[][] = [];
    while (pages.length < Number(Deno.args[0] ?? 5)) pages.push(await rounds(visitors, script, texts, messages));
    const all = (rounds: readonly Round[]) => ({
      [`format ${FORMATTED} messages ${kind}`]: figures(rounds.map(({ format }) => format)).total,
      [`verify ${SIGNED} signatures`]: figures(rounds.map(({ verify }) => verify)),
    });
    results[kind] = { first: all(pages.map(([first]) => first!)), further: all(pages.flatMap(([, ...rest]) => rest)) };
  }
}
console.log(JSON.stringify(results, undefined, 2));
removeFolders();
