import { assert, assertEquals, assertMatch } from "@std/assert";
import type { FileOptions } from "../../src/core/hub_options.ts";
import {
  GRANT_MS,
  MAX_SLOTS,
  MAX_SLOTS_OF_THIS_MACHINE,
  MAX_SLOTS_PER_ADDRESS,
  MAX_SLOTS_PER_MEMBER,
  MAX_THUMBNAIL_BYTES,
  SLOT_MS,
  SLOTS_ENDED_AT_ONCE,
} from "../../src/protocol/limits.ts";
import type { MessageFile } from "../../src/protocol/messages/messages.ts";
import { type Of, Stage, type StageOptions, START } from "./stage.ts";

const MB = 1024 ** 2;
const HASHES = ["A", "E", "I", "M"].map((last) => "x".repeat(42) + last);

function files(more: Partial<FileOptions> = {}): FileOptions {
  return { maxFileBytes: 10 * MB, totalBytes: 1_000 * MB, bytesPerMemberAndDay: 100 * MB, ...more };
}

function open(more: Partial<FileOptions> = {}, options: StageOptions = {}): Stage {
  return new Stage({ files: files(more), ...options });
}

/** A slot or an error. */
type Answer = Omit<Of<"slot">, "type"> & Omit<Of<"error">, "type"> & { readonly type: "slot" | "error" };

/** Offers a file and returns the slot, or the error. */
function offer(stage: Stage, session: number, command: object = {}): Answer {
  stage.forget(session);
  stage.say(session, { type: "offer", name: "a.png", size: MB, ref: "o", ...command });
  return stage.events(session).find((event) => "ref" in event && event.ref === "o") as unknown as Answer;
}

/** Offers and uploads a file, and returns it as a message names it. */
function upload(stage: Stage, session: number, nth = 0, command: object = {}): MessageFile {
  const { id } = offer(stage, session, command);
  const found = { sha256: HASHES[nth]!, media: "image/png" };
  stage.uploaded(id, found);
  return { id, name: "a.png", size: MB, ...command, ...found };
}

/** Uploads a file and its thumbnail. */
function pictured(stage: Stage, session: number): MessageFile {
  const size = 900;
  const file = upload(stage, session, 0);
  const { id, sha256, media } = upload(stage, session, 1, { name: "small.png", size });
  return { ...file, thumbnail: { id, size, sha256, media, width: 320, height: 200 } };
}

function send(stage: Stage, session: number, command: object): string[] {
  stage.forget(session);
  stage.say(session, { type: "message", text: "", ref: "m", ...command });
  return stage.seen(session).filter((line) => /^(ack|!)/.test(line));
}

Deno.test("welcome names the largest file only where files are on", () => {
  for (const options of [{ files: files() }, {}]) {
    const stage = new Stage(options);
    const [welcome] = stage.hub.open(99, { resumable: true }, stage.now);
    assert(welcome?.type === "send" && welcome.event.type === "welcome");
    assertEquals(welcome.event.files, "files" in options ? { maxBytes: 10 * MB } : undefined);
  }
});

Deno.test("a server without files, or one that keeps no messages, takes no offers", () => {
  const off = new Stage();
  assertEquals(offer(off, off.join("ada")).message, "This server takes no files");
  const forgetful = open();
  forgetful.store.keepsText = false;
  forgetful.restart();
  assertEquals(offer(forgetful, forgetful.join("ada")).code, "forbidden");
});

Deno.test("an offer opens a slot, whose token only its sender gets", () => {
  const stage = open();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  const slot = offer(stage, ada);
  const until = new Date(START + SLOT_MS).toISOString();
  assertMatch(slot.token, /^token-\d+$/);
  assertEquals([slot.path, slot.until], [`/files/${slot.id}`, until]);
  const member = stage.idOf("ada");
  const tokenDigest = `digest of ${slot.token}`;
  assertEquals(stage.hub.slot(slot.id, stage.now), { member, size: MB, tokenDigest, complete: undefined });
  assertEquals(stage.events(bob).filter(({ type }) => type === "slot"), []);
  assert(!JSON.stringify(stage.store.records).includes(`"${slot.token}"`));
});

Deno.test("an offer is for a place where its sender may write", () => {
  const stage = open();
  const owner = stage.connect(true, { privileged: true });
  const [ada, bob] = [stage.join("ada"), stage.join("bob", "dev")];
  assertEquals(offer(stage, ada, { room: "dev" }).code, "not_joined");
  assertEquals(offer(stage, bob).code, "not_joined");
  assertEquals(offer(stage, bob, { to: "nobody" }).code, "no_such_member");
  assertEquals(offer(stage, bob, { room: "dev", to: "ada" }).code, "invalid");
  assertEquals([offer(stage, bob, { room: "dev" }), offer(stage, bob, { to: "ada" })].map(({ type }) => type), [
    "slot",
    "slot",
  ]);
  stage.say(owner, { type: "mute", name: "ada" });
  assertEquals([offer(stage, ada).code, offer(stage, ada, { to: "bob" }).code], ["forbidden", "forbidden"]);
});

Deno.test("a message carries a complete upload, once, to a room and to a member", () => {
  const stage = open();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  for (const [ref, place] of [["r", { room: "lobby" }], ["t", { to: "bob" }]] as const) {
    stage.forget();
    const file = upload(stage, ada);
    stage.forget();
    assertEquals(send(stage, ada, { ...place, file, ref }), [`ack ${ref} 1`]);
    const [message] = stage.events(bob) as [Of<"message">];
    assertEquals([message.text, message.file], ["", file]);
    assertEquals(stage.store.records.filter(({ kind }) => kind === "upload"), []);
    assertEquals(stage.hub.slot(file.id, stage.now), undefined);
    assertEquals(send(stage, ada, { ...place, file, ref: "m2" }), ["! no_such_file <m2>"]);
  }
});

Deno.test("a message carries a thumbnail, which its readers fetch by its own id", () => {
  const stage = open();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  const file = pictured(stage, ada);
  stage.forget();
  assertEquals(send(stage, ada, { file }), ["ack m 1"]);
  assertEquals((stage.events(bob)[0] as Of<"message">).file, file);
  assertEquals(stage.store.records.filter(({ kind }) => kind === "upload"), []);
  const { id } = file.thumbnail!;
  stage.say(bob, { type: "fetch", id });
  assert(stage.effects.some((effect) => effect.type === "grant" && effect.fileId === id));
  const { id: _id, width: _width, height: _height, ...found } = file.thumbnail!;
  assertEquals(stage.hub.readableFile(stage.idOf("bob"), id), { id, name: "thumbnail", ...found });
  stage.say(ada, { type: "delete", room: "lobby", of: 1 });
  assertEquals(stage.hub.readableFile(stage.idOf("bob"), id), undefined);
});

Deno.test("a thumbnail is a small picture that its sender has uploaded, and not the file", () => {
  const stage = open();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  const file = pictured(stage, ada);
  const { thumbnail } = pictured(stage, bob);
  const big = upload(stage, ada, 2, { size: MAX_THUMBNAIL_BYTES + 1 });
  const refused = (fields: object) =>
    send(stage, ada, { file: { ...file, thumbnail: { ...file.thumbnail, ...fields } } });
  assertEquals(refused({ ...thumbnail }), ["! no_such_file <m>"]);
  assertEquals(refused({ id: file.id }), ["! invalid <m>"]);
  assertEquals(refused({ size: 7 }), ["! invalid <m>"]);
  assertEquals(refused({ sha256: HASHES[3] }), ["! invalid <m>"]);
  assertEquals(refused({ media: "image/gif" }), ["! invalid <m>"]);
  assertEquals(refused({ id: big.id, size: MAX_THUMBNAIL_BYTES + 1 }), ["! invalid <m>"]);
  assertEquals(send(stage, ada, { file }), ["ack m 1"]);
});

Deno.test("a message with a file is acknowledged again by its ref and by its id, also after a restart", () => {
  const stage = open();
  const token = "token-1";
  let ada = stage.join("ada");
  const file = upload(stage, ada);
  const id = "01a1fc07-b55d-7000-8eb7-9182220cae53";
  const later = { id, file, text: "look" };
  stage.now = Date.parse("2027-01-01");
  const { id: slot } = offer(stage, ada);
  const second = { ...file, id: slot };
  stage.uploaded(slot, { sha256: HASHES[0]!, media: "image/png" });
  assertEquals(send(stage, ada, { ...later, file: second }), ["ack m 1"]);
  for (const _when of ["before", "after"]) {
    assertEquals(send(stage, ada, { ...later, file: second }), ["ack m 1"]);
    assertEquals(send(stage, ada, { ...later, file: second, ref: "again" }), ["ack again 1"]);
    assertEquals(send(stage, ada, { ...later, ref: "other" }), ["! id_taken <other>"]);
    assertEquals(send(stage, ada, { id, text: "look", ref: "none" }), ["! id_taken <none>"]);
    stage.restart();
    ada = stage.join("ada", "lobby", { name: undefined, token });
  }
  assertEquals(stage.stored.length, 1);
});

Deno.test("a message names only a complete upload of its own sender, as it is", () => {
  const stage = open();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  const file = upload(stage, ada);
  const { id } = offer(stage, ada);
  assertEquals(send(stage, bob, { file }), ["! no_such_file <m>"]);
  assertEquals(send(stage, ada, { file: { ...file, id } }), ["! no_such_file <m>"]);
  for (const other of [{ name: "b.png" }, { size: 1 }, { media: "image/gif" }, { sha256: HASHES[1]! }]) {
    assertEquals(send(stage, ada, { file: { ...file, ...other } }), ["! invalid <m>"], JSON.stringify(other));
  }
  assertEquals(send(stage, ada, { file }), ["ack m 1"]);
});

Deno.test("a slot and a complete upload survive a restart", () => {
  const stage = open();
  let ada = stage.join("ada");
  const [file, waiting] = [upload(stage, ada), offer(stage, ada)];
  stage.restart();
  ada = stage.join("ada", "lobby", { name: undefined, token: "token-1" });
  assertEquals(stage.hub.slot(waiting.id, stage.now)?.complete, undefined);
  assertEquals(stage.hub.slot(file.id, stage.now)?.complete, { sha256: file.sha256, media: "image/png", size: MB });
  assert(stage.hub.hasUpload(file.sha256));
  assertEquals(send(stage, ada, { file }), ["ack m 1"]);
  assert(!stage.hub.hasUpload(file.sha256));
});

Deno.test("slots end after their time, some at each tick, and their bytes are dropped", () => {
  const stage = open();
  const sessions = Array.from({ length: 8 }, (_, n) => stage.join(`member${n}`));
  const complete = upload(stage, sessions[0]!);
  for (const session of sessions) for (let n = 0; n < 15; n++) offer(stage, session, { size: 1 });
  stage.now += SLOT_MS - 1;
  stage.pass(0);
  assertEquals(stage.dropped, []);
  stage.pass(1);
  assertEquals([stage.dropped.length, stage.dropped[0]], [SLOTS_ENDED_AT_ONCE, HASHES[0]]);
  assertEquals(stage.hub.slot(complete.id, stage.now), undefined);
  stage.pass(1_000);
  assertEquals(stage.dropped.length, 1 + 8 * 15);
  assertEquals(stage.store.records.filter(({ kind }) => kind === "upload"), []);
});

Deno.test("a cancelled upload ends at once, and is gone from the store; nothing else can be cancelled", () => {
  const stage = open();
  const ada = stage.join("ada");
  const [complete, waiting, sent] = [upload(stage, ada, 0), offer(stage, ada), upload(stage, ada, 1)];
  assertEquals(send(stage, ada, { file: sent }), ["ack m 1"]);
  stage.cancelUpload(complete.id, true);
  stage.cancelUpload(waiting.id, false);
  assertEquals(stage.dropped, [complete.sha256, waiting.id]);
  for (const id of [complete.id, waiting.id, sent.id, complete.id.replace("01", "02")]) {
    assertEquals([stage.cancelUpload(id, true), stage.hub.slot(id, stage.now)], [[], undefined]);
  }
  assert(!stage.hub.hasUpload(complete.sha256));
  assertEquals(send(stage, ada, { file: complete, ref: "n" }), ["! no_such_file <n>"]);
  assertEquals(stage.store.records.filter(({ kind }) => kind === "upload"), []);
  assertEquals(stage.hub.readableFile(stage.idOf("ada"), sent.id)?.sha256, sent.sha256);
});

Deno.test("a cancelled upload frees its slot, and still counts for the day if bytes of it had arrived", () => {
  const stage = open({ bytesPerMemberAndDay: 4 * MB, totalBytes: 4 * MB });
  const ada = stage.join("ada");
  for (let n = 0; n < 2 * MAX_SLOTS_PER_MEMBER; n++) {
    const { id } = offer(stage, ada, { size: 4 * MB });
    stage.cancelUpload(id, false);
  }
  stage.cancelUpload(offer(stage, ada, { size: 2 * MB }).id, true);
  stage.cancelUpload(upload(stage, ada).id, false);
  assertEquals(offer(stage, ada, { size: MB + 1 }).code, "quota_exceeded");
  assertEquals(offer(stage, stage.join("bob"), { size: 4 * MB }).type, "slot");
  stage.pass(12 * 60 * 60 * 1_000);
  assertEquals([2 * MB + 1, 2 * MB].map((size) => offer(stage, ada, { size }).code ?? "slot"), [
    "quota_exceeded",
    "quota_exceeded",
  ]);
});

Deno.test("bytes that come too late, or differ from those before, are dropped", () => {
  const stage = open();
  const ada = stage.join("ada");
  const file = upload(stage, ada);
  const found = (nth: number) => ({ sha256: HASHES[nth]!, media: "image/png" });
  assertEquals(stage.uploaded(file.id, found(0)), []);
  stage.uploaded(file.id, found(1));
  stage.uploaded("01a1fc07-b55d-7000-8eb7-9182220cae53", found(2));
  stage.now += SLOT_MS;
  stage.uploaded(file.id, found(3));
  assertEquals(stage.dropped, [HASHES[1], HASHES[2], HASHES[3]]);
});

Deno.test("fetch asks for a path of five minutes, for members who may read the message only", () => {
  const stage = open();
  const [ada, bob, eve] = [stage.join("ada"), stage.join("bob"), stage.join("eve", "dev")];
  const file = upload(stage, ada);
  const ask = (session: number) => {
    stage.forget(session);
    stage.say(session, { type: "fetch", id: file.id, ref: "f" });
    return stage.seen(session);
  };
  assertEquals(ask(ada), ["! no_such_file <f>"]);
  send(stage, ada, { file });
  const until = new Date(stage.now + GRANT_MS).toISOString();
  assertEquals(ask(bob), [`url /files/${file.id}/${stage.idOf("bob")} until ${until} <f>`]);
  assertEquals([ask(eve), ask(stage.connect())], [["! no_such_file <f>"], ["! not_joined <f>"]]);
});

Deno.test("fetch finds a file by the number of its message, in a room and in a conversation of the member", () => {
  const stage = open();
  const [ada, bob, eve] = [stage.join("ada"), stage.join("bob"), stage.join("eve", "dev")];
  const [first, second] = [upload(stage, ada), upload(stage, ada, 1, { to: "bob" })];
  send(stage, ada, { room: "lobby", file: first });
  send(stage, ada, { ref: "m2", room: "lobby", text: "no file" });
  send(stage, ada, { ref: "m3", to: "bob", file: second });
  const ask = (session: number, command: object) => {
    stage.forget(session);
    stage.say(session, { type: "fetch", ref: "f", ...command });
    return stage.seen(session).join().replace(/ until .*/, "");
  };
  assertEquals(ask(bob, { room: "lobby", of: 1 }), `url /files/${first.id}/${stage.idOf("bob")}`);
  assertEquals(ask(bob, { to: "ada", of: 1 }), `url /files/${second.id}/${stage.idOf("bob")}`);
  assertEquals(ask(bob, { room: "lobby", of: 2 }), "! no_such_file <f>");
  assertEquals(ask(bob, { room: "lobby", of: 9 }), "! no_such_message <f>");
  assertEquals(ask(eve, { room: "lobby", of: 1 }), "! not_joined <f>");
  for (const both of [{}, { of: 1 }, { id: first.id, room: "lobby", of: 1 }]) {
    assertEquals(ask(bob, both), "! invalid <f>");
  }
});

Deno.test("a file of a room is readable until its message is deleted, and while the member is in the room", () => {
  const stage = open();
  const owner = stage.connect(true, { privileged: true });
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  const file = upload(stage, ada);
  send(stage, ada, { file });
  const readers = () =>
    ["ada", "bob"].filter((name) => stage.hub.readableFile(stage.idOf(name), file.id) !== undefined).join();
  assertEquals(readers(), "ada,bob");
  stage.say(owner, { type: "kick", room: "lobby", name: "bob" });
  assertEquals(readers(), "ada");
  stage.say(bob, { type: "join", room: "lobby" });
  assertEquals(readers(), "ada,bob");
  stage.say(bob, { type: "leave", room: "lobby" });
  assertEquals(readers(), "ada");
  stage.say(bob, { type: "join", room: "lobby" });
  stage.say(owner, { type: "ban", name: "bob", room: "lobby" });
  assertEquals(readers(), "ada");
  stage.say(ada, { type: "delete", room: "lobby", of: 1 });
  assertEquals(readers(), "");
});

Deno.test("a file of a conversation is readable for its two members, until one blocks the other or is banned", () => {
  const stage = open();
  const owner = stage.connect(true, { privileged: true });
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.join("eve");
  const file = upload(stage, ada);
  send(stage, ada, { to: "bob", file });
  const readers = () =>
    ["ada", "bob", "eve"].filter((name) => stage.hub.readableFile(stage.idOf(name), file.id) !== undefined).join();
  assertEquals(readers(), "ada,bob");
  for (const [session, other] of [[ada, "bob"], [bob, "ada"]] as const) {
    stage.say(session, { type: "block", to: other });
    assertEquals(readers(), "ada");
    stage.say(session, { type: "block", to: other, off: true });
    assertEquals(readers(), "ada,bob");
  }
  const { id } = offer(stage, bob);
  stage.say(owner, { type: "ban", name: "bob" });
  assertEquals([readers(), stage.hub.slot(id, stage.now)], ["ada", undefined]);
});

Deno.test("a file over the limit is file_too_large, and its error has both sizes", () => {
  const stage = open();
  const ada = stage.join("ada");
  assertEquals(offer(stage, ada, { size: 10 * MB }).type, "slot");
  const { code, message } = offer(stage, ada, { size: 10 * MB + 1 });
  assertEquals([code, message], ["file_too_large", "The file has 11 MB, and this server takes at most 10 MB"]);
  assertEquals(offer(stage, ada, { size: 0 }).type, "slot");
});

Deno.test("one member has a limited number of slots, which a sent message frees", () => {
  const stage = open();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  const file = upload(stage, ada);
  const offers = Array.from({ length: MAX_SLOTS_PER_MEMBER }, () => offer(stage, ada, { size: 1 }).type);
  assertEquals(offers.map((type) => type === "slot").lastIndexOf(true), MAX_SLOTS_PER_MEMBER - 2);
  assertEquals(offer(stage, ada).code, "quota_exceeded");
  assertEquals(offer(stage, bob).type, "slot");
  stage.now += 60_000;
  send(stage, ada, { file });
  assertEquals(offer(stage, ada).type, "slot");
});

Deno.test("the guests of one address have a limited number of slots together, and accounts have their own", () => {
  const stage = open();
  const from = (text: string) => ({ address: text });
  const join = (name: string, opening: object) => {
    const session = stage.connect(true, opening);
    stage.say(session, { type: "join", name });
    return session;
  };
  const offers = (address: string, members: number, most: number) => {
    let slots = 0;
    for (let n = 0; n < members; n++) {
      const session = join(`${address.replaceAll(/\W/g, "-")}-${n}`, from(address));
      for (let k = 0; k < MAX_SLOTS_PER_MEMBER; k++) if (offer(stage, session, { size: 1 }).type === "slot") slots++;
    }
    assertEquals(slots, most);
  };
  offers("192.0.2.7", 8, MAX_SLOTS_PER_ADDRESS);
  offers("2001:db8::1", 8, MAX_SLOTS_PER_ADDRESS);
  const late = join("late", from("2001:db8::2"));
  assertMatch(offer(stage, late).message, /^Your address has 64 files on their way/);
  stage.say(late, { type: "register", password: "correct horse" });
  stage.hash();
  assertEquals(offer(stage, late).type, "slot");
  offers("127.0.0.1", 70, MAX_SLOTS_OF_THIS_MACHINE);
});

Deno.test("a server has a limited number of slots", () => {
  const records = Array.from({ length: MAX_SLOTS }, (_, n) => {
    const key = `01a1fc07-b55d-7000-8eb7-${n.toString(16).padStart(12, "0")}`;
    const value = { member: `m-${n}`, name: "a", size: 0, token: "t", until: START + SLOT_MS };
    return { kind: "upload" as const, key, value };
  });
  const stage = open({}, { records });
  assertEquals(offer(stage, stage.join("ada")).message, "Too many files are on their way: try again later");
});

Deno.test("a member sends a limited number of bytes in a day, whether sent, uploaded or only offered", () => {
  const stage = open({ bytesPerMemberAndDay: 3 * MB });
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  send(stage, ada, { file: upload(stage, ada) });
  upload(stage, ada);
  offer(stage, ada, { size: MB - 1 });
  const { code, message } = offer(stage, ada, { size: 2 });
  assertEquals(code, "quota_exceeded");
  assertEquals(message, "You would have sent 4 MB in 24 hours, more than 3 MB: try again tomorrow");
  assertEquals([offer(stage, ada, { size: 1 }).type, offer(stage, bob, { size: MB }).type], ["slot", "slot"]);
  stage.now += SLOT_MS;
  stage.pass(1_000);
  assertEquals(offer(stage, ada, { size: 2 * MB }).type, "slot");
});

Deno.test("the guests of one address offer a limited number of bytes in a day, under any names", () => {
  const stage = open({ bytesPerMemberAndDay: 10 * MB });
  const guest = (n: number) => {
    const session = stage.connect(true, { address: "192.0.2.7" });
    stage.say(session, { type: "join", name: `guest${n}` });
    return session;
  };
  const answers = Array.from({ length: 5 }, (_, n) => offer(stage, guest(n), { size: 10 * MB }));
  assertEquals(answers.map(({ type }) => type), ["slot", "slot", "slot", "slot", "error"]);
  assertEquals([answers[4]!.code, answers[4]!.retryAfter], ["quota_exceeded", 6 * 60 * 60]);
  const session = stage.connect(true, { address: "192.0.2.8" });
  stage.say(session, { type: "join", name: "else" });
  assertEquals(offer(stage, session, { size: MB }).type, "slot");
});

Deno.test("all files together stay within the server's space, with those that are on their way", () => {
  let used = 0;
  const stage = open({ totalBytes: 4 * MB }, { usedBytes: () => used });
  const ada = stage.join("ada");
  assertEquals([offer(stage, ada, { size: 3 * MB }).type, offer(stage, ada, { size: MB + 1 }).code], [
    "slot",
    "quota_exceeded",
  ]);
  const file = upload(stage, ada);
  used = MB;
  assertEquals(offer(stage, ada, { size: 1 }).code, "quota_exceeded");
  send(stage, ada, { file });
  used = 0;
  assertEquals(offer(stage, ada, { size: MB }).type, "slot");
});
