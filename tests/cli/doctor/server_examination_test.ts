import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { EXIT } from "../../../src/cli/args/exit_codes.ts";
import { type NamedFinding, perform } from "../../../src/cli/doctor/check_result.ts";
import { ServerExamination } from "../../../src/cli/doctor/server_examination.ts";
import type { ServerTools } from "../../../src/cli/doctor/server_tools.ts";
import { type Certificate, makeCertificate, readCertificate } from "../../../src/cli/hosting/certificate.ts";
import type { Destination } from "../../../src/cli/joining/destination.ts";
import { PROTOCOL_VERSION } from "../../../src/protocol/conventions.ts";
import type { Connection } from "../../../src/transports/connection.ts";
import { TlsFault } from "../../../src/transports/tls.ts";

const NOW = Date.UTC(2026, 10, 29, 9);
const DAY_MS = 24 * 60 * 60 * 1_000;
const NEVER = new AbortController().signal;
const PLAIN: Destination = { address: { kind: "tcp", host: "chat.example.org", port: 5050 }, tls: false };

/** A server that answers each line; each answer takes 10 ms by the given clock. */
interface FakeServer {
  readonly connection: Connection;
  readonly stopwatch: () => number;
}

function answering(answer: (ref: string, first: boolean) => readonly string[]): FakeServer {
  const frames = new TransformStream<readonly string[], readonly string[]>();
  const writer = frames.writable.getWriter();
  let time = 0;
  let first = true;
  const connection: Connection = {
    peer: "fake",
    firstByte: undefined,
    receivedBytes: 0,
    sentBytes: 0,
    frames: frames.readable,
    write(chunk) {
      const { ref } = JSON.parse(new TextDecoder().decode(chunk));
      time += 10;
      void writer.write(answer(ref, first)).catch(() => {});
      first = false;
      return Promise.resolve();
    },
    end: () => Promise.resolve(),
    // The check of the connection closes it, and the greeting gets the same one.
    close: () => {},
  };
  return { connection, stopwatch: () => (time += 5) };
}

function welcome(protocol = PROTOCOL_VERSION): string {
  const limits = { lineBytes: 1, nameChars: 1, textBytes: 1, rooms: 1, page: 1 };
  return JSON.stringify({ type: "welcome", protocol, server: { id: "1", name: "Tea", version: "0.1.0" }, limits });
}

function confabServer(at?: string, protocol?: number): FakeServer {
  return answering((ref, first) => [...first ? [welcome(protocol)] : [], JSON.stringify({ type: "pong", ref, at })]);
}

const NO_TLS = () => Promise.reject(new TlsFault("no_tls", "wrong version number"));

function toolsOf({ connection, stopwatch }: FakeServer, changes: Partial<ServerTools> = {}): ServerTools {
  return {
    lookup: () => Promise.resolve(["192.0.2.7"]),
    dial: () => Promise.resolve(connection),
    dialTls: () => Promise.resolve(connection),
    look: NO_TLS,
    servers: { path: "/known_servers", find: () => undefined },
    now: () => NOW,
    stopwatch,
    ...changes,
  };
}

Deno.test("the other servers of a chat are examined after the first one, as a client would use them", async () => {
  const listed = ["192.0.2.7:5050", "192.0.2.8:5050", "192.0.2.9:5050", "10.0.0.1:22", "192.0.2.10:5050"];
  const greeting = { ...JSON.parse(welcome()), servers: listed };
  const first = answering((
    ref,
    first,
  ) => [...first ? [JSON.stringify(greeting)] : [], JSON.stringify({ type: "pong", ref })]);
  const remoteAddress = "192.0.2.7";
  const other = { ...greeting, server: { ...greeting.server, id: "2" } };
  const tools = toolsOf(first, {
    dial: (address) => {
      const host = address.kind === "tcp" ? address.host : "";
      if (host === "192.0.2.10") return Promise.reject(new Deno.errors.ConnectionRefused("refused"));
      const server = host === "192.0.2.8"
        ? confabServer()
        : host === "192.0.2.9"
        ? answering((ref) => [JSON.stringify(other), JSON.stringify({ type: "pong", ref })])
        : first;
      return Promise.resolve({ ...server.connection, remoteAddress });
    },
  });
  const examination = new ServerExamination(PLAIN, tools);
  assertEquals(examination.checksOfOthers, []);
  for (const check of examination.checks) await perform(check, NEVER);
  const findings = await Promise.all(examination.checksOfOthers.map((check) => perform(check, NEVER)));
  assertEquals(findings.map(({ check, verdict, found }) => `${check}, ${verdict}: ${found}`), [
    "Other server, ok: 192.0.2.8:5050 has the same chat",
    "Other server, warning: 192.0.2.9:5050 has another chat",
    "Other server, note: 10.0.0.1:22 is not used: a server farther away has listed it",
    "Other server, warning: 192.0.2.10:5050 cannot be used: connection refused; check the address and that the server is running",
  ]);
});

/** The findings up to the first failure, by the names of the checks. */
async function examine(
  tools: ServerTools,
  destination: Destination = PLAIN,
): Promise<Record<string, NamedFinding>> {
  const findings: Record<string, NamedFinding> = {};
  const examination = new ServerExamination(destination, tools);
  for (const check of examination.checks) {
    const finding = findings[check.name] = await perform(check, NEVER);
    if (finding.verdict === "failed") break;
  }
  examination.close();
  return findings;
}

function assertFailed(finding: NamedFinding | undefined, code: number, says: RegExp): void {
  assertEquals([finding?.verdict, finding?.verdict === "failed" && finding.code], ["failed", code], finding?.found);
  assertMatch(finding!.found, says);
}

Deno.test("a plain server is well, with a note that others can read along unless it is on this machine", async () => {
  const { Encryption, ...others } = await examine(toolsOf(confabServer(new Date(NOW).toISOString())));
  assertEquals(Object.entries(others).map(([name, { verdict }]) => `${name} ${verdict}`), [
    "Name lookup ok",
    "Connection ok",
    "Greeting ok",
    "Round trip ok",
    "Server clock ok",
  ]);
  assertEquals(Encryption?.verdict, "note");
  const here = await examine(toolsOf(confabServer()), {
    ...PLAIN,
    address: { kind: "tcp", host: "127.0.0.1", port: 1 },
  });
  assertEquals([here["Encryption"]?.verdict, here["Server clock"]?.verdict], ["ok", "note"]);
});

Deno.test("an unknown host, a refused connection and a connection in vain end the examination with what to do", async () => {
  const server = confabServer();
  const unknown = await examine(toolsOf(server, { lookup: () => Promise.reject(new Error("ENOTFOUND")) }));
  assertFailed(unknown["Name lookup"], EXIT.cannotConnect, /^Unknown host "chat\.example\.org"$/);
  assertEquals(Object.keys(unknown), ["Name lookup"]);
  const refused = await examine(toolsOf(server, { dial: () => Promise.reject(new Deno.errors.ConnectionRefused()) }));
  assertFailed(refused["Connection"], EXIT.cannotConnect, /^Connection refused by chat\.example\.org/);
  assert(refused["Connection"]?.next !== undefined);
});

Deno.test("a Unix socket has no name, no certificate and no network", async () => {
  const findings = await examine(toolsOf(confabServer()), { address: { kind: "unix", path: "/s" }, tls: false });
  assertEquals(Object.keys(findings), ["Connection", "Greeting", "Round trip", "Server clock"]);
});

async function certificateAt(ms: number): Promise<Certificate> {
  return readCertificate((await makeCertificate([], new Date(ms))).cert);
}

/** A TLS server that shows this certificate. */
function showing({ der }: Certificate, changes: Partial<ServerTools> = {}): ServerTools {
  return toolsOf(confabServer(), { look: () => Promise.resolve(der), ...changes });
}

function remembering(certificate: Certificate): Partial<ServerTools> {
  return { servers: { path: "/known_servers", find: () => ({ certificate, since: "2026-11-01T00:00:00Z" }) } };
}

Deno.test("a certificate is compared with known_servers and with the invite", async () => {
  const [own, other] = [await certificateAt(NOW), await certificateAt(NOW)];
  const encryption = async (tools: ServerTools, fingerprint?: string) =>
    (await examine(tools, { ...PLAIN, tls: true, fingerprint }))["Encryption"];
  assertMatch((await encryption(showing(own)))!.found, /not known yet, valid until 2036-/);
  assertMatch((await encryption(showing(own, remembering(own))))!.found, /the same since 2026-11-01/);
  assertMatch((await encryption(showing(own), own.fingerprint))!.found, /as in the invite/);
  const changed = await encryption(showing(own, remembering(other)));
  assertFailed(changed, EXIT.untrusted, new RegExp(`${own.fingerprint}, and was SHA256:${other.fingerprint}`));
  assertStringIncludes(changed!.next!, "chat.example.org:5050 from /known_servers");
  assertFailed(await encryption(showing(own), other.fingerprint), EXIT.untrusted, /the invite has/);
});

Deno.test("a certificate that has expired, or is not valid yet, fails, and one that ends soon is a warning", async () => {
  const life = 3_650 * DAY_MS;
  const at = async (ms: number) => (await examine(showing(await certificateAt(ms))))["Encryption"];
  assertFailed(await at(NOW - life - DAY_MS), EXIT.untrusted, /expired on 2026-11-28/);
  assertFailed(await at(NOW + 3 * DAY_MS), EXIT.untrusted, /not valid before/);
  const soon = await at(NOW - life + 5 * DAY_MS);
  assertEquals([soon?.verdict, soon?.found], ["warning", "The certificate expires on 2026-12-04, in 5 days"]);
});

Deno.test("a server without the key of its certificate, or without TLS although it had it, is not trusted", async () => {
  const own = await certificateAt(NOW);
  const copied = () => Promise.reject(new TlsFault("certificate", "invalid peer certificate: BadSignature"));
  assertFailed((await examine(showing(own, { dialTls: copied })))["Encryption"], EXIT.untrusted, /cannot be verified/);
  const downgraded = await examine(toolsOf(confabServer(), remembering(own)));
  assertFailed(downgraded["Encryption"], EXIT.untrusted, /does not use TLS, but did since/);
  const invited = await examine(toolsOf(confabServer()), { ...PLAIN, tls: true });
  assertFailed(invited["Encryption"], EXIT.cannotConnect, /^TLS fails/);
});

Deno.test("a newer protocol, a full server and another program are told apart", async () => {
  const newer = await examine(toolsOf(confabServer(undefined, PROTOCOL_VERSION + 1)));
  assertFailed(newer["Greeting"], EXIT.refused, /this program speaks version 1$/);
  const full = answering(() => ['{"type":"error","code":"server_full","message":"The server is full"}']);
  assertFailed((await examine(toolsOf(full)))["Greeting"], EXIT.refused, /The server is full$/);
  const other = answering(() => Array.from({ length: 1_000 }, (_, n) => `220 mail.example.org ${n}`));
  assertFailed((await examine(toolsOf(other)))["Greeting"], EXIT.cannotConnect, /"220 mail\.example\.org 0"$/);
});

Deno.test("a server that sends lines without end is read up to a limit", async () => {
  let sent = 0;
  const frames = new ReadableStream<readonly string[]>({ pull: (to) => (sent++, to.enqueue(['{"type":"ping"}'])) });
  const connection: Connection = { ...confabServer().connection, frames };
  const { Greeting } = await examine(toolsOf({ connection, stopwatch: () => 0 }));
  assertFailed(Greeting, EXIT.cannotConnect, /^No answer/);
  assert(sent < 100, `${sent} lines`);
});

Deno.test("the round trip and the clock are measured, and are warnings beyond their limits", async () => {
  const good = await examine(toolsOf(confabServer(new Date(NOW + 2_000).toISOString())));
  assertMatch(good["Round trip"]!.found, /^\d+(\.\d)? ms to the server and back$/);
  assertMatch(good["Server clock"]!.found, /^The server's clock is 2\.0 s ahead of this machine's$/);
  const late = await examine(toolsOf(confabServer(new Date(NOW - 3_600_000).toISOString())));
  assertEquals(late["Server clock"]?.verdict, "warning");
  const { connection } = confabServer();
  let time = 0;
  const slow = await examine(toolsOf({ connection, stopwatch: () => time += 2_000 }));
  assertEquals(slow["Round trip"]?.verdict, "warning");
  const hostile = await examine(toolsOf(confabServer("\x1b[2J no time")));
  assertEquals(hostile["Server clock"]?.found, "The server does not tell its time");
});
