/** Drives a real Chromium that opens the page of a real server. */

import "./without_proc.ts";
import { assertEquals } from "@std/assert";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { newFolder } from "../helpers/e2e_home.ts";
import { isInstalled } from "../helpers/process.ts";

/** The headless shell is the same engine without a browser's windows, and needs a third less processor time. */
const NAMES = ["chromium-headless-shell", "chromium", "google-chrome"];
const found = Deno.build.os === "linux" ? NAMES.find((name) => isInstalled(name, ["--version"], /Chrom/)) : undefined;

/** Whether Chromium is installed. Without it, the tests say so and are ignored. */
export const HAS_CHROMIUM = found !== undefined;
if (!HAS_CHROMIUM) console.log("chromium is not installed: the tests in a browser are ignored");

export const PHONE = { width: 360, height: 740 };
export const DESKTOP = { width: 1280, height: 800 };

/** The longest wait for anything that the page does. */
const PATIENCE_MS = 20_000;

/** The full path of the browser's program. */
function executablePath(): string {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return folders.map((folder) => `${folder}/${found}`).find(isFile)!;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

interface VisitorsOptions {
  /** More arguments for the browser's command line, which need a browser of their own. */
  readonly args?: readonly string[];
  /** Whether pages may report errors, as pages of attackers do when the server refuses their requests. */
  readonly allowErrors?: boolean;
}

/** The browser of all tests of a file. */
let shared: Browser | undefined;

if (HAS_CHROMIUM) {
  Deno.test.beforeAll(async () => void (shared = await launch()));
  Deno.test.afterAll(async () => await shared?.close());
}

async function launch(further: readonly string[] = []): Promise<Browser> {
  const args = ["--no-sandbox", "--disable-background-networking", "--disable-gpu", ...further];
  const env = { HOME: newFolder(), PATH: Deno.env.get("PATH") ?? "" };
  return await chromium.launch({ executablePath: executablePath(), args, env, headless: true });
}

/** Visitors of pages, each with stored data of their own. Disposing closes their pages, and fails if one reported an error. */
export class Visitors implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];
  /** Errors that the pages reported. */
  readonly #errors: string[] = [];
  readonly #allowErrors: boolean;

  private constructor(browser: Browser, allowErrors: boolean) {
    this.#browser = browser;
    this.#allowErrors = allowErrors;
  }

  static async open({ args, allowErrors = false }: VisitorsOptions = {}): Promise<Visitors> {
    const browser = args === undefined ? shared : undefined;
    return new Visitors(browser ?? await launch(args), allowErrors);
  }

  /** Opens a page as a new visitor, without stored data. */
  async visit(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: DESKTOP, timezoneId: "Europe/Berlin", ...options });
    this.#contexts.push(context);
    return await this.openAgain(context, url);
  }

  /** Opens another page of the same visitor. */
  async openAgain(context: BrowserContext, url: string): Promise<Page> {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.on("pageerror", (error) => this.#errors.push(String(error)));
    page.on("console", (message) => {
      // The page may lose its server. A server that is back answers 405 to the page's question why that was.
      // Over plain HTTP browsers ignore one header.
      const isExpected = /WebSocket connection|net::ERR_|status of 405|Cross-Origin-Opener-Policy/.test(message.text());
      if (message.type() === "error" && !isExpected) {
        this.#errors.push(message.text());
      }
    });
    await page.goto(url);
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const context of this.#contexts) await context.close();
    if (this.#browser !== shared) await this.#browser.close();
    if (!this.#allowErrors) assertEquals(this.#errors, []);
  }
}

/** The field for a message, once the user has joined. */
export const MESSAGE_FIELD = { name: /^Message to/ };

/** Fills in the entry form, and waits until the room is open. */
export async function joinAs(page: Page, name: string, room?: string): Promise<void> {
  await page.getByLabel("Your name").fill(name);
  if (room !== undefined) await page.getByLabel("Room", { exact: true }).fill(room);
  await page.getByRole("button", { name: "Join", exact: true }).click();
  await page.getByRole("textbox", MESSAGE_FIELD).waitFor();
}

/** Opens a conversation or room from the list, which is a drawer on a phone. */
export async function openPlace(page: Page, name: RegExp): Promise<void> {
  const list = page.getByRole("button", { name: /^Conversations/ });
  if (await list.isVisible()) await list.click();
  await page.locator("#sidebar").getByRole("button", { name }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
}

export async function say(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", MESSAGE_FIELD).fill(text);
  await page.keyboard.press("Enter");
}

export async function waitForTitle(page: Page, pattern: RegExp): Promise<void> {
  await page.waitForFunction((source) => new RegExp(source).test(document.title), pattern.source);
}

/** Waits for a message with this text. */
export async function waitForMessage(page: Page, text: string): Promise<void> {
  await page.locator("#messages .text", { hasText: text }).first().waitFor();
}

/** Returns the shown messages as `NAME: TEXT`. */
export async function shownMessages(page: Page): Promise<string[]> {
  return await page.locator("#messages .message").evaluateAll((messages) =>
    messages.map((message) =>
      `${message.querySelector(".from")!.textContent}: ${message.querySelector(".text")!.textContent}`
    )
  );
}

/** Waits until the only listed conversation has no unread messages. The list is drawn a frame after the title. */
export async function waitUntilRead(page: Page): Promise<void> {
  await page.locator("#directs .badge").filter({ hasText: /^$/ }).waitFor({ state: "attached" });
}
