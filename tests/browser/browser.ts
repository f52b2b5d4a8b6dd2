/** A real browser, driven from here, and the page of a real server in it. */

import "./without_proc.ts";
import { assertEquals } from "@std/assert";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { newFolder } from "../helpers/e2e_home.ts";
import { isInstalled } from "../helpers/process.ts";

const NAMES = ["chromium", "google-chrome"];
const found = Deno.build.os === "linux" ? NAMES.find((name) => isInstalled(name, ["--version"], /Chrom/)) : undefined;

/** Whether there is a browser to try the page in; where there is none, that is said. */
export const HAS_CHROMIUM = found !== undefined;
if (!HAS_CHROMIUM) console.log("There is no chromium here: the page is not tried in a browser");

export const PHONE = { width: 360, height: 740 };
export const DESKTOP = { width: 1280, height: 800 };

/** For whatever the page is to do. */
const PATIENCE_MS = 10_000;

/** Where in the path it lies. */
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
  /** Further arguments of the browser's command line. */
  readonly args?: readonly string[];
  /** Whether pages may report errors, as those of strangers do whose requests are refused. */
  readonly mayComplain?: boolean;
}

/** Disposing closes it with all its pages, and sees to it that none of them complained. */
export class Visitors implements AsyncDisposable {
  readonly #browser: Browser;
  /** What went wrong in the pages. */
  readonly #complaints: string[] = [];

  readonly #mayComplain: boolean;

  private constructor(browser: Browser, mayComplain: boolean) {
    this.#browser = browser;
    this.#mayComplain = mayComplain;
  }

  static async open({ args: further = [], mayComplain = false }: VisitorsOptions = {}): Promise<Visitors> {
    const args = ["--no-sandbox", "--disable-background-networking", "--disable-gpu", ...further];
    const env = { HOME: newFolder(), PATH: Deno.env.get("PATH") ?? "" };
    const browser = await chromium.launch({ executablePath: executablePath(), args, env, headless: true });
    return new Visitors(browser, mayComplain);
  }

  /** A page of somebody who was never here. */
  async visit(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: DESKTOP, timezoneId: "Europe/Berlin", ...options });
    return await this.again(context, url);
  }

  /** Another page of the same person. */
  async again(context: BrowserContext, url: string): Promise<Page> {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.on("pageerror", (error) => this.#complaints.push(String(error)));
    page.on("console", (message) => {
      // A server that is away is no fault of the page.
      if (message.type() === "error" && !/WebSocket connection/.test(message.text())) {
        this.#complaints.push(message.text());
      }
    });
    await page.goto(url);
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    if (!this.#mayComplain) assertEquals(this.#complaints, []);
  }
}

/** Through the form, and until the room is there. */
export async function comeIn(page: Page, name: string, room?: string): Promise<void> {
  await page.getByLabel("Your name").fill(name);
  if (room !== undefined) await page.getByLabel("Room", { exact: true }).fill(room);
  await page.getByRole("button", { name: "Come in" }).click();
  await page.getByRole("textbox", { name: /^Message to/ }).waitFor();
}

export async function say(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: /^Message to/ }).fill(text);
  await page.keyboard.press("Enter");
}

/** Until a message with this text has come. */
export async function hears(page: Page, text: string): Promise<void> {
  await page.locator("#messages .text", { hasText: text }).first().waitFor();
}

/** What was said, as it stands there, by name. */
export async function said(page: Page): Promise<string[]> {
  return await page.locator("#messages .message").evaluateAll((messages) =>
    messages.map((message) =>
      `${message.querySelector(".from")!.textContent}: ${message.querySelector(".text")!.textContent}`
    )
  );
}
