import { assert, assertEquals } from "@std/assert";
import {
  RECORDED_MESSAGES,
  SignatureChecker,
  type VerifySignature,
} from "../../../src/client/delivery/signature_checker.ts";
import { NOBLE_KEYS } from "../../../src/identity/noble_keys.ts";
import { keyText, signText, verifyText } from "../../../src/identity/text_signature.ts";
import { signedTextOf } from "../../../src/protocol/identity/signed_entry.ts";
import { entryText } from "../../../src/protocol/identity/signed_text.ts";
import { MAX_SIGNATURES_WAITING } from "../../../src/protocol/limits.ts";
import { asDirect, type Entry, type RoomEntry } from "../../../src/protocol/messages/messages.ts";
import { deleted, edited, reacted, signature } from "../../contracts/changes_contract.ts";
import { ADA, BOB, message } from "../../contracts/history_store_contract.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

const CHAT = "chat-1";
/** The reader is ada, who writes to bob. */
const READING = { chat: CHAT, self: ADA.id };
const HEART = "\u2764\ufe0f";

/** A checker, what it called false, and all of its batches, which follow one another without time between. */
function scene(verify: VerifySignature) {
  const clock = new FakeClock();
  const found: Entry[] = [];
  const checker = new SignatureChecker({ clock, verify, onFalse: (entry) => found.push(entry) });
  const settle = async () => {
    do {
      clock.advance(0);
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    } while (clock.timers > 0);
  };
  return { clock, found, checker, settle };
}

/** Each kind of entry, with what its author signs of it. */
const ENTRIES: readonly (readonly [Entry, object])[] = [
  [message(1, "tea"), { type: "message", room: "lobby", text: "tea" }],
  [{ ...message(2, "so?"), reply: { id: "r", seq: 1 } }, { type: "message", room: "lobby", text: "so?", reply: "r" }],
  [asDirect(message(1, "psst"), BOB), { type: "message", to: BOB.id, text: "psst" }],
  [edited(3, 1, "green tea"), { type: "edited", room: "lobby", of: "m1", text: "green tea" }],
  [deleted(4, 1), { type: "deleted", room: "lobby", of: "m1" }],
  [reacted(5, 1, HEART, ADA), { type: "reaction", room: "lobby", of: "m1", emoji: HEART }],
  [reacted(6, 1, HEART, ADA, true), { type: "reaction", room: "lobby", of: "m1", emoji: HEART, remove: true }],
];

async function signedEntries(): Promise<Entry[]> {
  const key = await NOBLE_KEYS.makeSigningKey(true);
  const { time } = signature(1);
  return await Promise.all(ENTRIES.map(async ([entry, content]) => {
    const of = "of" in content && "of" in entry ? { of: entry.of.id } : {};
    const fields = { ...content, ...of, id: entry.id, chat: CHAT, author: ADA.id, time } as Parameters<
      typeof entryText
    >[0];
    return { ...entry, signature: await signText(key, entryText(fields)), key: keyText(key), time };
  }));
}

const verify: VerifySignature = (signed) => verifyText(NOBLE_KEYS, signed);

Deno.test("the signatures of messages and changes as they are received are genuine, and of no other chat", async () => {
  const entries = await signedEntries();
  for (const entry of entries) {
    assert(await verify(signedTextOf(entry, READING)!), entry.type);
    assertEquals(await verify(signedTextOf(entry, { ...READING, chat: "chat-2" })!), false);
  }
  const seenByBob = { ...entries[2]!, with: ADA } as Entry;
  assert(await verify(signedTextOf(seenByBob, { chat: CHAT, self: BOB.id })!));
  assertEquals(await verify(signedTextOf(seenByBob, { chat: CHAT, self: "another" })!), false);
  const [tea, , , change] = entries as [RoomEntry, RoomEntry, Entry, RoomEntry & { text: string }];
  const { signature, key, time, id, text } = change;
  const now = {
    ...tea,
    text,
    edited: true,
    signature,
    key,
    time,
    edit: id,
    id: change.type === "edited" ? change.of.id! : "",
  };
  assert(await verify(signedTextOf(now as RoomEntry, READING)!));
});

Deno.test("an entry that the server has changed in any part is false", async () => {
  const { found, checker, settle } = scene(verify);
  const expected: Entry[] = [];
  for (const entry of await signedEntries()) {
    const parts: object[] = [{ id: "other" }, { time: signature(2).time }, { from: BOB }, { key: signature(1).key }];
    if ("text" in entry) parts.push({ text: "coffee" }, { text: "\ud83d" });
    if ("room" in entry) parts.push({ room: "dev" });
    if ("with" in entry) parts.push({ with: ADA });
    if ("of" in entry) parts.push({ of: { id: "other", seq: 1 } });
    if ("emoji" in entry) parts.push({ emoji: "\u{1f44d}" }, { removed: entry.removed ? undefined : true });
    for (const part of parts) expected.push({ ...entry, ...part } as Entry);
    checker.check(entry, READING);
  }
  for (const entry of expected) checker.check(entry, READING);
  while (found.length < expected.length) await settle();
  assertEquals(found, expected);
});

Deno.test("an entry without a signature, or of which nothing is left to sign, is not false", async () => {
  const { found, checker, settle } = scene(() => Promise.resolve(false));
  checker.check(message(1, "tea"), READING);
  checker.check({ ...message(2, ""), deleted: true }, READING);
  checker.check({ ...message(3, "tea"), signature: "s" }, READING);
  await settle();
  assertEquals(found, []);
});

Deno.test("the record of a member counts the last messages", async () => {
  const { checker, settle } = scene(({ signature }) => Promise.resolve(signature !== "false"));
  assertEquals(checker.record(ADA.id, undefined), undefined);
  const check = (seq: number, fields: object) => checker.check({ ...message(seq, "tea"), ...fields }, READING);
  for (let seq = 0; seq < RECORDED_MESSAGES; seq++) check(seq, {});
  check(30, signature(1));
  check(31, signature(2));
  check(32, { ...signature(1), signature: "false" });
  checker.check({ ...message(33, "tea", BOB), ...signature(1) }, READING);
  await settle();
  const record = { messages: RECORDED_MESSAGES, signed: 2, false: 1, otherKey: 0 };
  assertEquals(checker.record(ADA.id, undefined), record);
  assertEquals(checker.record(ADA.id, [signature(1).key]), { ...record, otherKey: 1 });
  assertEquals(checker.record(BOB.id, [signature(1).key]), { messages: 1, signed: 1, false: 0, otherKey: 0 });
  checker.forget();
  assertEquals(checker.record(ADA.id, undefined), undefined);
});

Deno.test("quick checks run in larger batches, and slow ones until they have taken half a frame", async () => {
  const sizes = async (ms: number) => {
    const batches: number[] = [0];
    const { clock, checker, settle } = scene(() => {
      batches[batches.length - 1]!++;
      clock.advance(ms);
      return Promise.resolve(true);
    });
    const { after } = clock;
    clock.after = (...args) => {
      batches.push(0);
      after.apply(clock, args);
    };
    for (let seq = 0; seq < 400; seq++) checker.check({ ...message(seq, "tea"), ...signature(1) }, READING);
    await settle();
    return batches;
  };
  assertEquals(await sizes(0), [4, 16, 64, 256, 60]);
  assertEquals((await sizes(1)).slice(0, 3), [4, 8, 8]);
  assertEquals((await sizes(3)).slice(0, 3), [3, 3, 3]);
  assertEquals((await sizes(9)).slice(0, 3), [1, 1, 1]);
});

Deno.test("messages beyond the limit of waiting signatures are not checked", async () => {
  let checks = 0;
  const { checker, settle } = scene(() => {
    checks++;
    return Promise.resolve(true);
  });
  for (let seq = 0; seq < MAX_SIGNATURES_WAITING + 10; seq++) {
    checker.check({ ...message(seq, "tea"), ...signature(1) }, READING);
  }
  await settle();
  assertEquals(checks, MAX_SIGNATURES_WAITING);
});

Deno.test("after its stop a checker begins no batch, reports nothing, and has no timer", async () => {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let begun = 0;
  const { clock, found, checker } = scene(() => {
    begun++;
    return promise;
  });
  const [entry] = await signedEntries();
  for (let count = 0; count < 10; count++) checker.check(entry!, READING);
  await Promise.resolve();
  const atOnce = begun;
  let isStopped = false;
  const stopped = checker.stop().then(() => isStopped = true);
  checker.check(entry!, READING);
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  assert(atOnce > 0 && !isStopped);
  resolve(false);
  await stopped;
  assertEquals([begun, found.length, clock.timers], [atOnce, 0, 0]);
});
