import { join } from "node:path";
import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type Certificate,
  formatFingerprint,
  makeCertificate,
  readCertificate,
} from "../../../src/cli/hosting/certificate.ts";
import { KnownServers } from "../../../src/cli/joining/known_servers.ts";
import { dialTrusted } from "../../../src/cli/joining/tls_dialer.ts";
import { Untrusted } from "../../../src/client/link/dial.ts";
import type { TlsKeyPair } from "../../../src/transports/tls.ts";
import { listenTls } from "../../../src/transports/tls_listener.ts";
import type { Listener } from "../../../src/transports/connection.ts";

const HAS_MODES = Deno.build.os !== "windows";
const HOST = "127.0.0.1";
const SINCE = "2026-01-02T03:04:05.678Z";
const PAIR = await makeCertificate([], new Date());
const OTHER = await makeCertificate([], new Date());
const OURS = readCertificate(PAIR.cert);
const THEIRS = readCertificate(OTHER.cert);

class Folder implements Disposable {
  readonly #root = Deno.makeTempDirSync({ prefix: "confab-known-" });
  readonly path = join(this.#root, "deep", "state");
  readonly file = join(this.path, "known_servers");

  open(): KnownServers {
    return new KnownServers(this.path);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#root, { recursive: true });
  }
}

/** Serves with one certificate after another on the same port, and counts completed handshakes. */
class Server implements AsyncDisposable {
  greeted = 0;
  accepted = 0;
  readonly port: number;
  #listener: Listener;
  #serving: Promise<void>;

  constructor(pair: TlsKeyPair) {
    this.#listener = listenTls(HOST, 0, pair);
    this.port = Number(this.#listener.address.split(":").at(-1));
    this.#serving = this.#serve();
  }

  async swap(pair: TlsKeyPair): Promise<void> {
    await this[Symbol.asyncDispose]();
    this.#listener = listenTls(HOST, this.port, pair);
    this.#serving = this.#serve();
  }

  async #serve(): Promise<void> {
    const listener = this.#listener;
    for (let there = await listener.accept(); there !== undefined; there = await listener.accept()) {
      this.accepted++;
      await there.handshake!().then(() => this.greeted++, () => {});
      // Anything that the client sends before it hangs up would be counted here.
      const { value } = await there.frames.getReader().read();
      assertEquals(value, undefined);
      there.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving;
  }
}

interface Dialed {
  readonly told: string[];
  readonly fault?: Error;
}

async function dial(
  server: Server,
  servers: KnownServers,
  fingerprint?: string,
  announced?: string,
): Promise<Dialed> {
  const told: string[] = [];
  const notify = (line: string) => void told.push(line);
  try {
    (await dialTrusted({ host: HOST, port: server.port, servers, notify, fingerprint, announced })).close();
    return { told };
  } catch (fault) {
    return { told, fault: fault as Error };
  }
}

function assertUntrusted({ fault }: Dialed, ...parts: readonly string[]): void {
  assert(fault instanceof Untrusted, String(fault));
  for (const part of parts) assertStringIncludes(fault.message, part);
}

const shown = ({ fingerprint }: Certificate) => formatFingerprint(fingerprint);

Deno.test("a known server is found by the next program, and so are others", () => {
  using folder = new Folder();
  assertEquals(folder.open().find("a:1"), undefined);
  folder.open().keep("a:1", { certificate: OURS, since: SINCE });
  folder.open().keep("[::1]:1", { certificate: THEIRS, since: SINCE });
  assertEquals(folder.open().find("a:1"), { certificate: OURS, since: SINCE });
  assertEquals(folder.open().find("[::1]:1")?.certificate.fingerprint, THEIRS.fingerprint);
  folder.open().keep("a:1", { certificate: THEIRS, since: SINCE });
  assertEquals(folder.open().find("a:1")?.certificate.fingerprint, THEIRS.fingerprint);
  assertEquals(Deno.readTextFileSync(folder.file).trimEnd().split("\n").length, 2);
});

Deno.test({
  name: "the file and its folder are private",
  ignore: !HAS_MODES,
  fn() {
    using folder = new Folder();
    folder.open().keep("a:1", { certificate: OURS, since: SINCE });
    const mode = (path: string) => (Deno.statSync(path).mode! & 0o777).toString(8);
    assertEquals([mode(folder.path), mode(folder.file)], ["700", "600"]);
  },
});

Deno.test("a damaged line does not count as a first connection, and affects no other server", () => {
  using folder = new Folder();
  for (const server of ["a:1", "b:2"]) folder.open().keep(server, { certificate: OURS, since: SINCE });
  const good = Deno.readTextFileSync(folder.file);
  const damages = [good.replace("SHA256:", "SHA256:x"), good.replace(/ MII\S+/, ""), good.replace(/ MII/, " MIX")];
  for (const damaged of damages) {
    Deno.writeTextFileSync(folder.file, damaged);
    const error = assertThrows(() => folder.open().find("a:1"), Error, "the line of a:1");
    assertStringIncludes(error.message, folder.file);
    assertEquals(folder.open().find("b:2")?.since, SINCE);
  }
});

Deno.test("programs that add servers at the same time lose none", async () => {
  using folder = new Folder();
  const module = new URL("../../../src/cli/", import.meta.url);
  const meet = (server: string) =>
    new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        "--no-check",
        `
        import { KnownServers } from ${JSON.stringify(new URL("joining/known_servers.ts", module).href)};
        import { readCertificate } from ${JSON.stringify(new URL("hosting/certificate.ts", module).href)};
        const certificate = readCertificate(${JSON.stringify(PAIR.cert)});
        const servers = new KnownServers(${JSON.stringify(folder.path)});
        for (let n = 0; n < 50; n++) servers.keep(${JSON.stringify(server)} + n, { certificate, since: "now" });
      `,
      ],
      stderr: "inherit",
    }).output();
  const exits = await Promise.all(["a:", "b:", "c:"].map(meet));
  assertEquals(exits.map(({ code }) => code), [0, 0, 0]);
  assertEquals(Deno.readTextFileSync(folder.file).trimEnd().split("\n").length, 150);
});

Deno.test("a server is announced to the user once, and then verified in one handshake", async () => {
  using folder = new Folder();
  await using server = new Server(PAIR);
  const first = await dial(server, folder.open());
  assertEquals([first.fault, first.told.length], [undefined, 1]);
  for (const part of [shown(OURS), `${HOST}:${server.port}`, folder.file]) assertStringIncludes(first.told[0]!, part);
  const before = server.accepted;
  assertEquals(await dial(server, folder.open()), { told: [] });
  assertEquals(server.accepted, before + 1);
});

Deno.test("a changed certificate is refused every time with both fingerprints, and the file stays", async () => {
  using folder = new Folder();
  await using server = new Server(PAIR);
  await dial(server, folder.open());
  const kept = Deno.readTextFileSync(folder.file);
  await server.swap(OTHER);
  for (let attempt = 0; attempt < 2; attempt++) {
    assertUntrusted(await dial(server, folder.open()), shown(OURS), shown(THEIRS), folder.file);
  }
  assertEquals(Deno.readTextFileSync(folder.file), kept);
  await server.swap(PAIR);
  assertEquals(await dial(server, folder.open()), { told: [] });
});

Deno.test("an invite's fingerprint is the only accepted one, and overrides the remembered one", async () => {
  using folder = new Folder();
  await using server = new Server(PAIR);
  assertUntrusted(await dial(server, folder.open(), THEIRS.fingerprint), shown(OURS), shown(THEIRS), "invite");
  assertEquals(folder.open().find(`${HOST}:${server.port}`), undefined);
  assertEquals(await dial(server, folder.open(), OURS.fingerprint), { told: [] });
  await server.swap(OTHER);
  assertUntrusted(await dial(server, folder.open(), OURS.fingerprint), "invite");
  assertEquals(await dial(server, folder.open(), THEIRS.fingerprint), { told: [] });
  assertEquals(await dial(server, folder.open()), { told: [] });
});

Deno.test("without a file the same process still refuses a changed certificate", async () => {
  await using server = new Server(PAIR);
  const servers = new KnownServers(undefined);
  assertStringIncludes((await dial(server, servers)).told[0]!, shown(OURS));
  await server.swap(OTHER);
  assertUntrusted(await dial(server, servers), shown(OURS), shown(THEIRS));
  assertEquals((await dial(server, new KnownServers(undefined))).fault, undefined);
});

Deno.test("an expired certificate is never accepted", async () => {
  using folder = new Folder();
  const old = await makeCertificate([], new Date(Date.now() - 11 * 365 * 24 * 60 * 60 * 1_000));
  await using server = new Server(old);
  assertUntrusted(await dial(server, folder.open()), shown(readCertificate(old.cert)));
  assertEquals(folder.open().find(`${HOST}:${server.port}`), undefined);
});

Deno.test("a refused connection is not an error of trust", async () => {
  const listener = listenTls(HOST, 0, PAIR);
  const port = Number(listener.address.split(":").at(-1));
  listener.close();
  const options = { host: HOST, port, servers: new KnownServers(undefined), notify: () => {} };
  await assertRejects(() => dialTrusted(options), Deno.errors.ConnectionRefused);
});

Deno.test("a certificate other than the announced one is refused at the first connection, and a known one overrides it", async () => {
  await using server = new Server(PAIR);
  const servers = new KnownServers(undefined);
  const wrong = await dial(server, servers, undefined, THEIRS.fingerprint);
  assertUntrusted(wrong, "announced", shown(OURS), shown(THEIRS));
  assertEquals([servers.find(`${HOST}:${server.port}`), wrong.told], [undefined, []]);
  const right = await dial(server, servers, undefined, OURS.fingerprint);
  assertStringIncludes(right.told[0]!, shown(OURS));
  assertEquals(await dial(server, servers, undefined, THEIRS.fingerprint), { told: [] });
  await server.swap(OTHER);
  assertUntrusted(await dial(server, servers, undefined, THEIRS.fingerprint), "has changed");
});
