/** Pages that send files: chosen files, dropped ones, and connections that are slow. */

import type { CDPSession, Page } from "playwright-core";
import { newFolder } from "../helpers/e2e_home.ts";

/** A PNG of 64 by 48 pixels, all of one colour. */
export const PNG = Uint8Array.from(
  atob(
    "iVBORw0KGgoAAAANSUhEUgAAAEAAAAAwCAIAAAAuKetIAAAAQ0lEQVR42u3PQQkAAAgEsItjCPtjLCv4FQYrsEzXaxEQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQuFoOKBDTXECg5QAAAABJRU5ErkJggg==",
  ),
  (char) => char.charCodeAt(0),
);

/** Bytes that are the same in each run, and different at each place. */
export function madeBytes(count: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(count / 4));
  for (let nth = 0, word = 1; nth < words.length; nth++) words[nth] = word = Math.imul(word, 1_664_525) + 1_013_904_223;
  return new Uint8Array(words.buffer).slice(0, count);
}

/** A PNG of this size with a colour gradient, which the page's browser makes. */
export async function pictureOf(page: Page, width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  const address = await page.evaluate(([width, height]) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d")!;
    const gradient = context.createLinearGradient(0, 0, width!, height!);
    for (const [at, color] of [[0, "red"], [0.5, "lime"], [1, "blue"]] as const) gradient.addColorStop(at, color);
    context.fillStyle = gradient;
    context.fillRect(0, 0, width!, height!);
    return canvas.toDataURL("image/png");
  }, [width, height]);
  return Uint8Array.from(atob(address.slice(address.indexOf(",") + 1)), (char) => char.charCodeAt(0));
}

/** A WAV file of silence: 8,000 samples of 8 bits a second. */
export function silence(seconds: number): Uint8Array<ArrayBuffer> {
  const samples = 8_000 * seconds;
  const bytes = new Uint8Array(44 + samples).fill(128, 44);
  const view = new DataView(bytes.buffer);
  const text = (at: number, word: string) => bytes.set(new TextEncoder().encode(word), at);
  text(0, "RIFF");
  view.setUint32(4, 36 + samples, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  for (const [at, value] of [[20, 1], [22, 1], [32, 1], [34, 8]] as const) view.setUint16(at, value, true);
  for (const at of [24, 28]) view.setUint32(at, 8_000, true);
  text(36, "data");
  view.setUint32(40, samples, true);
  return bytes;
}

/** Writes a file into a new folder, and returns its path. */
export async function writeFile(name: string, bytes: Uint8Array): Promise<string> {
  const path = `${newFolder()}/${name}`;
  await Deno.writeFile(path, bytes);
  return path;
}

/** Chooses files by the button, as a user does. */
export async function chooseFiles(page: Page, ...paths: readonly string[]): Promise<void> {
  const clicked = page.getByRole("button", { name: "Choose files to send" }).click();
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), clicked]);
  await chooser.setFiles([...paths]);
}

/** Drops files or folders on the messages, as the system does. */
export async function dropFiles(page: Page, ...paths: readonly string[]): Promise<void> {
  const box = (await page.locator("#log").boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  const session = await page.context().newCDPSession(page);
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await session.send("Input.dispatchDragEvent", { type, x, y, data });
  }
  await session.detach();
}

/** Pastes a file as `type` from the clipboard. */
export async function pasteFile(page: Page, name: string, bytes: Uint8Array, type: string): Promise<void> {
  await page.locator("#text").evaluate((field, { name, bytes, type }) => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([new Uint8Array(bytes)], name, { type }));
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, { name, bytes: [...bytes], type });
}

/** Limits how fast the page sends, until the session is detached. */
export async function slowDown(page: Page, bytesPerSecond: number): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    ...{ offline: false, latency: 0, downloadThroughput: -1 },
    uploadThroughput: bytesPerSecond,
  });
  return session;
}

/** Downloads the file of a card, and returns its bytes. */
export async function download(page: Page, name: string): Promise<{ name: string; bytes: Uint8Array }> {
  const clicked = page.getByRole("button", { name: `Download ${name}` }).click();
  const [saved] = await Promise.all([page.waitForEvent("download"), clicked]);
  return { name: saved.suggestedFilename(), bytes: await Deno.readFile(await saved.path()) };
}
