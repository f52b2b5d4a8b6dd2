/** nginx and Caddy, configured by the examples in the manual. Only ports, paths and the name of the site are replaced. */

import { assert } from "@std/assert";
import { makeCertificate } from "../../src/cli/hosting/certificate.ts";
import { interfaceHosts } from "../../src/cli/platform/machine_addresses.ts";
import { readTopic } from "../../src/manual/topics.ts";
import { newFolder } from "./e2e_home.ts";
import { isInstalled, Program } from "./process.ts";

/** The name in the examples. */
export const SITE = "chat.example.org";
const ADDRESS = "127.0.0.1:5050";
const SOCKET = "/run/confab/confab.sock";
const STREAM_MODULES = "/usr/lib/nginx/modules/ngx_stream_module.so";
const LINUX = Deno.build.os === "linux";

/** An address of this machine at which its connections count as those of another machine; `undefined` without a network. */
export const OUTSIDE: string | undefined = interfaceHosts(false).find((address) => !address.startsWith("127."));

export const HAS_NGINX = LINUX && isInstalled("nginx", ["-v"], /nginx/);
export const HAS_NGINX_STREAM = HAS_NGINX && exists(STREAM_MODULES);
export const HAS_CADDY = LINUX && isInstalled("caddy", ["version"], /\d/);
const ABSENT = { "nginx": !HAS_NGINX, "nginx's module stream": !HAS_NGINX_STREAM, "caddy": !HAS_CADDY };
for (const [name, isAbsent] of Object.entries(ABSENT)) {
  if (isAbsent) console.log(`Tests behind a proxy are skipped: they need ${name}`);
}
if (OUTSIDE === undefined) console.log("Tests behind a proxy are skipped: they need a network");

/** A running proxy. Disposing of it ends it. */
export interface RealProxy extends AsyncDisposable {
  readonly port: number;
  /** Connects as a browser does, from this address. */
  dial(from: string): Promise<Deno.Conn>;
}

/** `server` is its own address, `127.0.0.1:PORT` or `unix:PATH`. With `inFolder` its page is at `/chat/`. */
export async function startNginx(server: string, inFolder = false): Promise<RealProxy> {
  const folder = newFolder();
  const { cert, key } = await makeCertificate([SITE], new Date());
  await Deno.writeTextFile(`${folder}/cert.pem`, cert);
  await Deno.writeTextFile(`${folder}/key.pem`, key);
  const port = freePort();
  const [site, folderOfSite, overSocket] = await examples("nginx");
  const whole = inFolder ? site!.replace(/ *location [^]*?\n {4}\}\n/, folderOfSite!) : site!;
  assert(inFolder === (whole !== site));
  const example = replaced(upstream(whole, "proxy_pass", overSocket!, server), {
    "listen 443 ": `listen ${port} `,
    [`/etc/ssl/certs/${SITE}.pem`]: `${folder}/cert.pem`,
    [`/etc/ssl/private/${SITE}.key`]: `${folder}/key.pem`,
  });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((use) => `${use}_temp_path ${folder}/${use};`).join(" ");
  const program = await runNginx(folder, `http { access_log off; ${temporary}\n${example}}`);
  const dial = async (hostname: string) =>
    await Deno.startTls(await Deno.connect({ hostname, port }), { hostname: SITE, caCerts: [cert] });
  return { port, dial, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}

/** Passes on TCP, with the PROXY protocol. */
export async function startNginxStream(server: string): Promise<RealProxy> {
  const port = freePort();
  const [, , , stream] = await examples("nginx");
  const example = replaced(stream!, { "listen 5051;": `listen ${port};`, [ADDRESS]: server });
  const program = await runNginx(newFolder(), example, `load_module ${STREAM_MODULES};`);
  return plainProxy(program, port);
}

async function runNginx(folder: string, servers: string, modules = ""): Promise<Program> {
  const main = "daemon off; master_process off; error_log stderr notice; events {}";
  await Deno.writeTextFile(`${folder}/nginx.conf`, `${modules} ${main} pid ${folder}/nginx.pid;\n${servers}\n`);
  const program = new Program("nginx", { args: ["-e", "stderr", "-p", folder, "-c", `${folder}/nginx.conf`] });
  // It listens by then.
  await program.stderr.next("event method");
  return program;
}

export async function startCaddy(server: string): Promise<RealProxy> {
  const folder = newFolder();
  const port = freePort();
  const [site, , overSocket] = await examples("caddyfile");
  const example = replaced(upstream(site!, "reverse_proxy", overSocket!, server), { [`${SITE} {`]: `:${port} {` });
  return await runCaddy(folder, port, example);
}

async function runCaddy(folder: string, port: number, example: string): Promise<RealProxy> {
  await Deno.writeTextFile(`${folder}/Caddyfile`, `{\n    admin off\n}\n${example}`);
  const program = new Program("caddy", {
    args: ["run", "--config", `${folder}/Caddyfile`, "--adapter", "caddyfile"],
    home: folder,
  });
  await program.stderr.next("serving initial configuration");
  return plainProxy(program, port);
}

/** Passes browsers on to one of the servers, `HOST:PORT` each. There are as many as in the example. */
export async function startBalancer(servers: readonly string[]): Promise<RealProxy> {
  const folder = newFolder();
  const port = freePort();
  const [, site] = await examples("caddyfile");
  const upstreams = "10.0.0.1:5050 10.0.0.2:5050 10.0.0.3:5050";
  assert(servers.length === upstreams.split(" ").length);
  const example = replaced(site!, { [upstreams]: servers.join(" "), [`${SITE} {`]: `:${port} {` });
  return await runCaddy(folder, port, example);
}

function plainProxy(program: Program, port: number): RealProxy {
  const dial = (hostname: string) => Deno.connect({ hostname, port });
  return { port, dial, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}

/** The blocks of the page in this language. */
async function examples(language: string): Promise<string[]> {
  const page = await readTopic("proxy");
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map(([, block]) => block!);
}

/** Lets the example connect to the server; for a Unix socket by the other line that the page gives. */
function upstream(example: string, directive: string, overSocket: string, server: string): string {
  if (!server.startsWith("unix:")) return replaced(example, { [ADDRESS]: server });
  const line = replaced(overSocket.trim(), { [SOCKET]: server.slice("unix:".length) });
  const changed = example.replace(new RegExp(`${directive} .*`), line);
  assert(changed !== example);
  return changed;
}

function replaced(text: string, words: Readonly<Record<string, string>>): string {
  return Object.entries(words).reduce((sum, [from, to]) => {
    assert(sum.includes(from), `The example has no ${JSON.stringify(from)}:\n${text}`);
    return sum.replaceAll(from, to);
  }, text);
}

function freePort(): number {
  using listener = Deno.listen({ port: 0 });
  return listener.addr.port;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
