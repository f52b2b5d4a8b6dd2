import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { makeCertificate, readCertificate, trusted } from "../../src/cli/hosting/certificate.ts";
import type { Connection, Listener } from "../../src/transports/connection.ts";
import { listenTcp } from "../../src/transports/tcp.ts";
import { dialTls, lookAtCertificate, TlsFault, type TlsKeyPair } from "../../src/transports/tls.ts";
import { listenTls } from "../../src/transports/tls_listener.ts";
import { connectionContract, FrameReader, lines, type Transport } from "../contracts/connection_contract.ts";
import { isUnknownHost } from "../../src/cli/platform/system_errors.ts";
import { isInstalled } from "../helpers/process.ts";
import { crowdContract, listenerContract } from "../contracts/listener_contract.ts";

const HOST = "127.0.0.1";
const PAIR = await makeCertificate([], new Date());
const OTHER = await makeCertificate([], new Date());

const TLS: Transport = {
  listen: () => listenTls(HOST, 0, PAIR),
  dial: (listener) => dialTls(HOST, portOf(listener), { trusted: trustIn(PAIR) }),
  dialRaw: (listener) => Deno.connectTls({ hostname: HOST, port: portOf(listener), caCerts: [PAIR.cert] }),
};

function portOf(listener: Listener): number {
  return Number(listener.address.split(":").at(-1));
}

function trustIn({ cert }: TlsKeyPair) {
  return trusted(readCertificate(cert))!;
}

async function kindOfFault(dialing: Promise<unknown>): Promise<TlsFault["kind"]> {
  return (await assertRejects(() => dialing, TlsFault)).kind;
}

connectionContract("TLS", TLS);
listenerContract("TLS", TLS);
crowdContract("TLS", () => listenTls(HOST, 0, PAIR));

Deno.test("TLS: each end knows the address of the other, and the handshake ends on both", async () => {
  const listener = listenTls(HOST, 0, PAIR);
  assertMatch(listener.address, /^127\.0\.0\.1:[1-9]\d*$/);
  const [there, here] = await Promise.all([listener.accept(), TLS.dial(listener)]);
  await there!.handshake!();
  assertEquals(here.peer, listener.address);
  assertMatch(there!.peer, /^127\.0\.0\.1:\d+$/);
  for (const end of [here, there!, listener]) end.close();
});

Deno.test("TLS: an accepted connection knows the fingerprint of the certificate that it was accepted with", async () => {
  const listener = listenTls(HOST, 0, { ...PAIR, fingerprint: "first" });
  const [first, one] = await Promise.all([listener.accept(), TLS.dial(listener)]);
  await listener.replace({ ...PAIR, fingerprint: "second" }, () => new Promise((resolve) => setTimeout(resolve)));
  const [second, two] = await Promise.all([listener.accept(), TLS.dial(listener)]);
  assertEquals([first!.tls, second!.tls], ["first", "second"]);
  for (const end of [first!, second!, one, two, listener]) end.close();
});

Deno.test("TLS: successive long writes of JSON differ in length, because Linux acknowledges writes of equal length late", async () => {
  const listener = listenTls(HOST, 0, PAIR);
  const [there, here] = await Promise.all([listener.accept(), TLS.dial(listener)]);
  const [long, short, plain] = [JSON.stringify({ text: "x".repeat(600) }), '{"text":"short"}', "y".repeat(600)];
  const sent = [long, long, long, long, short, short, plain, plain];
  await here.write(lines("{}"));
  await new FrameReader(there!).next();
  for (const line of sent) await there!.write(lines(line));
  await there!.end();
  assertEquals(await new FrameReader(here).rest(), [long, `${long} `, long, `${long} `, short, short, plain, plain]);
  assertEquals(there!.sentBytes, 2 + sent.join("\n").length + 1);
  for (const end of [here, there!, listener]) end.close();
});

Deno.test("TLS: a client whose first byte is not JSON gets each byte unchanged", async () => {
  const listener = listenTls(HOST, 0, PAIR);
  const [there, here] = await Promise.all([listener.accept(), TLS.dial(listener)]);
  await here.write(lines("GET /ws"));
  const reader = there!.frames.getReader();
  while (there!.firstByte === undefined) await reader.read();
  const line = JSON.stringify({ text: "x".repeat(600) });
  for (let count = 0; count < 3; count++) await there!.write(lines(line));
  assertEquals(there!.sentBytes, 3 * (line.length + 1));
  for (const end of [here, there!, listener]) end.close();
});

Deno.test("TLS: listening fails on a port in use, and with the key of another certificate", () => {
  const listener = listenTls(HOST, 0, PAIR);
  assertThrows(() => listenTls(HOST, portOf(listener), PAIR), Deno.errors.AddrInUse);
  assertThrows(() => listenTls(HOST, 0, { cert: PAIR.cert, key: OTHER.key }));
  listener.close();
});

Deno.test("TLS: clients that never begin or never finish the handshake delay no other client, and a close ends their handshakes", async () => {
  const listener = listenTls(HOST, 0, PAIR);
  const silent = await Deno.connect({ hostname: HOST, port: portOf(listener) });
  const halfway = await Deno.connect({ hostname: HOST, port: portOf(listener) });
  // The header of a record whose rest never arrives.
  await halfway.write(Uint8Array.of(0x16, 3, 1, 1, 0, 1, 0, 0, 0xfc));
  const stalled = [(await listener.accept())!, (await listener.accept())!];
  const handshakes = stalled.map((connection) => connection.handshake!().then(() => "done", () => "failed"));
  const [there, here] = await Promise.all([listener.accept(), TLS.dial(listener)]);
  await here.write(lines("not delayed"));
  assertEquals(await new FrameReader(there!).next(), "not delayed");
  for (const connection of stalled) connection.close();
  assertEquals(await Promise.all(handshakes), ["failed", "failed"]);
  for (const end of [here, there!, listener, silent, halfway]) end.close();
});

Deno.test("TLS: a client that sends plain text fails alone and receives an alert", async () => {
  const listener = listenTls(HOST, 0, PAIR);
  const raw = await Deno.connect({ hostname: HOST, port: portOf(listener) });
  await raw.write(lines('{"type":"ping"}'));
  const there = (await listener.accept())!;
  await assertRejects(() => there.handshake!());
  assertEquals(await new FrameReader(there).rest(), []);
  const answer = new Uint8Array(16);
  assert((await raw.read(answer))! > 0);
  assertEquals(answer[0], 0x15);
  for (const end of [there, listener, raw]) end.close();
});

Deno.test("TLS: a server that answers in plain text is reported as `no_tls`, and one that closes as `broken`", async () => {
  for (const [answer, kind] of [["Who are you?", "no_tls"], [undefined, "broken"]] as const) {
    for (const dial of [dialTls, lookAtCertificate] as const) {
      const listener = listenTcp(HOST, 0);
      const answering = listener.accept().then(async (connection) => {
        await connection!.frames.getReader().read();
        if (answer !== undefined) await connection!.write(lines(answer));
        connection!.close();
      });
      assertEquals(await kindOfFault(dial(HOST, portOf(listener))), kind);
      await answering;
      listener.close();
    }
  }
});

Deno.test("TLS: a refused connection and an unknown host are no faults of TLS", async () => {
  const listener = listenTcp(HOST, 0);
  const port = portOf(listener);
  listener.close();
  for (const dial of [dialTls, lookAtCertificate] as const) {
    await assertRejects(() => dial(HOST, port), Deno.errors.ConnectionRefused);
    const error = await assertRejects(() => dial("no-such-host.invalid", port));
    assert(isUnknownHost(error), String(error));
  }
});

/** Dials a server that uses `pair`. Resolves after the server's handshake has ended. */
async function against(pair: TlsKeyPair, dial: (port: number) => Promise<Connection>): Promise<Connection> {
  const listener = listenTls(HOST, 0, pair);
  const serving = listener.accept().then(async (there) => {
    await there!.handshake!().catch(() => {});
    there!.close();
  });
  try {
    return await dial(portOf(listener));
  } finally {
    await serving;
    listener.close();
  }
}

Deno.test("TLS: only the trusted certificate is accepted, whatever the dialed name", async () => {
  const trust = (pair: TlsKeyPair) => ({ trusted: trustIn(pair) });
  (await against(PAIR, (port) => dialTls(HOST, port, trust(PAIR)))).close();
  (await against(PAIR, (port) => dialTls("localhost", port, trust(PAIR)))).close();
  assertEquals(await kindOfFault(against(OTHER, (port) => dialTls(HOST, port, trust(PAIR)))), "certificate");
  assertEquals(await kindOfFault(against(OTHER, (port) => dialTls(HOST, port))), "certificate");
});

Deno.test("TLS: a trusted certificate with an unusable name or encoding is a fault of the certificate", async () => {
  const [pair, broken] = [trustIn(PAIR), PAIR.cert.replaceAll(/^[\w+/=]+$/gm, "AAAA")];
  for (const trusted of [{ ...pair, name: "no name.." }, { ...pair, pem: broken }]) {
    assertEquals(await kindOfFault(against(PAIR, (port) => dialTls(HOST, port, { trusted }))), "certificate");
  }
});

Deno.test("TLS: an expired certificate is rejected even if it is the trusted one", async () => {
  const old = await makeCertificate([], new Date(Date.now() - 11 * 365 * 24 * 60 * 60 * 1_000));
  assertEquals(
    await kindOfFault(against(old, (port) => dialTls(HOST, port, { trusted: trustIn(old) }))),
    "certificate",
  );
});

Deno.test("TLS: looking at a self-signed certificate returns it and sends the server no data", async () => {
  const listener = listenTls(HOST, 0, PAIR);
  const looking = lookAtCertificate(HOST, portOf(listener));
  const there = (await listener.accept())!;
  assertEquals(await looking, readCertificate(PAIR.cert).der);
  assertEquals(await new FrameReader(there).rest(), []);
  for (const end of [there, listener]) end.close();
});

Deno.test("TLS: a server that copied a certificate without its key is not trusted", {
  ignore: !isInstalled("openssl", ["version"], /OpenSSL/),
}, async () => {
  const folder = await Deno.makeTempDir({ prefix: "confab-tls-" });
  try {
    await Deno.writeTextFile(`${folder}/cert.pem`, PAIR.cert);
    await Deno.writeTextFile(`${folder}/key.pem`, impostorKey(PAIR.key, OTHER.key));
    const args = ["s_server", "-accept", `${HOST}:0`, "-cert", "cert.pem", "-key", "key.pem"];
    await using impostor = new Impostor(args, folder);
    const port = await impostor.port();
    assertEquals(await kindOfFault(dialTls(HOST, port, { trusted: trustIn(PAIR) })), "certificate");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("TLS: a pinned certificate of an authority that this machine does not trust is refused", {
  ignore: !isInstalled("openssl", ["version"], /OpenSSL 3/),
}, async () => {
  const folder = await Deno.makeTempDir({ prefix: "confab-tls-" });
  try {
    const made = (name: string, ...issuer: readonly string[]) => makePair(folder, name, issuer);
    const authority = made("authority");
    const pair = made("server", "-CA", "authority.cert", "-CAkey", "authority.key");
    const trustedBy = (pem: string) => (port: number) => dialTls(HOST, port, { trusted: { ...trustIn(pair), pem } });
    assertEquals(await kindOfFault(against(pair, trustedBy(pair.cert))), "certificate");
    (await against(pair, trustedBy(authority.cert))).close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("TLS: an abort ends dialing and looking, even in the middle of a handshake", async () => {
  const listener = listenTcp(HOST, 0);
  for (const dial of [(signal: AbortSignal) => dialTls(HOST, portOf(listener), { signal }), lookWith]) {
    await assertRejects(() => dial(AbortSignal.abort(new Error("enough"))), Error, "enough");
    const control = new AbortController();
    const dialing = dial(control.signal);
    const there = (await listener.accept())!;
    // The client has begun its handshake, and no answer follows.
    await there.frames.getReader().read();
    control.abort(new Error("enough"));
    await assertRejects(() => dialing, Error, "enough");
    there.close();
  }
  // The aborted attempt has ended once another connection has opened and closed.
  const last = listener.accept().then((there) => there!.close());
  await assertRejects(() => lookAtCertificate(HOST, portOf(listener)));
  await last;
  listener.close();

  function lookWith(signal: AbortSignal): Promise<Uint8Array> {
    return lookAtCertificate(HOST, portOf(listener), signal);
  }
});

/** Creates a certificate with OpenSSL, self-signed without an issuer. */
function makePair(cwd: string, name: string, issuer: readonly string[]): TlsKeyPair {
  const files = ["-keyout", `${name}.key`, "-out", `${name}.cert`];
  const extension = issuer.length === 0
    ? []
    : ["subjectAltName=DNS:chat.example.org", "basicConstraints=CA:FALSE"].flatMap((text) => ["-addext", text]);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const args = ["req", "-x509", ...key, "-subj", `/CN=${name}`, ...extension, ...issuer, ...files];
  const { success, stderr } = new Deno.Command("openssl", { args, cwd }).outputSync();
  assert(success, new TextDecoder().decode(stderr));
  const [cert, secret] = ["cert", "key"].map((end) => Deno.readTextFileSync(`${cwd}/${name}.${end}`));
  return { cert: cert!, key: secret! };
}

/** Combines the public key of `copied` with the private key of `own`. OpenSSL accepts it as the key of `copied`. */
function impostorKey(copied: string, own: string): string {
  const der = derOf(copied);
  secretOf(der).set(secretOf(derOf(own)));
  return `-----BEGIN PRIVATE KEY-----\n${der.toBase64()}\n-----END PRIVATE KEY-----\n`;
}

function derOf(pem: string): Uint8Array {
  return Uint8Array.fromBase64(pem.replace(/-----[A-Z ]+-----/g, ""));
}

/** The 32 bytes after `version 1` and the header of an octet string in an EC private key: RFC 5915, section 3. */
function secretOf(der: Uint8Array): Uint8Array {
  const head = [2, 1, 1, 4, 32];
  const start = der.findIndex((_, at) => head.every((byte, offset) => der[at + offset] === byte));
  assert(start > 0);
  return der.subarray(start + head.length, start + head.length + 32);
}

/** A TLS server by OpenSSL that uses a certificate without its key. */
class Impostor implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  constructor(args: readonly string[], cwd: string) {
    this.#child = new Deno.Command("openssl", { args: [...args], cwd, stdin: "piped", stdout: "piped", stderr: "null" })
      .spawn();
  }

  /** Reads the port from the output of OpenSSL. */
  async port(): Promise<number> {
    let output = "";
    const reader = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    try {
      while (true) {
        const port = /^ACCEPT \S+:(\d+)\s/m.exec(output)?.[1];
        if (port !== undefined) return Number(port);
        const { value, done } = await reader.read();
        if (done) throw new Error(`openssl s_server ended: ${output}`);
        output += value;
      }
    } finally {
      await reader.cancel();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.stdin.close().catch(() => {});
    await this.#child.status;
  }
}
