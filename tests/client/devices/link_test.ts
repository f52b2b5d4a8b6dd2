/** Both sides of linking a device, against servers that are honest and servers that lie. */

import { assert, assertEquals } from "@std/assert";
import { clientIdentity } from "../../../src/identity/client_identity.ts";
import { comparedWords, isLinkProof, linkProof } from "../../../src/identity/link_proof.ts";
import { verifyText } from "../../../src/identity/text_signature.ts";
import { WEB_CRYPTO_KEYS } from "../../../src/identity/web_crypto_keys.ts";
import type { LinkClaimEvent, LinkOfferEvent } from "../../../src/protocol/identity/link_steps.ts";
import {
  deviceText,
  linkAnswerText,
  linkClaimText,
  linkCompareText,
} from "../../../src/protocol/identity/signed_text.ts";
import type { DeviceCommand, LinkCommand } from "../../../src/protocol/messages/messages.ts";
import type { LinkCode } from "../../../src/client/devices/link_claim.ts";
import { FakeMemory } from "../fake_memory.ts";
import { ADA, AT, Harness, joined, welcome } from "../harness.ts";

const WELCOME = { ...welcome(), chat: "s-1", nonce: "n-1" };
const OTHER_KEY = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const PHONE = { kind: "page", name: "Firefox on Android" };

async function identityWithKey() {
  const key = await WEB_CRYPTO_KEYS.makeSigningKey(true);
  return clientIdentity({ keyFor: () => Promise.resolve(key), host: () => "localhost" });
}

function offersOf(harness: Harness): LinkOfferEvent[] {
  return harness.events.flatMap((event) => event.type === "linkOffer" ? [event.offer] : []);
}

function claimsOf(harness: Harness): LinkClaimEvent[] {
  return harness.events.flatMap((event) => event.type === "linkClaim" ? [event.claim] : []);
}

/** A client with a key that has joined and offers to admit another device. */
async function offering() {
  const harness = new Harness({ identity: await identityWithKey() });
  harness.client.start();
  const server = await harness.dialed();
  const join = await server.admit(WELCOME, { ...joined("lobby"), you: ADA }) as { readonly key?: string };
  await harness.untilStatus("online");
  assert(harness.client.offerLink());
  assertEquals(await server.next(), { type: "link", ref: "link offer", step: "begin" });
  server.send({ type: "link", ref: "link offer", step: "begun", code: "c", words: "a-b-c", expires: AT });
  await harness.until(({ type }) => type === "linkOffer");
  const [offered] = offersOf(harness);
  assert(offered?.step === "offered");
  return { harness, server, secret: offered.secret, by: join.key! };
}

Deno.test("a device that knows the secret is admitted by a signed statement, and gets the proof of the offer", async () => {
  const { harness, server, secret, by } = await offering();
  const proof = linkProof(secret, linkClaimText({ chat: "s-1", key: OTHER_KEY }));
  server.send({ type: "link", step: "claimed", key: OTHER_KEY, ...PHONE, proof });
  await harness.until(({ type }) => type === "linkOffer");
  assertEquals(offersOf(harness).at(-1), { step: "claimed", ...PHONE });
  assert(harness.client.answerLink(true));
  assertEquals(await server.next(), { type: "device", ref: "link offer" });
  server.send({ type: "devices", ref: "link offer", devices: [], statements: 4 });
  const answer = await server.next() as LinkCommand;
  const statement = { action: "add", member: ADA.id, number: 5, key: OTHER_KEY, ...PHONE, by } as const;
  assertEquals({ ...answer.statement, time: "" }, { ...statement, time: "" });
  const text = deviceText({ chat: "s-1", ...answer.statement! });
  assert(await verifyText(WEB_CRYPTO_KEYS, { key: by, text, signature: answer.signature! }));
  assert(isLinkProof(answer.proof, secret, linkAnswerText({ chat: "s-1", key: OTHER_KEY, by })));
  server.send({ type: "link", ref: "link offer", step: "answered", accepted: true });
  await harness.until(({ type }) => type === "linkOffer");
  assertEquals(offersOf(harness).at(-1), { step: "ended", accepted: true });
  await harness.finish(server);
});

Deno.test("a device without the secret, or with another key than it proved, must be compared by words", async () => {
  for (const proof of [undefined, "A".repeat(43)]) {
    const { harness, server, by } = await offering();
    server.send({ type: "link", step: "claimed", key: OTHER_KEY, ...PHONE, proof });
    await harness.until(({ type }) => type === "linkOffer");
    const compare = comparedWords(linkCompareText({ chat: "s-1", key: OTHER_KEY, by }));
    assertEquals(offersOf(harness).at(-1), { step: "claimed", ...PHONE, compare });
    assert(harness.client.answerLink(false));
    assertEquals(await server.next(), { type: "link", ref: "link offer", step: "answer" });
    await harness.finish(server);
  }
});

Deno.test("a second claim of a lying server changes nothing, and an offer ends with its link", async () => {
  const { harness, server } = await offering();
  server.send({ type: "link", step: "claimed", key: OTHER_KEY, ...PHONE });
  server.send({ type: "link", step: "claimed", key: "A".repeat(43), kind: "x", name: "x" });
  await harness.until(({ type }) => type === "linkOffer");
  assertEquals(await server.commands(), []);
  assertEquals(offersOf(harness).filter(({ step }) => step === "claimed").length, 1);
  const next = await harness.redial(server);
  await next.admit(WELCOME);
  assertEquals(harness.client.answerLink(true), false);
  await harness.finish(next);
});

Deno.test("a client without a key, or offline, offers nothing", async () => {
  const { harness, server } = await Harness.online();
  assertEquals(harness.client.offerLink(), false);
  assertEquals(harness.client.answerLink(true), false);
  await harness.finish(server);
});

/** A new device that has sent its claim. */
async function claiming(code: Partial<LinkCode> = {}, memory?: FakeMemory) {
  const linkCode = { code: "c", ...PHONE, ...code };
  const harness = new Harness({ identity: await identityWithKey(), linkCode, name: "guest", memory });
  harness.client.start();
  const server = await harness.dialed();
  assertEquals(await server.next(), { type: "ping" });
  server.send(WELCOME);
  const claim = await server.next() as LinkCommand;
  assertEquals([claim.type, claim.step, claim.code, claim.kind, claim.name], [
    "link",
    "claim",
    "c",
    ...Object.values(PHONE),
  ]);
  return { harness, server, claim };
}

const CLAIMED = { type: "link", ref: "link claim", step: "claimed", key: OTHER_KEY, member: ADA } as const;

Deno.test("a new device joins as the member once it is admitted, and not before", async () => {
  const { harness, server, claim } = await claiming();
  server.send(CLAIMED);
  assertEquals(await server.commands(), []);
  const compare = comparedWords(linkCompareText({ chat: "s-1", key: claim.key!, by: OTHER_KEY }));
  assertEquals(claimsOf(harness), [{ step: "waiting", member: "ada", compare }]);
  server.send({ type: "link", step: "answered", accepted: true });
  const join = await server.next() as { readonly type: string; readonly name?: string; readonly key?: string };
  assertEquals([join.type, join.name, join.key], ["join", "ada", claim.key]);
  server.send(joined("lobby"));
  await harness.untilStatus("online");
  await harness.finish(server);
});

Deno.test("a new device joins by its key alone, and drops its earlier identity", async () => {
  const memory = new FakeMemory();
  memory.save({ name: "guest", token: "t-0", serverId: "s-1", lastSeqs: [], pending: [] });
  const { harness, server, claim } = await claiming({}, memory);
  server.send(CLAIMED, { type: "link", step: "answered", accepted: true });
  const join = await server.next() as { readonly token?: string; readonly key?: string };
  assertEquals([join.token, join.key], [undefined, claim.key]);
  server.send(joined("lobby", { you: ADA }));
  await harness.untilStatus("online");
  await harness.finish(server);
});

Deno.test("a new device enters the rooms of its member instead of its own, and no invalid ones", async () => {
  for (
    const [rooms, first] of [[["dev", "NO such room"], "dev"], [["dev", "lobby"], "lobby"], [[], "lobby"]] as const
  ) {
    const { harness, server } = await claiming();
    server.send(CLAIMED, { type: "link", step: "answered", accepted: true, rooms: [...rooms] });
    const join = await server.next() as { readonly type: string; readonly room?: string };
    assertEquals([join.type, join.room], ["join", first]);
    await harness.finish(server);
  }
});

Deno.test("with the secret, the answer must prove the key that the server named, and the claim proves our key", async () => {
  const secret = "AAECAwQFBgcICQoLDA0ODw";
  for (const isHonest of [true, false]) {
    const { harness, server, claim } = await claiming({ secret });
    assert(isLinkProof(claim.proof, secret, linkClaimText({ chat: "s-1", key: claim.key! })));
    server.send(CLAIMED);
    const by = isHonest ? OTHER_KEY : claim.key!;
    const proof = linkProof(secret, linkAnswerText({ chat: "s-1", key: claim.key!, by }));
    server.send({ type: "link", step: "answered", accepted: true, proof });
    if (isHonest) assertEquals((await server.next())?.type, "join");
    else await harness.untilStatus("closed");
    assertEquals(claimsOf(harness).map(({ step }) => step), ["waiting", isHonest ? "admitted" : "refused"]);
    if (isHonest) await harness.finish(server);
  }
});

Deno.test("a refused device, a wrong code and a device without a key end with the reason", async () => {
  const refused = await claiming();
  refused.server.send(CLAIMED, { type: "link", step: "answered", accepted: false });
  assertEquals(
    (await refused.harness.untilStatus("closed")).reason,
    "The other device refused this one, or the code has expired: ask for a new one there",
  );
  const wrong = await claiming();
  wrong.server.send({ type: "error", ref: "link claim", code: "wrong_password", message: "Wrong code" });
  assertEquals((await wrong.harness.untilStatus("closed")).reason, "Wrong code");
  const keyless = new Harness({
    identity: clientIdentity({ keyFor: () => Promise.resolve(undefined), host: () => "localhost" }),
    linkCode: { code: "c", ...PHONE },
  });
  keyless.client.start();
  const server = await keyless.dialed();
  await server.next();
  server.send(WELCOME);
  assertEquals((await keyless.untilStatus("closed")).reason, "This device cannot keep a key of its own");
});

Deno.test("a device is ended by a statement that the client signs, with the number after the last one", async () => {
  const { harness, server, by } = await offering();
  assert(harness.client.command({ type: "revoke", ref: "typed", session: OTHER_KEY }));
  assertEquals(await server.next(), { type: "device", ref: "typed" });
  server.send({ type: "devices", ref: "typed", devices: [], statements: 1 });
  const { ref, statement, signature } = await server.next() as DeviceCommand;
  const signed = { action: "revoke", member: ADA.id, number: 2, key: OTHER_KEY, by } as const;
  assertEquals([ref, { ...statement, time: "" }], ["typed", { ...signed, time: "" }]);
  const text = deviceText({ chat: "s-1", ...statement! });
  assert(await verifyText(WEB_CRYPTO_KEYS, { key: by, text, signature: signature! }));
  await harness.finish(server);
});

Deno.test("a token of an account is revoked without a statement", async () => {
  const { harness, server } = await offering();
  const command = { type: "revoke" as const, session: "01a1fc07-b558-7000-a5c5-599884aa722f" };
  harness.client.command(command);
  assertEquals(await server.next(), command);
  await harness.finish(server);
});
