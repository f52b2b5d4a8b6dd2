import { join } from "node:path";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { makeCertificate, readCertificate } from "../../../src/cli/hosting/certificate.ts";
import { createDialer } from "../../../src/cli/joining/dialer.ts";
import { openHostMemory } from "../../../src/cli/joining/known_hosts.ts";
import { Client } from "../../../src/client/client.ts";
import type { Status } from "../../../src/client/client_event.ts";
import { parseKnownHosts } from "../../../src/client/hosts/remembered_hosts.ts";
import { Untrusted } from "../../../src/client/link/dial.ts";
import { foundRoster, signHostProof } from "../../../src/identity/host_signature.ts";
import type { SigningKey } from "../../../src/identity/identity_keys.ts";
import { keyText } from "../../../src/identity/text_signature.ts";
import { WEB_CRYPTO_KEYS } from "../../../src/identity/web_crypto_keys.ts";
import { type Roster, rosterStatements } from "../../../src/protocol/hosts/roster.ts";
import type { Endpoint } from "../../../src/protocol/address/endpoint.ts";
import { TIME } from "../../helpers/sample_rosters.ts";
import { ChatDoors } from "../../helpers/chat_doors.ts";
import { joined, welcome } from "../../client/harness.ts";

const NEVER = new AbortController().signal;
const SERVER_NONCE = "server nonce";

/** A TLS port on this machine, which hands each connection to `serve`. */
class TlsPort implements AsyncDisposable {
  readonly address: Endpoint & { readonly kind: "tcp" };
  readonly #listener: Deno.TlsListener;
  readonly #accepting: Promise<void>;
  readonly #open: Promise<void>[] = [];

  constructor(
    pair: { readonly cert: string; readonly key: string },
    serve: (conn: Deno.TlsConn) => Promise<void>,
    port = 0,
  ) {
    this.#listener = Deno.listenTls({ hostname: "127.0.0.1", port, ...pair });
    this.address = { kind: "tcp", host: "127.0.0.1", port: this.#listener.addr.port };
    this.#accepting = this.#accept(serve);
  }

  async #accept(serve: (conn: Deno.TlsConn) => Promise<void>): Promise<void> {
    // A client that looks at the certificate breaks off the handshake, so reading fails.
    for await (const conn of this.#listener) {
      this.#open.push(serve(conn).catch(() => {}).then(() => closeQuietly(conn)));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    await Promise.all(this.#open);
  }
}

/** Closes a connection whose streams may have closed it. */
function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // It is closed.
  }
}

/** A shared chat, and its host, which serves until the client leaves. */
class Host {
  readonly roster: Roster;
  readonly #key: SigningKey;
  /** The commands that it got. */
  readonly commands: string[] = [];

  constructor(roster: Roster, key: SigningKey) {
    this.roster = roster;
    this.#key = key;
  }

  static async found(): Promise<Host> {
    const key = await WEB_CRYPTO_KEYS.makeSigningKey(false);
    const owner = { key: keyText(key), member: "m-1", name: "ada" };
    return new Host(await foundRoster(WEB_CRYPTO_KEYS, "s-1", owner, TIME), key);
  }

  /** Serves one connection with this certificate. */
  async serve(conn: Deno.TlsConn, tls: string): Promise<void> {
    const { chat, chatKey } = this.roster;
    const host = { key: keyText(this.#key), name: "ada" };
    const hosted = { key: chatKey, term: 1, host };
    await send(conn, { ...welcome("s-1"), chat, nonce: SERVER_NONCE, hosted });
    for await (const line of conn.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new Lines())) {
      const command = JSON.parse(line);
      this.commands.push(command.type);
      if (command.type === "prove") {
        const proof = { chat, chatKey, term: 1, key: host.key, tls, clientNonce: command.nonce };
        const signature = await signHostProof(this.#key, { ...proof, serverNonce: SERVER_NONCE });
        const roster = rosterStatements(this.roster);
        await send(conn, { type: "hosting", ref: command.ref, chat, ...hosted, tls, signature, roster });
      } else if (command.type === "join") await send(conn, joined());
      else if (command.type === "leave") return;
    }
  }
}

class Lines extends TransformStream<string, string> {
  constructor() {
    let rest = "";
    super({
      transform: (text, controller) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop()!;
        for (const line of lines) controller.enqueue(line);
      },
    });
  }
}

async function send(conn: Deno.TlsConn, event: object): Promise<void> {
  const writer = conn.writable.getWriter();
  await writer.write(new TextEncoder().encode(`${JSON.stringify(event)}\n`));
  writer.releaseLock();
}

/** Joins with an invite that has the chat's key. Resolves with the last status: online, after which the client leaves, or closed. */
async function joinWith(chatKey: string, address: TlsPort["address"], stateFolder?: string): Promise<Status> {
  const { dial, chatServers } = createDialer({ address, tls: { chatKey }, stateFolder }, () => {});
  const end = Promise.withResolvers<Status>();
  const client = new Client({
    ...{ dial, ...chatServers(), name: "ada", acceptSuggestion: false, rooms: ["lobby"] },
    onEvent: (event) => {
      if (event.type !== "status") return;
      if (event.status.kind === "online" || event.status.kind === "closed") end.resolve(event.status);
    },
  });
  client.start();
  const status = await end.promise;
  await client.close();
  return status;
}

async function makePair() {
  const pair = await makeCertificate([], new Date());
  return { pair, fingerprint: readCertificate(pair.cert).fingerprint };
}

Deno.test("an invite with the chat's key joins whichever certificate the host has, and a relay with another one is found out", async () => {
  const chat = await Host.found();
  const folder = Deno.makeTempDirSync({ prefix: "confab-shared-" });
  try {
    for (const { pair, fingerprint } of [await makePair(), await makePair()]) {
      await using port = new TlsPort(pair, (conn) => chat.serve(conn, fingerprint));
      assertEquals((await joinWith(chat.roster.chatKey, port.address, join(folder, "state"))).kind, "online");
      const before = chat.commands.length;
      await using relay = new TlsPort((await makePair()).pair, (conn) => pass(conn, port.address, pair.cert));
      const status = await joinWith(chat.roster.chatKey, relay.address, join(folder, "state"));
      assert(status.kind === "closed" && status.cause === "untrusted");
      assertStringIncludes(status.reason, "its certificate is not the host's");
      assertEquals(chat.commands.slice(before).filter((type) => type !== "ping"), ["prove"]);
    }
    assertEquals(openHostMemory(join(folder, "state"), chat.roster.chatKey).load()?.term, 1);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

/** Passes all bytes on to the host with this certificate, as a machine in the middle does. */
async function pass(client: Deno.TlsConn, { host, port }: Endpoint, cert: string): Promise<void> {
  await client.handshake();
  const far = await Deno.connectTls({ hostname: host, port, caCerts: [cert] });
  const ways = [client.readable.pipeTo(far.writable), far.readable.pipeTo(client.writable)];
  await Promise.race(ways.map((way) => way.catch(() => {})));
  closeQuietly(client);
  closeQuietly(far);
  await Promise.allSettled(ways);
}

Deno.test("a server that is not shared, or another chat, is refused before anything is told to it", async () => {
  const [chat, other] = [await Host.found(), await Host.found()];
  const { pair, fingerprint } = await makePair();
  await using doors = new ChatDoors(1, pair);
  const [host, port] = doors.doors[0]!.address.split(":");
  await using foreign = new TlsPort(pair, (conn) => other.serve(conn, fingerprint));
  for (const address of [{ kind: "tcp", host: host!, port: Number(port) }, foreign.address] as const) {
    const status = await joinWith(chat.roster.chatKey, address);
    assert(status.kind === "closed" && status.cause === "untrusted");
    assertStringIncludes(status.reason, "another chat");
  }
  assertEquals(other.commands.filter((type) => type !== "ping"), []);
});

Deno.test("further connections must have the certificate on which the host has proved itself", async () => {
  const chat = await Host.found();
  const { pair, fingerprint } = await makePair();
  const plan = { tls: { chatKey: chat.roster.chatKey }, stateFolder: undefined };
  const first = new TlsPort(pair, (conn) => chat.serve(conn, fingerprint));
  const { dial, openLink, seenCertificate, reach } = createDialer({ ...plan, address: first.address }, () => {});
  (await dial(NEVER)).close();
  assertEquals(seenCertificate(), fingerprint);
  assertEquals(reach()?.chatKey, chat.roster.chatKey);
  (await openLink(NEVER)).close();
  await first[Symbol.asyncDispose]();
  const { port } = first.address;
  const later = await makePair();
  await using _ = new TlsPort(later.pair, (conn) => chat.serve(conn, later.fingerprint), port);
  await assertRejects(() => openLink(NEVER), Untrusted, "is not trusted");
  (await dial(NEVER)).close();
  assertEquals(seenCertificate(), later.fingerprint);
});

Deno.test("what is remembered of hosts is that of the chat's key, and a damaged line counts as none", async () => {
  const { roster } = await Host.found();
  const folder = Deno.makeTempDirSync({ prefix: "confab-shared-" });
  const state = join(folder, "state");
  try {
    const known = { roster, term: 7, host: "k" };
    openHostMemory(state, roster.chatKey).save(known);
    assertEquals(openHostMemory(state, roster.chatKey).load(), known);
    assertEquals(openHostMemory(state, "another key").load(), undefined);
    assertEquals(openHostMemory(undefined, roster.chatKey).load(), undefined);
    Deno.writeTextFileSync(join(state, "known_hosts"), `${roster.chatKey} {"term":`);
    assertEquals(openHostMemory(state, roster.chatKey).load(), undefined);
    for (const bad of [{ ...known, term: 2 ** 53 }, { ...known, roster: { ...roster, owners: [{}] } }, null, 5]) {
      assertEquals(parseKnownHosts(JSON.stringify(bad), roster.chatKey), undefined);
    }
    assertEquals(parseKnownHosts(JSON.stringify(known), "another key"), undefined);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
