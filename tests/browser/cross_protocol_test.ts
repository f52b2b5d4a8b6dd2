/**
 * A web site in a real browser whose name resolves to the server's address (DNS rebinding), and that sends requests to
 * it.
 */

import { assertEquals } from "@std/assert";
import { serve, type Served } from "../helpers/e2e.ts";
import { HAS_CHROMIUM, Visitors } from "./browser.ts";
import { Wire } from "../attacks/wire.ts";

const SITE = "evil.example";
/** Some browsers let no web site reach the local machine. The server must not depend on that. */
const NO_PROTECTION = "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests";
const METHODS = ["patch", "X1", "M-SEARCH", "eve_", "POST", "PUT"];

/** The status of each reply, or `failed` if the browser reported none. */
type Attempts = Readonly<Record<string, number | "failed">>;

/** Runs in the page. Sends requests whose bodies would join and write if the server read them as lines of the chat. */
async function attack([methods, elsewhere]: [string[], string]): Promise<Attempts> {
  const body = 'eve\nhello from a web site\n{"type":"join","name":"mallory"}\n';
  const attempts: Record<string, number | "failed"> = {};
  const statusOf = (url: string, options: RequestInit) =>
    fetch(url, options).then(({ status }) => status, () => "failed" as const);
  for (const method of methods) {
    // A browser that takes long to send a body finds the connection closed before it has read the reply.
    for (let tries = 0; tries < 5 && typeof attempts[method] !== "number"; tries++) {
      attempts[method] = await statusOf("/", { method, body, headers: { Note: "lunch" } });
    }
  }
  attempts.elsewhere = await statusOf(elsewhere, { method: "POST", mode: "no-cors", body });
  navigator.sendBeacon("/", body);
  await new Promise((resolve) => {
    new WebSocket(`${location.origin.replace("http", "ws")}/ws`).addEventListener("error", resolve);
  });
  return attempts;
}

/** Opens a page at the site's name and the server's port. The test serves the page itself, the server all else. */
async function attackFrom(visitors: Visitors, { port }: Served, scheme: "http" | "https"): Promise<Attempts> {
  const page = await visitors.visit("about:blank", { ignoreHTTPSErrors: true });
  const url = `${scheme}://${SITE}:${port}/site`;
  await page.route(url, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
  await page.goto(url);
  return await page.evaluate(attack, [METHODS, `${scheme}://other.example:${port}/`] as [string[], string]);
}

for (const [scheme, options] of [["http", []], ["https", ["--tls"]]] as const) {
  Deno.test({
    name: `a web site whose name resolves to the server's address writes nothing into the chat over ${scheme}`,
    ignore: !HAS_CHROMIUM,
    async fn() {
      await using server = await serve(...options);
      const cert = scheme === "https" ? await Deno.readTextFile(`${server.folder}/cert.pem`) : undefined;
      using ada = await Wire.dial(`localhost:${server.port}`, cert);
      await ada.send({ type: "join", name: "ada" });
      await ada.until(({ type }) => type === "joined");
      await using visitors = await Visitors.open({
        args: ["--host-resolver-rules=MAP *.example 127.0.0.1", NO_PROTECTION],
        allowErrors: true,
      });
      const attempts = await attackFrom(visitors, server, scheme);
      const expected = {
        patch: 501,
        X1: 501,
        "M-SEARCH": 501,
        eve_: 501,
        POST: 403,
        PUT: 403,
        elsewhere: "failed" as const,
      };
      assertEquals(attempts, expected);
      await ada.send({ type: "message", room: "lobby", text: "alone?" });
      // Events of another member would come first.
      const { type, from } = await ada.until(({ type }) => type === "message" || type === "join");
      assertEquals([type, (from as { name: string }).name], ["message", "ada"]);
      await server.stop();
    },
  });
}
