import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  foundRoster,
  isGenuineProof,
  isGenuineView,
  mergeVerified,
  signHostProof,
  signStatement,
  signView,
} from "../../src/identity/host_signature.ts";
import { DeviceKey } from "../../src/cli/hosts/device_key.ts";
import { NOBLE_KEYS } from "../../src/identity/noble_keys.ts";
import { keyText, type SignedText, verifyText } from "../../src/identity/text_signature.ts";
import { WEB_CRYPTO_KEYS } from "../../src/identity/web_crypto_keys.ts";
import { draftStatement, emptyRoster, mayHost, rosterStatements } from "../../src/protocol/hosts/roster.ts";
import { MAX_ROSTER_STATEMENTS } from "../../src/protocol/limits.ts";
import { TIME } from "../helpers/sample_rosters.ts";

const verify = (signed: SignedText) => verifyText(WEB_CRYPTO_KEYS, signed);

/** A chat with one owner, and the keys of two devices. */
async function founded() {
  const [owner, host] = [await WEB_CRYPTO_KEYS.makeSigningKey(false), await NOBLE_KEYS.makeSigningKey(true)];
  const roster = await foundRoster(WEB_CRYPTO_KEYS, "c-1", { key: keyText(owner), member: "m-1", name: "ada" }, TIME);
  const change = { action: "add", role: "host", key: keyText(host), member: "m-2", name: "bob" } as const;
  return { owner, host, roster, draft: draftStatement(roster, change, keyText(owner), TIME) };
}

Deno.test("whoever knows the key of a chat can check its roster", async () => {
  const { owner, host, roster, draft } = await founded();
  const statement = await signStatement(owner, roster, draft);
  const seen = await mergeVerified(emptyRoster(roster), [statement, ...rosterStatements(roster)], verify);
  assert(mayHost(seen, keyText(owner)) && mayHost(seen, keyText(host)));
});

Deno.test("a statement that was changed, or signed for another chat, does not count", async () => {
  const { owner, host, roster, draft } = await founded();
  const statement = await signStatement(owner, roster, draft);
  const elsewhere = await signStatement(owner, { ...roster, chat: "c-2" }, draft);
  const bad = [{ ...statement, name: "eve" }, { ...statement, name: "\ud83d" }, { ...statement, by: "" }, elsewhere];
  assertStrictEquals(await mergeVerified(roster, bad, verify), roster);
  await assertRejects(() => signStatement(host, roster, draft), Error, "another key");
});

Deno.test("known statements are not checked again, and no more than a roster can have", async () => {
  const { owner, roster, draft } = await founded();
  let checks = 0;
  const counting = (signed: SignedText) => (checks++, verify(signed));
  await mergeVerified(roster, rosterStatements(roster), counting);
  assertEquals(checks, 0);
  const statement = await signStatement(owner, roster, draft);
  const flood = Array.from({ length: 3 * MAX_ROSTER_STATEMENTS }, (_, index) => ({ ...statement, name: `${index}` }));
  await mergeVerified(roster, flood, counting);
  assertEquals(checks, MAX_ROSTER_STATEMENTS);
});

Deno.test("the proof of a host is good for its own text alone", async () => {
  const { host, roster: { chat, chatKey } } = await founded();
  const key = keyText(host);
  const proof = { chat, chatKey, term: 3, key, tls: "t", clientNonce: "n", serverNonce: "m" };
  const signature = await signHostProof(host, proof);
  assertEquals(await isGenuineProof(proof, signature, verify), true);
  const others = [{ chat: "c-2" }, { term: 4 }, { tls: undefined }, { clientNonce: "m" }, { serverNonce: "\ud83d" }];
  for (const other of others) assertEquals(await isGenuineProof({ ...proof, ...other }, signature, verify), false);
  await assertRejects(() => signHostProof(host, { ...proof, key: "k" }), Error, "another key");
});

Deno.test("the host of the manual's example has proved itself", async () => {
  const page = await Deno.readTextFile(new URL("../../src/manual/protocol.md", import.meta.url));
  const events = Array.from(page.matchAll(/^[←→] (\{.*\})$/gm), ([, line]) => JSON.parse(line!));
  const { nonce: serverNonce } = events.find(({ hosted }) => hosted !== undefined);
  const { nonce: clientNonce } = events.find(({ type }) => type === "prove");
  const { chat, key: chatKey, term, host, signature, roster } = events.find(({ type }) => type === "hosting");
  const seen = await mergeVerified(emptyRoster({ chat, chatKey }), roster, verify);
  assert(mayHost(seen, host.key));
  const proof = { chat, chatKey, term, key: host.key, clientNonce, serverNonce };
  assertEquals(await isGenuineProof(proof, signature, verify), true);
});

Deno.test("the view of a candidate is good for one question and one certificate alone", async () => {
  const { roster: { chat, chatKey } } = await founded();
  const device = DeviceKey.make();
  const view = { key: device.key, term: 3, hosts: false, mayHost: true, progress: { term: 2, entries: 7 } };
  const context = { chat, chatKey, nonce: "n", tls: "t" };
  const answer = signView((text) => device.sign(text), context, view);
  assertEquals(await isGenuineView(answer, context, verify), true);
  for (const other of [{ nonce: "m" }, { tls: "u" }, { chat: "c-2" }, { chatKey: device.key }]) {
    assertEquals(await isGenuineView(answer, { ...context, ...other }, verify), false);
    assertEquals(await isGenuineView({ ...answer, ...other }, { ...context, ...other }, verify), false);
  }
  const changes = [{ term: 4 }, { hosts: true }, { mayHost: false }, { follows: device.key }];
  for (const change of [...changes, { progress: { term: 2, entries: 8 } }, { progress: { term: 3, entries: 7 } }]) {
    assertEquals(await isGenuineView({ ...answer, ...change }, context, verify), false);
  }
});
