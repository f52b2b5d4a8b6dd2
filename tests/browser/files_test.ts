import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { serve, serveAgain } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { axeFindingsInAllColours } from "./axe_findings.ts";
import { HAS_CHROMIUM, joinAs, PHONE, Visitors, waitForMessage } from "./browser.ts";
import {
  chooseFiles,
  download,
  dropFiles,
  madeBytes,
  pasteFile,
  pictureOf,
  PNG,
  silence,
  slowDown,
  writeFile,
} from "./file_pages.ts";

const ignore = !HAS_CHROMIUM;
const FIELD = { name: /^Message to/ };

function attached(page: Page, name: string) {
  return page.locator("#attached li", { hasText: name });
}

function card(page: Page, name: string) {
  return page.locator("#messages .file", { hasText: name });
}

/** Sends what is chosen with this text. */
async function sendWith(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", FIELD).fill(text);
  await page.keyboard.press("Enter");
}

Deno.test({
  name: "files are sent by picker, drop and paste, and arrive with the same bytes, also after a break",
  ignore,
  async fn(t) {
    await using server = await serve("--rate", "0");
    await using visitors = await Visitors.open();
    const ada = await visitors.visit(`http://${server.address}/`);
    const bob = await visitors.visit(`http://${server.address}/`);
    await joinAs(ada, "ada");
    await joinAs(bob, "bob");
    const film = await writeFile("film.bin", madeBytes(6_000_000));

    await t.step("a chosen file goes with the text of the field, and others go after it", async () => {
      const bytes = madeBytes(9_000_000);
      await chooseFiles(ada, await writeFile("plan.bin", bytes), await writeFile("notes.txt", madeBytes(10)));
      await attached(ada, "notes.txt").waitFor();
      await sendWith(ada, "the plan");
      await card(bob, "notes.txt").waitFor();
      assertEquals(await ada.locator("#attached li, #uploads > *").count(), 0);
      const rows = await bob.locator("#messages .message").evaluateAll((all) =>
        all.map((one) => [".text", ".file-name", ".file .state"].map((part) => one.querySelector(part)?.textContent))
      );
      assertEquals(rows, [["the plan", "plan.bin", "File, 9 MB"], [undefined, "notes.txt", "File, 10 bytes"]]);
      const saved = await download(bob, "plan.bin");
      assertEquals([saved.name, saved.bytes.length], ["plan.bin", bytes.length]);
      assertEquals(saved.bytes, bytes);
    });

    await t.step("a dropped file is sent by the button, and a folder is refused", async () => {
      await dropFiles(ada, await writeFile("war & peace.txt", madeBytes(1_000)), newFolder());
      await attached(ada, "war & peace.txt").waitFor();
      await ada.getByText("is a folder: pack it into one file first").waitFor();
      await ada.getByRole("button", { name: "Send", exact: true }).click();
      assertEquals((await download(bob, "war & peace.txt")).bytes, madeBytes(1_000));
    });

    await t.step("a pasted picture is shown on demand, within bounds, and hidden again", async () => {
      await pasteFile(ada, "image.png", PNG, "image/png");
      await attached(ada, "image.png").waitFor();
      await sendWith(ada, "");
      await card(bob, "image.png").getByText("Picture").waitFor();
      const thumbnail = bob.locator(".thumbnail img");
      await thumbnail.and(bob.locator("[src]")).waitFor();
      const sizes = (one: HTMLImageElement) => [one.width, one.height, one.naturalWidth, one.naturalHeight];
      assertEquals(await thumbnail.evaluate(sizes), [64, 48, 64, 48]);
      assertEquals(await bob.locator(".file-more img").count(), 0);
      await thumbnail.click();
      const image = bob.locator(".file-more").getByRole("img", { name: "image.png" });
      await image.waitFor();
      assertEquals(await image.evaluate(sizes), [64, 48, 64, 48]);
      await bob.getByRole("button", { name: "Hide image.png" }).click();
      await bob.getByRole("button", { name: "Show image.png" }).waitFor();
      assertEquals(await bob.locator(".file-more img").count(), 0);
    });

    await t.step("a large picture has a small thumbnail, whose place is known before it is loaded", async () => {
      const bytes = await pictureOf(ada, 1_200, 400);
      await pasteFile(ada, "wide.png", bytes, "image/png");
      await attached(ada, "wide.png").waitFor();
      await sendWith(ada, "");
      const thumbnail = card(bob, "wide.png").locator(".thumbnail img[src]");
      await thumbnail.waitFor();
      const found = await thumbnail.evaluate((one: HTMLImageElement) => [
        ...[one.getAttribute("width"), one.getAttribute("height")],
        ...[one.naturalWidth, one.naturalHeight, one.src.length < 90_000],
      ]);
      assertEquals(found, ["320", "107", 320, 107, true]);
    });

    await t.step("a sound plays in the page, and its player follows the file", async () => {
      await chooseFiles(ada, await writeFile("tone.wav", silence(2)));
      await attached(ada, "tone.wav").waitFor();
      await sendWith(ada, "");
      await card(bob, "tone.wav").getByRole("button", { name: "Play tone.wav" }).click();
      const player = card(bob, "tone.wav").locator("audio[controls]");
      await player.waitFor();
      await bob.waitForFunction(() => (document.querySelector("audio")?.currentTime ?? 0) > 0);
      assertEquals(await player.evaluate((one: HTMLAudioElement) => one.duration), 2);
    });

    await t.step("a small file that is a picture of 65,500 times 65,500 pixels is never decoded", async () => {
      const huge = PNG.slice();
      new DataView(huge.buffer).setUint32(16, 65_500);
      new DataView(huge.buffer).setUint32(20, 65_500);
      await pasteFile(ada, "bomb.png", huge, "image/png");
      await attached(ada, "bomb.png").waitFor();
      await sendWith(ada, "");
      await bob.getByRole("button", { name: "Show bomb.png" }).click();
      await card(bob, "bomb.png").getByText("The picture has 65500 × 65500 pixels: download it").waitFor();
      assertEquals(await card(bob, "bomb.png").locator("img").count(), 0);
    });

    await t.step("a deleted message has no card, and an opened picture goes with it", async () => {
      await bob.getByRole("button", { name: "Show image.png" }).click();
      await bob.locator(".file-more").getByRole("img", { name: "image.png" }).waitFor();
      await card(ada, "image.png").hover();
      await ada.getByRole("button", { name: "Delete" }).click();
      await ada.getByRole("button", { name: "Delete for everyone?" }).click();
      await waitForMessage(bob, "message deleted");
      const left = [card(bob, "image.png"), bob.locator(".file-more img")].map((one) => one.count());
      assertEquals(await Promise.all(left), [0, 0]);
    });

    await t.step("bad files are refused with a sentence each, and the rest is sent", async () => {
      await chooseFiles(ada, await writeFile("empty.txt", new Uint8Array(0)), await writeFile("a.txt", madeBytes(5)));
      await ada.getByText("empty.txt is empty: there is nothing to send").waitFor();
      const path = await writeFile("moving.txt", madeBytes(100));
      await chooseFiles(ada, path);
      await attached(ada, "moving.txt").waitFor();
      await Deno.writeFile(path, madeBytes(50));
      await sendWith(ada, "two more");
      await ada.getByText("moving.txt was changed or removed while it was sent: choose it again").waitFor();
      await card(bob, "a.txt").waitFor();
      await ada.getByRole("button", { name: "Drop moving.txt" }).click();
      await ada.locator("#uploads:not(:has(*))").waitFor({ state: "attached" });
      assertEquals(await card(bob, "moving.txt").count(), 0);
    });

    await t.step("20 files at once arrive one after the other", async () => {
      const names = Array.from({ length: 20 }, (_, nth) => `part-${nth}.txt`);
      await chooseFiles(ada, ...await Promise.all(names.map((name, nth) => writeFile(name, madeBytes(nth + 1)))));
      await attached(ada, "part-19.txt").waitFor();
      await sendWith(ada, "");
      await card(bob, "part-19.txt").waitFor();
      const shown = await bob.locator("#messages .file-name").allTextContents();
      assertEquals(shown.filter((name) => name.startsWith("part-")), names);
    });

    await t.step("on a phone and on a desktop, in light and in dark, no rule of accessibility is broken", async () => {
      const options = { viewport: { ...PHONE, width: 320 }, hasTouch: true, bypassCSP: true };
      const zoe = await visitors.visit(`http://${server.address}/`, options);
      await joinAs(zoe, "zoe");
      assertEquals(await findingsOnPhone(zoe), []);
      await zoe.close();
    });

    await t.step("a file on its way shows its progress, and gives its text back when it is cancelled", async () => {
      const slow = await slowDown(ada, 1_000_000);
      await sendFilm(ada, film, "Friday's film");
      await ada.getByText(/^[\d.]+ [kM]B of 6 MB, [\d.]+ [kM]B per second, .* left$/).waitFor();
      await ada.getByRole("button", { name: "Cancel film.bin" }).click();
      await ada.locator("#uploads progress").waitFor({ state: "detached" });
      assertEquals(await ada.locator("#text").inputValue(), "Friday's film");
      await slow.detach();
    });

    await t.step("a file that is chosen again after the page was reloaded goes on where it was", async () => {
      const slow = await slowDown(ada, 3_000_000);
      const isPart = ada.waitForResponse((response) => response.request().method() === "PATCH");
      await sendFilm(ada, film, "before");
      await isPart;
      ada.once("dialog", (dialog) => void dialog.accept());
      await ada.reload();
      await slow.detach();
      const offsets: (string | undefined)[] = [];
      ada.on("request", (request) => {
        if (request.method() === "PATCH") offsets.push(request.headers()["upload-offset"]);
      });
      await chooseFiles(ada, film);
      await attached(ada, "film.bin").waitFor();
      await sendWith(ada, "after the reload");
      await waitForMessage(bob, "after the reload");
      assert(Number(offsets[0]) >= 1024 * 1024, `${offsets}`);
      assertEquals((await download(bob, "film.bin")).bytes, await Deno.readFile(film));
      await card(ada, "film.bin").hover();
      await ada.getByRole("button", { name: "Delete" }).click();
      await ada.getByRole("button", { name: "Delete for everyone?" }).click();
      await card(bob, "film.bin").waitFor({ state: "detached" });
    });

    await t.step("a file goes on by itself after the server was killed and started again", async () => {
      const slow = await slowDown(ada, 1_000_000);
      await sendFilm(ada, film, "again");
      server.program.kill("SIGKILL");
      await ada.getByText(/of 6 MB, goes on soon: /).waitFor();
      await slow.detach();
      const asked = ada.waitForRequest((request) => request.method() === "HEAD");
      await using restarted = await serveAgain(server, "--rate", "0");
      await asked;
      assertEquals((await download(bob, "film.bin")).bytes, await Deno.readFile(film));
      const texts = await bob.locator("#messages .text").allTextContents();
      assertEquals(texts.filter((text) => text === "Friday's film" || text === "again"), ["again"]);
      await restarted.stop();
    });
  },
});

/** Sends the file at `path` with a text, and waits until it moves. */
async function sendFilm(page: Page, path: string, text: string): Promise<void> {
  await chooseFiles(page, path);
  await attached(page, "film.bin").waitFor();
  await sendWith(page, text);
  await page.waitForFunction(() => (document.querySelector<HTMLProgressElement>("#uploads progress")?.value ?? 0) > 0);
}

/** The broken rules, and the elements that do not fit, while a file is chosen, one is on its way, one failed, and a picture is open. */
async function findingsOnPhone(page: Page): Promise<string[]> {
  const name = `${"long-name-".repeat(12)}.png`;
  await chooseFiles(page, await writeFile(name, PNG));
  await attached(page, name).waitFor();
  await sendWith(page, "hello");
  await card(page, name).getByRole("button", { name: /^Show/ }).tap();
  await card(page, name).locator(".file-more").getByRole("img").waitFor();
  const path = await writeFile("moving.txt", madeBytes(100));
  const slow = await slowDown(page, 100_000);
  await chooseFiles(page, path, await writeFile("slow.bin", madeBytes(3_000_000)));
  await attached(page, "slow.bin").waitFor();
  await Deno.writeFile(path, madeBytes(50));
  await sendWith(page, "wait for it");
  await page.getByText("moving.txt was changed or removed").waitFor();
  await chooseFiles(page, await writeFile("next.bin", madeBytes(3)));
  await attached(page, "next.bin").waitFor();
  const found: string[] = [];
  for (const width of [320, 1280]) {
    await page.setViewportSize({ ...PHONE, width });
    found.push(...await axeFindingsInAllColours(page));
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    if (isWide) found.push(`wider than ${width}`);
  }
  await page.getByRole("button", { name: "Cancel slow.bin" }).click();
  await slow.detach();
  return found;
}

Deno.test({
  name: "a server that takes no files shows no button, and says so when one is dropped",
  ignore,
  async fn() {
    await using server = await serve("--memory");
    await using visitors = await Visitors.open();
    const ada = await visitors.visit(`http://${server.address}/`);
    await joinAs(ada, "ada");
    assertEquals(await ada.getByRole("button", { name: "Choose files to send" }).count(), 0);
    await dropFiles(ada, await writeFile("a.txt", madeBytes(5)));
    await ada.getByText("This server takes no files").waitFor();
    assertEquals(await ada.locator("#attached li").count(), 0);
    assertMatch(ada.url(), /^http:/);
    await server.stop();
  },
});
