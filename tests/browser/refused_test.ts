import { serve, serveAgain } from "../helpers/e2e.ts";
import { HAS_CHROMIUM, joinAs, Visitors } from "./browser.ts";
import { FolderProxy } from "./folder_proxy.ts";

const SITE = "chat.example";
const OPTIONS = { args: [`--host-resolver-rules=MAP ${SITE} 127.0.0.1`], allowErrors: true };

Deno.test({
  name: "a page whose proxy hides its name from the server says what to ask the operator for",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--memory", "--origin", SITE);
    await using proxy = new FolderProxy("/", server.port, server.address);
    await using visitors = await Visitors.open(OPTIONS);
    const page = await visitors.visit(`http://${SITE}:${proxy.port}/`);
    await page.getByLabel("Your name").fill("zoe");
    await page.getByRole("button", { name: "Join", exact: true }).click();
    const alert = page.getByRole("alert").filter({
      hasText: "ask the operator to let the proxy pass the Host header on",
    });
    await alert.filter({ hasText: `--origin ${SITE}` }).waitFor();
    await server.stop();
  },
});

Deno.test({
  name: "a page whose server has restarted without its name says which option it needs, and returns once it has it",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--origin", SITE);
    await using visitors = await Visitors.open(OPTIONS);
    const page = await visitors.visit(`http://${SITE}:${server.port}/`);
    await joinAs(page, "zoe");
    server.program.kill("SIGKILL");
    await using without = await serveAgain(server);
    await page.getByText(`ask the operator to start it with --origin ${SITE}. Reconnecting`).waitFor();
    without.program.kill("SIGKILL");
    await using again = await serveAgain(without, "--origin", SITE);
    await page.locator("#status[data-kind=online]").waitFor({ state: "attached" });
    await again.stop();
  },
});
