import { assertEquals } from "@std/assert";
import { serve } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { HAS_CHROMIUM, joinAs, say, Visitors, waitForMessage } from "./browser.ts";
import { chooseFiles, download, madeBytes, writeFile } from "./file_pages.ts";
import { FolderProxy } from "./folder_proxy.ts";

Deno.test({
  name:
    "below a folder of a proxy, links to rooms with an invite, the chat, files and the manual work, and nothing asks outside",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--password", "open sesame", "--rate", "0");
    await using proxy = new FolderProxy("/tools/chat/", server.port);
    await using visitors = await Visitors.open();
    const page = await visitors.visit(`${proxy.url}build#.open%20sesame`);
    assertEquals(page.url(), `${proxy.url}r/build`);
    await joinAs(page, "zoe");
    await say(page, "hello from a folder");
    await waitForMessage(page, "hello from a folder");
    await page.reload();
    await waitForMessage(page, "hello from a folder");
    await chooseFiles(page, await writeFile("notes.txt", madeBytes(10)));
    await page.locator("#attached li").waitFor();
    await page.getByRole("button", { name: "Send", exact: true }).click();
    assertEquals((await download(page, "notes.txt")).bytes, madeBytes(10));

    const opened = page.waitForEvent("popup");
    await page.getByRole("link", { name: "Manual" }).click();
    const manual = await opened;
    assertEquals(manual.url(), `${proxy.url}help`);
    await manual.getByRole("main").getByRole("link", { name: "Guide" }).click();
    await manual.getByRole("heading", { level: 1, name: "Guide" }).waitFor();
    await manual.getByRole("navigation", { name: "Manual" }).getByRole("link", { name: "Manual" }).click();
    await manual.getByRole("heading", { level: 1, name: "Manual" }).waitFor();
    assertEquals(manual.url(), `${proxy.url}help`);
    await manual.goto(`${proxy.url}help/`);
    await manual.getByRole("main").getByRole("link", { name: "Guide" }).click();
    await manual.getByRole("heading", { level: 1, name: "Guide" }).waitFor();
    await manual.getByRole("link", { name: "Confab", exact: true }).click();
    await manual.getByRole("heading", { level: 1, name: "Confab" }).waitFor();
    assertEquals(manual.url(), proxy.url);
    assertEquals(proxy.strays, []);
    await server.stop();
  },
});

Deno.test({
  name: "servers in two folders of one host share nothing in the browser",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--memory", "--rate", "0");
    await using proxy = new FolderProxy("/chat/", server.port);
    await using visitors = await Visitors.open();
    await using ada = await Peer.join(server.address, "ada");
    const page = await visitors.visit(proxy.url);
    await joinAs(page, "zoe");
    await say(page, "hello");
    await ada.next({ type: "message", text: "hello" });
    const keys = await page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]);
    assertEquals(keys.filter((key) => !key.startsWith("confab /chat/ ")), []);
    await server.stop();
  },
});
