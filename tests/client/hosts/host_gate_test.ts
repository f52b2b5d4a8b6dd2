import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { createHostGates } from "../../../src/client/hosts/host_gate.ts";
import type { KnownHosts, SeenTls } from "../../../src/client/hosts/host_verifier.ts";
import { ServerRoute } from "../../../src/client/link/server_route.ts";
import { foundRoster, mergeVerified, signHostProof, signStatement } from "../../../src/identity/host_signature.ts";
import type { SigningKey } from "../../../src/identity/identity_keys.ts";
import { keyText, type SignedText, verifyText } from "../../../src/identity/text_signature.ts";
import { WEB_CRYPTO_KEYS } from "../../../src/identity/web_crypto_keys.ts";
import type { HostProof } from "../../../src/protocol/hosts/host_proof.ts";
import { draftStatement, type Roster, rosterStatements } from "../../../src/protocol/hosts/roster.ts";
import { TERM_LEAP } from "../../../src/protocol/limits.ts";
import type { HostingEvent, ServerEvent, WelcomeEvent } from "../../../src/protocol/messages/messages.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { SAMPLE_EVENTS } from "../../helpers/sample_events.ts";
import { TIME } from "../../helpers/sample_rosters.ts";
import { type FakeServer, Harness, joined, roomMessage, welcome } from "../harness.ts";

const verify = (signed: SignedText) => verifyText(WEB_CRYPTO_KEYS, signed);
const makeKey = () => WEB_CRYPTO_KEYS.makeSigningKey(false);

/** A chat of an owner who has added one host. */
class SharedChatScene {
  readonly owner: SigningKey;
  readonly host: SigningKey;
  /** Before the host was added. */
  readonly first: Roster;
  roster: Roster;

  constructor(owner: SigningKey, host: SigningKey, first: Roster) {
    this.owner = owner;
    this.host = host;
    this.first = this.roster = first;
  }

  static async found(): Promise<SharedChatScene> {
    const owner = await makeKey();
    const founder = { key: keyText(owner), member: "m-1", name: "ada" };
    const first = await foundRoster(WEB_CRYPTO_KEYS, "s-1", founder, TIME);
    const scene = new SharedChatScene(owner, await makeKey(), first);
    await scene.change("add");
    return scene;
  }

  /** The owner adds or removes the host. */
  async change(action: "add" | "remove"): Promise<void> {
    const change = { action, role: "host", key: keyText(this.host), member: "m-2", name: "bob" } as const;
    const draft = draftStatement(this.roster, change, keyText(this.owner), TIME);
    this.roster = await mergeVerified(this.roster, [await signStatement(this.owner, this.roster, draft)], verify);
  }

  welcome(change: Partial<WelcomeEvent> = {}): WelcomeEvent {
    const host = { key: keyText(this.host), name: "bob" };
    const hosted = { key: this.roster.chatKey, term: 3, host };
    return { ...welcome(), chat: "s-1", nonce: "server nonce", hosted, ...change };
  }

  /** The answer of the host, honest unless it is changed: `signed` is what its proof says, `event` what it says itself. */
  async hosting(clientNonce: string, { by = this.host, signed = {}, event = {} }: Lie = {}): Promise<HostingEvent> {
    const { chat, chatKey } = this.roster;
    const key = keyText(by);
    const proof = { chat, chatKey, term: 3, key, clientNonce, serverNonce: "server nonce", ...signed };
    const { term, tls } = proof;
    const answer = { chat, key: chatKey, term, host: { key, name: "bob" }, ...tls === undefined ? {} : { tls } };
    const signature = await signHostProof(by, proof);
    return { type: "hosting", ref: "prove", ...answer, signature, roster: rosterStatements(this.roster), ...event };
  }
}

interface Lie {
  readonly by?: SigningKey;
  readonly signed?: Partial<HostProof>;
  readonly event?: Partial<HostingEvent>;
}

interface Given {
  readonly known?: KnownHosts;
  readonly tls?: SeenTls;
  readonly route?: ServerRoute;
  readonly check?: typeof verify;
  readonly retryFirst?: boolean;
  readonly clock?: FakeClock;
}

/** A client that knows the chat's key, and what it remembers. */
function clientOf(
  { roster: { chatKey } }: SharedChatScene,
  { known, tls = "plain", check = verify, ...options }: Given = {},
) {
  const kept: { known: KnownHosts | undefined } = { known };
  let links = 0;
  const openGate = createHostGates({
    ...{ chatKey, verify: check, seenTls: () => tls },
    memory: { load: () => kept.known, save: (hosts) => kept.known = hosts },
    newNonce: () => `client-nonce-${++links}`.padEnd(24, "-"),
  });
  const harness = new Harness({ openGate, ...options });
  harness.client.start();
  return { harness, kept };
}

const nonceOf = (link: number) => `client-nonce-${link}`.padEnd(24, "-");

/** Greets the client, and returns its next command after the answer, and how it ended. */
async function greet(server: FakeServer, greeting: ServerEvent): Promise<void> {
  assertEquals(await server.next(), { type: "ping" });
  server.send(greeting, { type: "pong" });
}

/** The reason why a client closes when the server answers so. It must not have sent anything but its question. */
async function refusalOf(scene: SharedChatScene, answer: Promise<ServerEvent>, given: Given = {}): Promise<string> {
  const { harness } = clientOf(scene, given);
  const server = await harness.dialed();
  await greet(server, scene.welcome());
  assertEquals(await server.next(), { type: "prove", ref: "prove", nonce: nonceOf(1) });
  server.send(await answer);
  assertEquals(await server.next(), undefined);
  const { cause, reason } = await harness.untilStatus("closed");
  assertEquals(cause, "untrusted", reason);
  assertEquals(harness.received, []);
  assertEquals(harness.clock.timers, 0);
  return reason;
}

Deno.test("a client asks the host of a shared chat for its proof, joins after it, and remembers roster and term", async () => {
  const scene = await SharedChatScene.found();
  const { harness, kept } = clientOf(scene);
  const server = await harness.dialed();
  await greet(server, scene.welcome());
  assertEquals(await server.next(), { type: "prove", ref: "prove", nonce: nonceOf(1) });
  harness.client.join("dev");
  assertEquals(await server.commands(), []);
  server.send(await scene.hosting(nonceOf(1)));
  assertEquals((await server.next())?.type, "join");
  assertEquals(kept.known, { roster: scene.roster, term: 3, host: keyText(scene.host) });
  server.send(joined());
  await harness.finish(server);
});

Deno.test("nothing that an unproved server sends reaches the client, which sends no messages to it", async () => {
  const scene = await SharedChatScene.found();
  const { harness } = clientOf(scene);
  harness.client.send({ room: "lobby" }, "secret");
  const server = await harness.dialed();
  await greet(server, scene.welcome());
  server.send(joined(), roomMessage(1), { type: "servers", servers: ["192.0.2.9:1"] }, scene.welcome());
  assertEquals(await server.commands(), [{ type: "prove", ref: "prove", nonce: nonceOf(1) }]);
  assertEquals(harness.received, []);
  assertEquals(harness.state.servers, []);
  server.send(await scene.hosting(nonceOf(1)));
  assertEquals((await server.next())?.type, "join");
  await harness.finish(server);
});

Deno.test("a client tells a server of another chat nothing at all", async () => {
  const scene = await SharedChatScene.found();
  const other = await SharedChatScene.found();
  const { chat: _, ...nameless } = scene.welcome();
  for (const greeting of [welcome(), nameless, other.welcome()]) {
    const { harness } = clientOf(scene);
    const server = await harness.dialed();
    await greet(server, greeting);
    assertEquals(await server.next(), undefined);
    const { cause, reason } = await harness.untilStatus("closed");
    assertEquals(cause, "untrusted");
    assertStringIncludes(reason, "another chat");
  }
});

Deno.test("each false part of a proof is refused", async () => {
  const scene = await SharedChatScene.found();
  const stranger = await makeKey();
  const other = await SharedChatScene.found();
  const founder = { key: keyText(stranger), member: "m-9", name: "eve" };
  const forged = await signStatement(stranger, scene.roster, {
    ...{ number: 9, action: "add", role: "host", ...founder, time: TIME, by: keyText(stranger) },
  });
  const claimed = [...rosterStatements(scene.roster), { ...forged, by: keyText(scene.owner) }];
  const lies: readonly (readonly [string, Lie])[] = [
    ["did not prove", { signed: { clientNonce: "another" } }],
    ["did not prove", { signed: { serverNonce: "another" } }],
    ["did not prove", { signed: { chat: "s-2" } }],
    ["did not prove", { signed: { chatKey: other.roster.chatKey } }],
    ["did not prove", { event: { term: 4 } }],
    ["did not prove", { event: { signature: "A".repeat(86) } }],
    ["did not prove", { event: { signature: "" } }],
    ["did not prove", { by: stranger, event: { host: { key: keyText(scene.host), name: "bob" } } }],
    ["another chat", { event: { key: other.roster.chatKey } }],
    ["another chat", { event: { chat: "s-2" } }],
    ["may not host", { by: stranger }],
    ["may not host", { by: stranger, event: { roster: claimed } }],
    ["may not host", { by: stranger, event: { roster: [...claimed, forged] } }],
    ["may not host", { event: { roster: rosterStatements(scene.first) } }],
    ["who owns the chat", { event: { roster: [] } }],
    ["who owns the chat", { by: other.host, event: { roster: rosterStatements(other.roster) } }],
    ["who owns the chat", { event: { roster: rosterStatements(scene.roster).slice(1) } }],
    ["certificate", { signed: { tls: "fingerprint" } }],
    ["too far above", { signed: { term: 0 } }],
    ["too far above", { signed: { term: 2 ** 53 } }],
    ["too far above", { signed: { term: 1.5 } }],
  ];
  for (const [expected, lie] of lies) {
    const reason = await refusalOf(scene, scene.hosting(nonceOf(1), lie));
    assertStringIncludes(reason, expected, JSON.stringify(lie));
  }
});

Deno.test("an error in place of the proof ends the link, and so does silence", async () => {
  const scene = await SharedChatScene.found();
  const error = { type: "error", ref: "prove", code: "not_shared", message: "One host only" } as const;
  assertStringIncludes(await refusalOf(scene, Promise.resolve(error)), "One host only");
  const { harness } = clientOf(scene);
  const server = await harness.dialed();
  await greet(server, scene.welcome());
  await server.next();
  harness.clock.advance(60_000);
  assertEquals(await server.next(), undefined);
  assertStringIncludes((await harness.untilStatus("closed")).reason, "No proof of a host within");
});

Deno.test("the certificate must be the one that the client saw on this connection", async () => {
  const scene = await SharedChatScene.found();
  for (const seen of ["a", undefined, "vouched"] as const) {
    for (const tls of ["a", "b", undefined]) {
      const given: Given = { tls: seen === "a" ? { fingerprint: "a" } : seen ?? "plain" };
      const answer = scene.hosting(nonceOf(1), { signed: tls === undefined ? {} : { tls } });
      if (seen !== "vouched" && seen !== tls) {
        assertStringIncludes(await refusalOf(scene, answer, given), "its certificate is not the host's");
        continue;
      }
      const { harness } = clientOf(scene, given);
      const server = await harness.dialed();
      await greet(server, scene.welcome());
      await server.next();
      server.send(await answer);
      assertEquals((await server.next())?.type, "join");
      await harness.finish(server);
    }
  }
});

Deno.test("a removed host cannot come back with an earlier roster, and its term no longer counts", async () => {
  const scene = await SharedChatScene.found();
  const before = scene.roster;
  await scene.change("remove");
  const removed = scene.roster;
  scene.roster = before;
  const known = { roster: removed, term: 3, host: keyText(scene.host) };
  assertStringIncludes(await refusalOf(scene, scene.hosting(nonceOf(1)), { known }), "may not host this chat");
  const { harness, kept } = clientOf(scene, { known: { ...known, term: 1_000 } });
  const server = await harness.dialed();
  await greet(server, scene.welcome());
  await server.next();
  server.send(await scene.hosting(nonceOf(1), { by: scene.owner, signed: { term: 4 } }));
  assertEquals((await server.next())?.type, "join");
  assertEquals(kept.known, { roster: removed, term: 4, host: keyText(scene.owner) });
  await harness.finish(server);
});

Deno.test("a term is accepted from the highest known one to a leap above it", async () => {
  const scene = await SharedChatScene.found();
  const known = { roster: scene.roster, term: 10, host: keyText(scene.owner) };
  const answer = (term: number) => scene.hosting(nonceOf(1), { signed: { term } });
  assertStringIncludes(await refusalOf(scene, answer(11 + TERM_LEAP), { known }), "too far above");
  for (const term of [10, 10 + TERM_LEAP]) {
    const { harness, kept } = clientOf(scene, { known });
    const server = await harness.dialed();
    await greet(server, scene.welcome());
    await server.next();
    server.send(await answer(term));
    assertEquals((await server.next())?.type, "join");
    assertEquals(kept.known?.term, term);
    await harness.finish(server);
  }
});

Deno.test("after an older host, and after a lost one, a client goes on with other servers, each of which must prove itself", async () => {
  const scene = await SharedChatScene.found();
  const clock = new FakeClock();
  const others = [{ host: "192.0.2.2", port: 5050 }];
  const home = { host: "192.0.2.1", port: 5050 };
  const route = new ServerRoute({ clock, random: () => 0.5, home, others, changed: () => {} });
  const known = { roster: scene.roster, term: 3, host: keyText(scene.owner) };
  const { harness, kept } = clientOf(scene, { known, clock, route });
  const older = await harness.dialed();
  await greet(older, scene.welcome());
  await older.next();
  older.send(await scene.hosting(nonceOf(1), { signed: { term: 2 } }));
  assertEquals(await older.next(), undefined);
  assertStringIncludes((await harness.untilStatus("waiting")).reason, "This is an older host");
  clock.advance(100);
  const newer = await harness.dialed();
  assertEquals(newer.address, "192.0.2.2:5050");
  await greet(newer, scene.welcome());
  assertEquals(await newer.next(), { type: "prove", ref: "prove", nonce: nonceOf(2) });
  newer.send(await scene.hosting(nonceOf(2), { signed: { term: 4 } }));
  assertEquals((await newer.next())?.type, "join");
  newer.send(joined());
  await harness.untilStatus("online");
  newer.close();
  clock.advance((await harness.untilStatus("waiting")).retryAt - clock.now());
  const impostor = await harness.dialed();
  await greet(impostor, scene.welcome());
  assertEquals(await impostor.next(), { type: "prove", ref: "prove", nonce: nonceOf(3) });
  impostor.send(await scene.hosting(nonceOf(2), { signed: { term: 5 } }));
  assertEquals(await impostor.next(), undefined);
  assertStringIncludes((await harness.untilStatus("waiting")).reason, "may be intercepted");
  assertEquals(kept.known?.term, 4);
  await harness.finish();
});

Deno.test("a client that was in the chat waits for its host when another server has the address", async () => {
  const scene = await SharedChatScene.found();
  const { harness } = clientOf(scene);
  const server = await harness.dialed();
  await greet(server, scene.welcome());
  await server.next();
  server.send(await scene.hosting(nonceOf(1)));
  await server.next();
  server.send(joined());
  await harness.untilStatus("online");
  const impostor = await harness.redial(server);
  await greet(impostor, welcome("s-9"));
  assertEquals(await impostor.next(), undefined);
  assertStringIncludes((await harness.untilStatus("waiting")).reason, "another chat");
  await harness.finish();
});

Deno.test("a chat with the same key but another id is refused by a client that knows the id", async () => {
  const scene = await SharedChatScene.found();
  const known = { roster: { ...scene.roster, chat: "s-2" }, term: 1, host: keyText(scene.owner) };
  assertStringIncludes(await refusalOf(scene, scene.hosting(nonceOf(1)), { known }), "another chat");
});

Deno.test("further answers cost the client nothing, and one that is checked after the end changes nothing", async () => {
  const scene = await SharedChatScene.found();
  const checks: PromiseWithResolvers<boolean>[] = [];
  const began = Promise.withResolvers<void>();
  const check = () => {
    const result = Promise.withResolvers<boolean>();
    checks.push(result);
    began.resolve();
    return result.promise;
  };
  const known = { roster: scene.roster, term: 3, host: keyText(scene.host) };
  const { harness, kept } = clientOf(scene, { known, check });
  const server = await harness.dialed();
  await greet(server, scene.welcome());
  await server.next();
  const answer = await scene.hosting(nonceOf(1));
  server.send(...Array<HostingEvent>(50).fill(answer));
  await began.promise;
  assertEquals(await server.commands(), []);
  assertEquals(checks.length, 1);
  const closing = harness.client.close();
  checks[0]!.resolve(true);
  await closing;
  assertEquals([harness.received, harness.statuses.at(-1)?.kind], [[], "closed"]);
  assertEquals(kept.known, known);
});

Deno.test("an older host is no fault of the chat: a client that retries waits and asks again", async () => {
  const scene = await SharedChatScene.found();
  const known = { roster: scene.roster, term: 3, host: keyText(scene.owner) };
  const { harness } = clientOf(scene, { known, retryFirst: true });
  const older = await harness.dialed();
  await greet(older, scene.welcome());
  await older.next();
  older.send(await scene.hosting(nonceOf(1), { signed: { term: 2 } }));
  await harness.waitOut();
  const newer = await harness.dialed();
  await greet(newer, scene.welcome());
  assertEquals(await newer.next(), { type: "prove", ref: "prove", nonce: nonceOf(2) });
  await harness.finish(newer);
});

Deno.test("whatever a server sends without its proof, the client tells it nothing and believes only that it ends", async () => {
  const scene = await SharedChatScene.found();
  const lies = [
    scene.welcome(),
    welcome("s-2"),
    await scene.hosting(nonceOf(2)),
    await scene.hosting(nonceOf(1), { by: await makeKey() }),
    { type: "error", ref: "join lobby", code: "name_taken", message: "Taken", suggestion: "eve" },
  ] as const;
  const events = SAMPLE_EVENTS.filter(({ type }) => type !== "goodbye");
  // A client that has closed does not wait for its last check.
  const checks = new Set<Promise<boolean>>();
  const check = (signed: SignedText) => {
    const checked = verify(signed);
    checks.add(checked);
    return checked;
  };
  const sent = fc.array(fc.oneof(fc.constantFrom(...events), fc.constantFrom(...lies)), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(sent, async (list) => {
      const { harness, kept } = clientOf(scene, { check });
      harness.client.send({ room: "lobby" }, "secret");
      const server = await harness.dialed();
      const commands: string[] = [];
      harness.onWrite = (lines) => commands.push(...lines.trim().split("\n").map((line) => JSON.parse(line).type));
      server.send(scene.welcome(), ...list);
      await Promise.race([harness.untilStatus("closed"), settled(server)]);
      assertEquals(commands.filter((type) => !["ping", "pong", "prove"].includes(type)), []);
      assert(commands.filter((type) => type === "prove").length <= 1);
      assertEquals(harness.received.filter((event) => event?.type !== "error"), []);
      assertEquals([kept.known, harness.state.servers, harness.state.rooms.size], [undefined, [], 0]);
      await harness.finish(server);
      for (let before = -1; checks.size !== before;) {
        before = checks.size;
        await Promise.all(checks);
      }
    }),
    { numRuns: 60 },
  );
});

/** Resolves when the client has answered a ping, after all that was sent before. */
async function settled(server: FakeServer): Promise<void> {
  server.send({ type: "ping", ref: "last" });
  for (let command = await server.next(); command !== undefined; command = await server.next()) {
    if (command.type === "pong" && command.ref === "last") return;
  }
}
