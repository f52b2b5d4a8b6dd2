import { assert, assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import type { Effect, KnownMember } from "../../../src/core/effect.ts";
import { Hub } from "../../../src/core/hub.ts";
import { NOTHING_KNOWN } from "../../../src/core/hub_options.ts";
import { accessOptions, SecretKeeper } from "../../../src/server/turn/secret_keeper.ts";
import { digest, newSeed } from "../../../src/server/turn/ids.ts";
import { SecretHub } from "../../core/secret_hub.ts";
import type { StageOptions } from "../../core/stage.ts";
import type { ClientCommand } from "../../../src/protocol/messages/messages.ts";
import type { LocalCommand } from "../../../src/server/turn/local_commands.ts";
import { parseCommand } from "../../../src/protocol/messages/validate.ts";

type HubClientCommand = Exclude<ClientCommand, LocalCommand>;

const NOW = Date.parse("2026-01-02T03:04:05.678Z");

/** A hub with a keeper, which records the commands that reach the hub. */
function scene({ access, ...options }: StageOptions = {}) {
  const commands: unknown[] = [];
  class SpyHub extends Hub {
    override handle(...args: Parameters<Hub["handle"]>): Effect[] {
      commands.push(args[1]);
      return super.handle(...args);
    }
  }
  const server = { id: "s-1", name: "test", version: "0" };
  const hub = new SpyHub({
    server,
    rate: undefined,
    seed: newSeed(),
    access: access && accessOptions(access),
    ...options,
  });
  let drawn = 0;
  const source = {
    chat: "c-1",
    newToken: () => `secret-${++drawn}`,
    newWords: () => "otter-lamp-crane",
    newSalt: () => `salt-${++drawn}`,
    usedBytes: () => ({ all: 1, ofMember: 2 }),
    digest,
  };
  const keeper = new SecretHub(hub, new SecretKeeper(hub, source, access));
  const say = (id: number, command: object) => keeper.handle(id, parseCommand(command) as HubClientCommand, NOW);
  return { hub, keeper, commands, say };
}

const joinedOf = (effects: readonly Effect[]) => effects.find((effect) => effect.type === "replay")?.joined;

Deno.test("a command without a secret reaches the hub as the same object", () => {
  const { hub, keeper, commands } = scene();
  hub.open(1, { resumable: true }, NOW);
  const command = parseCommand({ type: "message", room: "lobby", text: "hi" });
  keeper.handle(1, command as HubClientCommand, NOW);
  assertStrictEquals(commands[0], command);
});

Deno.test("a token reaches the hub as its digest, and the client gets its text with each room", () => {
  const { hub, commands, say } = scene();
  for (const id of [1, 2]) hub.open(id, { resumable: true }, NOW);
  const { token, id } = joinedOf(say(1, { type: "join", name: "ada" }))!.you;
  assertEquals(token, "secret-1");
  const again = joinedOf(say(2, { type: "join", token, session: "1" }))!.you;
  assertEquals([again.id, again.token], [id, token]);
  assertEquals(joinedOf(say(2, { type: "join", room: "dev" }))!.you.token, token);
  assertEquals((commands[1] as { token: object }).token, { digests: [digest(token!)] });
  assert(!JSON.stringify(commands).includes("secret-"));
});

Deno.test("a token bound to a room is stored by its digest and the room, and does not work for another room", () => {
  const { hub, say } = scene({ access: { inviteOnly: true } });
  hub.open(1, { resumable: true, privileged: true }, NOW);
  const [invite] = say(1, { type: "invite", room: "den", uses: 9 }).flatMap((effect) =>
    effect.type === "send" && effect.event.type === "invite" ? [effect.event] : []
  );
  assertEquals(invite!.words, "otter-lamp-crane");
  hub.open(2, { resumable: true }, NOW);
  const effects = say(2, { type: "join", name: "bob", room: "den", password: invite!.secret });
  const { token } = joinedOf(effects)!.you;
  const [secret, room] = token!.split(".");
  assertEquals(room, "den");
  const stored = effects.find((effect) => effect.type === "keepMember")!.member.tokenDigest;
  assertEquals(stored, `${digest(secret!)}.den`);
  for (const forged of [secret, `${secret}.lobby`, `${secret}.`, stored, `${token}.den`]) {
    hub.open(3, { resumable: true }, NOW);
    assertEquals(joinedOf(say(3, { type: "join", token: forged, room: "den" })), undefined, forged);
  }
  assertEquals(joinedOf(say(3, { type: "join", token, room: "den" }))!.you.token, token);
});

Deno.test("a bound token of an earlier version, stored by the digest of the whole, still works", () => {
  const known: KnownMember = { id: "m-1", name: "bob", tokenDigest: digest("old.den") };
  const { hub, say } = scene({
    access: { inviteOnly: true },
    historyReader: { ...NOTHING_KNOWN, memberByToken: (stored) => stored === known.tokenDigest ? known : undefined },
  });
  hub.open(1, { resumable: true }, NOW);
  assertEquals(joinedOf(say(1, { type: "join", token: "old.dev", room: "dev" })), undefined);
  const { id, token } = joinedOf(say(1, { type: "join", token: "old.den", room: "den" }))!.you;
  assertEquals([id, token], ["m-1", "old.den"]);
  assertEquals(joinedOf(say(1, { type: "join", room: "dev" })), undefined, "It is still bound to its room");
});

Deno.test("each join draws a new token, and no two members get the same one", () => {
  const { hub, say } = scene();
  for (const id of [1, 2]) hub.open(id, { resumable: true }, NOW);
  assertNotEquals(
    joinedOf(say(1, { type: "join", name: "ada" }))!.you.token,
    joinedOf(say(2, { type: "join", name: "bob" }))!.you.token,
  );
});

Deno.test("passwords reach the hub as what they open, and an account's goes to the hasher alone", () => {
  const access = { passwordDigest: digest("otter-lamp-crane"), adminDigest: digest("boss"), inviteOnly: false };
  const { hub, keeper, commands, say } = scene({ access });
  hub.open(1, { resumable: true }, NOW);
  const passwords = ["Otter Lamp Crane", "boss", "correct horse", "tea time", "tea-time"] as const;
  const [server, admin, account, key, wrong] = passwords;
  assert(joinedOf(say(1, { type: "join", name: "ada", password: server })) !== undefined);
  say(1, { type: "auth", password: admin });
  const [hash] = say(1, { type: "register", password: account });
  assert(hash!.type === "hash" && !JSON.stringify(hash).includes(account));
  assertEquals(keeper.passwordOf(hash.ticket), account);
  keeper.hashed(hash.ticket, { hash: "hash" }, NOW);
  say(1, { type: "lock", room: "lobby", password: key });
  for (const [id, password] of [[2, key], [3, wrong]] as const) {
    hub.open(id, { resumable: true }, NOW);
    say(id, { type: "join", name: "ada", password });
  }
  const proofs = commands.map((command) => (command as { password?: unknown }).password);
  assertEquals([proofs[0], proofs[1], proofs[2], proofs[5]], [{ server: true }, { admin: true }, undefined, {}]);
  assertEquals(Object.keys(proofs[4] as object), ["lock"]);
  for (const password of passwords) {
    assert(!JSON.stringify(commands).includes(password), password);
    assert(!JSON.stringify(commands).includes(digest(password)), `The digest of ${password}`);
  }
});

Deno.test("two locks with one password are kept with different digests", () => {
  const { hub, say } = scene();
  hub.open(1, { resumable: true, privileged: true }, NOW);
  const openers = ["lobby", "dev"].map((room) => {
    say(1, { type: "join", name: "ada", room });
    return say(1, { type: "lock", room, password: "tea time" }).find((effect) =>
      effect.type === "keepRecord" && effect.kind === "restriction"
    );
  }).map((effect) => (effect as { value: { opener: string } }).value.opener);
  assertNotEquals(openers[0], openers[1]);
});

Deno.test("a lock of an earlier version, whose password is salted with its id, opens still", () => {
  const lock = { kind: "lock", room: "lobby", by: { name: "server" }, opener: digest("r-1 tea time") };
  const { hub, say } = scene({
    rooms: [{ id: "room-1", name: "lobby", topic: "", seq: 1 }],
    records: [{ kind: "restriction", key: "r-1", value: lock }],
  });
  const joins = (id: number, password: string) => {
    hub.open(id, { resumable: true }, NOW);
    return joinedOf(say(id, { type: "join", name: `guest${id}`, password })) !== undefined;
  };
  assertEquals([joins(1, "teatime"), joins(2, "tea time")], [false, true]);
});
