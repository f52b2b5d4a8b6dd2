import { join } from "node:path";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { makeCertificate, readCertificate } from "../../../src/cli/hosting/certificate.ts";
import type { ServerPlan } from "../../../src/cli/joining/connect_plan.ts";
import { createDialer } from "../../../src/cli/joining/dialer.ts";
import { KnownChats } from "../../../src/cli/joining/known_chats.ts";
import { Untrusted } from "../../../src/client/link/dial.ts";
import { parseEndpoint } from "../../../src/protocol/address/endpoint.ts";
import { MAX_SERVERS_KNOWN } from "../../../src/protocol/limits.ts";
import { ChatDoors } from "../../helpers/chat_doors.ts";

const NEVER = new AbortController().signal;
const CHAT = "01a1fc07-b55d-7000-8eb7-9182220cae53";

class StateFolder implements Disposable {
  readonly path = join(Deno.makeTempDirSync({ prefix: "confab-dialer-" }), "state");

  [Symbol.dispose](): void {
    Deno.removeSync(join(this.path, ".."), { recursive: true });
  }
}

function planTo(address: string, rest: Partial<ServerPlan> = {}): ServerPlan {
  return { address: { kind: "tcp", ...parseEndpoint(address) }, stateFolder: undefined, ...rest };
}

Deno.test("a known chat survives a restart, a damaged line counts as none, and a chat without others is forgotten", () => {
  using folder = new StateFolder();
  let now = 0;
  const known = { chat: `${CHAT} %\n`, others: [parseEndpoint("10.0.0.2:5050"), parseEndpoint("[fd00::3]:1")] };
  const chats = new KnownChats(folder.path, () => now);
  chats.keep("a:1", known);
  assertEquals(new KnownChats(folder.path).find("a:1"), known);
  assertEquals(new KnownChats(undefined).find("a:1"), undefined);
  assertEquals(new KnownChats(folder.path).homeOf(known.chat), { host: "a", port: 1 });
  assertEquals(new KnownChats(folder.path).homeOf(CHAT), undefined);
  // A server that changes its list all the time does not make the client write.
  for (let port = 1; port <= 99; port++) chats.keep("a:1", { chat: CHAT, others: [{ host: "h", port }] });
  assertEquals(chats.find("a:1")?.others, [{ host: "h", port: 99 }]);
  assertEquals(new KnownChats(folder.path).find("a:1")?.others, [{ host: "h", port: 15 }]);
  now = 60_000;
  chats.keep("a:1", { chat: CHAT, others: [] });
  assertEquals(new KnownChats(folder.path).find("a:1"), undefined);
  now = 120_000;
  for (const chat of ["\ud800", "x".repeat(70_000)]) chats.keep("b:1", { chat, others: known.others });
  assertEquals(new KnownChats(folder.path).find("b:1"), undefined);
  Deno.writeTextFileSync(
    join(folder.path, "known_chats"),
    `b:1 id ok:1 % x:0 ${"h:1 ".repeat(99)}\na:1 %E0%A4%A x:1\n`,
  );
  assertEquals(new KnownChats(folder.path).homeOf("id"), { host: "b", port: 1 });
  assertEquals(new KnownChats(folder.path).find("a:1"), undefined);
  assert(new KnownChats(folder.path).find("b:1")!.others.length <= MAX_SERVERS_KNOWN);
});

Deno.test("further connections, and the host that a key signs for, are those of the server that was reached last", async () => {
  await using chat = new ChatDoors(2);
  const [first, second] = chat.doors;
  const { dial, openLink, dialedHost } = createDialer(
    planTo(first!.address.replace("127.0.0.1", "localhost")),
    () => {},
  );
  (await dial(NEVER)).close();
  assertEquals(dialedHost(), "localhost");
  (await dial(NEVER, parseEndpoint(second!.address))).close();
  (await openLink(NEVER)).close();
  assertEquals([dialedHost(), first!.accepted, second!.accepted], ["127.0.0.1", 1, 2]);
  first!.die();
  await assertRejects(() => dial(NEVER), Error, "localhost");
  assertEquals(dialedHost(), "127.0.0.1");
});

Deno.test("with TLS another server must have the certificate of the first one, or that of the invite", async () => {
  const pair = await makeCertificate([], new Date());
  const { fingerprint } = readCertificate(pair.cert);
  await using chat = new ChatDoors(2, pair);
  await using impostor = new ChatDoors(1, await makeCertificate([], new Date()));
  await using plain = new ChatDoors(1);
  const [first, second] = chat.doors.map(({ address }) => address);
  const other = parseEndpoint(second!);
  const notes: string[] = [];
  const notify = (line: string) => notes.push(line);

  // Nothing is known of the first server: the certificate of another one is not accepted for the first time.
  const fresh = createDialer(planTo(first!, { tls: {} }), notify);
  await assertRejects(() => fresh.dial(NEVER, other), Untrusted, "is not trusted");
  (await fresh.dial(NEVER)).close();
  (await fresh.dial(NEVER, other)).close();
  assertEquals(notes.length, 1);
  assertEquals(fresh.seenCertificate(), fingerprint);

  // The first server is down from the start, and the invite has its fingerprint.
  using folder = new StateFolder();
  const invited = createDialer(planTo(first!, { tls: { fingerprint }, stateFolder: folder.path }), notify);
  (await invited.dial(NEVER, other)).close();
  const later = createDialer(planTo(first!, { tls: {}, stateFolder: folder.path }), notify);
  (await later.dial(NEVER)).close();
  assertEquals(notes.length, 1, "One certificate is kept for all servers of the chat");
  for (const dialer of [fresh, invited, later]) {
    await assertRejects(() => dialer.dial(NEVER, parseEndpoint(impostor.doors[0]!.address)), Untrusted);
    await assertRejects(() => dialer.dial(NEVER, parseEndpoint(plain.doors[0]!.address)));
  }
  assertEquals(impostor.server.statistics.messages, 0);
});

Deno.test("a client begins with the servers of the invite and of the last run, and invites name those that the chat has listed", () => {
  using folder = new StateFolder();
  const others = [parseEndpoint("10.0.0.7:1")];
  const plan = planTo("10.0.0.1:5050", { stateFolder: folder.path, others });
  const dialer = createDialer(plan, () => {});
  assertEquals(dialer.reach(), {
    addresses: ["10.0.0.1:5050"],
    tls: false,
    fingerprint: undefined,
    others: ["10.0.0.7:1"],
  });
  new KnownChats(folder.path).keep("10.0.0.1:5050", { chat: CHAT, others: [parseEndpoint("10.0.0.2:5050")] });
  const again = createDialer(plan, () => {});
  assertEquals(again.reach()?.others, ["10.0.0.2:5050"]);
  const { route, chat } = again.chatServers();
  assertEquals([chat, route!.others.map(({ host }) => host)], [CHAT, ["10.0.0.2", "10.0.0.7"]]);
  assertEquals(
    createDialer({ address: { kind: "unix", path: "/x" }, stateFolder: undefined, others }, () => {}).chatServers(),
    {},
  );
});
