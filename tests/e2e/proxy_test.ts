/** Real proxies before the server. They run the examples of the manual. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Wire } from "../attacks/wire.ts";
import { serve, type Served } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { inTime } from "../helpers/process_lines.ts";
import {
  HAS_CADDY,
  HAS_NGINX,
  HAS_NGINX_STREAM,
  OUTSIDE,
  type RealProxy,
  SITE,
  startCaddy,
  startNginx,
  startNginxStream,
} from "../helpers/real_proxies.ts";
import { Visitor } from "../helpers/visitor.ts";

const ADMIN_PASSWORD = "crane and gantry";
/** The addresses of a visitor on another machine, and of one on this machine. */
const OTHER = OUTSIDE ?? "";
const HERE = "127.0.0.1";

async function serveBehind(...options: readonly string[]): Promise<Served> {
  const file = `${newFolder()}/admin`;
  await Deno.writeTextFile(file, ADMIN_PASSWORD);
  return await serve(
    ...["--memory", "--origin", SITE, "--connections-per-address", "2", "--admin-password-file", file],
    ...options,
  );
}

/** A connection of the operator, around the proxy. */
async function dialOwner(server: Served): Promise<Wire> {
  const dialing: Promise<Deno.Conn> = server.address.startsWith("unix:")
    ? Deno.connect({ transport: "unix", path: server.address.slice("unix:".length) })
    : Deno.connect({ hostname: HERE, port: server.port });
  const owner = new Wire(await inTime(dialing, () => "a connection of the operator"));
  await owner.send({ type: "auth", password: ADMIN_PASSWORD });
  await owner.until(({ type }) => type === "authenticated");
  return owner;
}

function assertPage(response: string): void {
  const page = response.slice(0, 2_000);
  assertMatch(page, /^HTTP\/1\.1 200 /);
  assertMatch(page, /<!doctype html>/i);
}

/** The page, the chat, the limits of an address and a ban, as the clients of the proxy have them. */
async function assertHosts(server: Served, proxy: RealProxy, origin: string): Promise<void> {
  const host = origin.replace(/^.*\//, "");
  assertPage(await Visitor.page(await proxy.dial(OTHER), host));
  assertMatch(await server.program.stderr.next("connected"), new RegExp(`peer=${OTHER} `));

  const eve = await Visitor.join(await proxy.dial(OTHER), origin, "eve");
  assertEquals(eve.reply.type, "joined");
  const spare = await Visitor.join(await proxy.dial(OTHER), origin, "spare");
  assertStringIncludes(String(await Visitor.open(await proxy.dial(OTHER), origin)), " 429 ");
  assertMatch(await server.program.stderr.next("refused"), new RegExp(`peer=${OTHER} reason=too_many_connections`));

  using owner = await dialOwner(server);
  await owner.send({ type: "ban", name: "eve", also: "address" });
  const { restriction } = await owner.until(({ type }) => type === "restriction");
  assertEquals((restriction as { address: string }).address, OTHER);
  eve.visitor[Symbol.dispose]();
  spare.visitor[Symbol.dispose]();
  for (let gone = 0; gone < 2; gone++) await server.program.stderr.next(`disconnected peer=${OTHER}`);

  const again = await Visitor.join(await proxy.dial(OTHER), origin, "mallory");
  assertEquals(again.reply.code, "forbidden");
  const ada = await Visitor.join(await proxy.dial(HERE), origin, "ada");
  assertEquals(ada.reply.type, "joined");
  for (const { visitor } of [again, ada]) visitor[Symbol.dispose]();
}

function overTcpAndUnix(name: string, isThere: boolean, start: (server: string) => Promise<RealProxy>, origin: string) {
  const ignore = !isThere || OUTSIDE === undefined;
  Deno.test(`${name}: the manual's example serves the page and the chat, and limits and bans see the real addresses`, {
    ignore,
  }, async () => {
    await using server = await serveBehind("--proxy", HERE);
    await using proxy = await start(`${HERE}:${server.port}`);
    await assertHosts(server, proxy, origin);
    await server.stop();
  });

  Deno.test(`${name}: the same over a Unix socket`, { ignore }, async () => {
    const path = `${newFolder()}/s`;
    await using server = await serveBehind("--no-tcp", "--unix", path, "--proxy", "unix");
    await using proxy = await start(`unix:${path}`);
    await assertHosts(server, proxy, origin);
    await server.stop();
  });
}

overTcpAndUnix("nginx", HAS_NGINX, startNginx, `https://${SITE}`);
overTcpAndUnix("Caddy", HAS_CADDY, startCaddy, `https://${SITE}`);

Deno.test("nginx: the manual's example of a folder serves the page, its manual and the chat below that folder", {
  ignore: !HAS_NGINX || OUTSIDE === undefined,
}, async () => {
  await using server = await serveBehind("--proxy", HERE);
  await using proxy = await startNginx(`${HERE}:${server.port}`, true);
  for (const path of ["/chat/", "/chat/r/build", "/chat/help"]) {
    assertPage(await Visitor.page(await proxy.dial(OTHER), SITE, path));
  }
  assertMatch(await Visitor.page(await proxy.dial(OTHER), SITE, "/"), /^HTTP\/1\.1 404 /);
  assertMatch(await Visitor.page(await proxy.dial(OTHER), SITE, "/chat/build"), /^location: r\/build\r$/im);
  const { visitor, reply } = await Visitor.join(await proxy.dial(OTHER), `https://${SITE}/chat/`, "eve");
  assertEquals(reply.type, "joined");
  visitor[Symbol.dispose]();
  await server.stop();
});

Deno.test("nginx stream: the manual's example passes on terminals and browsers with their real addresses", {
  ignore: !HAS_NGINX_STREAM || OUTSIDE === undefined,
}, async () => {
  await using server = await serveBehind("--proxy", HERE);
  await using proxy = await startNginxStream(`${HERE}:${server.port}`);
  using eve = new Wire(await proxy.dial(OTHER));
  await eve.send({ type: "join", name: "eve" });
  await eve.until(({ type }) => type === "joined");
  assertMatch(await server.program.stderr.next("connected"), new RegExp(`peer=${OTHER}:\\d+ `));
  using silent = new Wire(await proxy.dial(OTHER));
  await server.program.stderr.next("connected");
  const full = new Wire(await proxy.dial(OTHER));
  assertStringIncludes(await full.text(), '"too_many_connections"');
  full.close();
  silent.close();
  await server.program.stderr.next(`disconnected peer=${OTHER}`);
  assertPage(await Visitor.page(await proxy.dial(OTHER), SITE));
  await server.stop();
});

Deno.test("a server without --proxy says once what to do when a proxy on this machine passes on a browser", {
  ignore: !HAS_CADDY || OUTSIDE === undefined,
}, async () => {
  await using server = await serveBehind();
  await using proxy = await startCaddy(`${HERE}:${server.port}`);
  for (let time = 0; time < 2; time++) await Visitor.page(await proxy.dial(OTHER), SITE);
  assertMatch(await server.program.stderr.next("proxy noticed"), /--proxy 127\.0\.0\.1,/);
  assertEquals(server.program.stderr.all.filter((line) => line.includes("proxy noticed")).length, 1);
  await server.stop();
});

Deno.test("with --tls the server says at the start that it reads no PROXY protocol, and believes HTTP headers", async () => {
  await using server = await serve("--tls", "--proxy", HERE);
  await server.program.stdout.next("PROXY protocol needs a port without TLS");
  const cert = await Deno.readTextFile(`${server.folder}/cert.pem`);
  const dial = () => Deno.connectTls({ hostname: "localhost", port: server.port, caCerts: [cert] });
  using visitor = await Visitor.open(await dial(), "https://localhost", ["X-Forwarded-For: 203.0.113.5"]) as Visitor;
  await visitor.next(({ type }) => type === "welcome");
  assertMatch(await server.program.stderr.next("connected"), /peer=203\.0\.113\.5 /);
  using liar = new Wire(await dial());
  await liar.write(new TextEncoder().encode("PROXY TCP4 203.0.113.6 127.0.0.1 5 6\r\n"));
  assertStringIncludes(await liar.text(), "looks like the PROXY protocol");
  await server.stop();
});
