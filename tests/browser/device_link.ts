/** Links a page as a further device of another page's member. */

import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { MESSAGE_FIELD, say } from "./browser.ts";
import { scanQrCode } from "./qr_scan.ts";

/** Offers to link a device, and returns the address in the QR code. */
export async function offerLink(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Link a device" }).click();
  const address = await scanQrCode(page);
  assertEquals(await page.getByRole("textbox", { name: "Address" }).inputValue(), address);
  return address;
}

/** The words of the code on the screen, once it is there. */
export async function linkWords(page: Page): Promise<string> {
  await page.getByText("Valid for one device").waitFor();
  return await page.locator("#link-code").innerText();
}

/** Enters the words of a code on a page that has not joined. */
export async function typeLinkWords(page: Page, words: string): Promise<void> {
  await page.getByRole("button", { name: "I have a code from another device" }).click();
  await page.getByLabel("Three words").fill(words);
  await page.keyboard.press("Enter");
}

/** Links `other`, a page that has not joined. */
export async function linkDevice(page: Page, other: Page): Promise<void> {
  await say(page, "/link");
  await typeLinkWords(other, await linkWords(page));
  await page.getByRole("button", { name: /^Yes/ }).click();
  await page.getByRole("heading", { name: "The device is linked" }).waitFor();
  await page.keyboard.press("Escape");
  await other.getByRole("textbox", MESSAGE_FIELD).waitFor();
}
