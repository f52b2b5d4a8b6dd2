/** A follower of a shared chat that offers what nobody has written, or more than anybody could read. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseHostMessage } from "../../src/protocol/hosts/copy_messages.ts";
import { MAX_GIVEN_ENTRIES, MAX_OFFERED_IDS, MAX_TEXT_BYTES } from "../../src/protocol/limits.ts";
import { HostStage, KeyOwner, openCopySocket } from "../copies/copy_stage.ts";

const LAST = 2 ** 40;

/** What the rogue answers to the host. */
interface Answers {
  readonly channel?: string;
  readonly ids?: (before: number) => object;
  readonly given?: (after: number) => object;
  /** Called after each answer. */
  readonly answered?: () => Promise<void>;
}

/** The chat of ada, in which bob may follow, and a program of bob that answers so. */
class Scene implements AsyncDisposable {
  readonly stage = new HostStage();
  readonly #bob = new KeyOwner();
  #ada: Awaited<ReturnType<HostStage["joinWith"]>> | undefined;
  #texts = 0;
  bobId = "";

  async begin(): Promise<this> {
    this.#ada = await this.stage.joinWith(new KeyOwner(), "ada");
    this.bobId = (await this.stage.joinWith(this.#bob, "bob")).id;
    this.stage.followers.add(this.#bob.key);
    await this.adaSays();
    return this;
  }

  /** Resolves when ada has the acknowledgement of a message. */
  async adaSays(): Promise<void> {
    const ref = `r${++this.#texts}`;
    await this.#ada!.guest.say({ type: "message", room: "lobby", text: "hello", ref });
    const { seq } = await this.#ada!.guest.until("ack");
    assert(seq! >= this.#texts);
  }

  get entries(): number {
    return this.stage.history.rooms().find(({ name }) => name === "lobby")!.seq;
  }

  /** Follows until the host ends the connection. Resolves with its reason. */
  async follow({ channel = "lobby", ids, given, answered }: Answers): Promise<string> {
    const socket = await openCopySocket(this.stage);
    const send = (message: object) => void socket.send(JSON.stringify(message));
    const answer = async (message: object) => {
      send({ channel, ...message });
      await answered?.();
    };
    for await (const json of socket.messages) {
      const message = parseHostMessage(json as string);
      if (message.type === "challenge") send({ type: "follow", ...this.#bob.prove(message) });
      else if (message.type === "following") {
        send({ type: "have", channels: [{ id: "x", name: channel, seq: LAST, last: "invented" }] });
      } else if (message.type === "wanted") {
        await answer({ type: "ids", ids: [[LAST, "invented"]], ...ids?.(message.before ?? LAST + 1) });
      } else if (message.type === "give") {
        const room = { id: "x", name: channel, topic: "" };
        await answer({ type: "given", room, members: [], entries: [], ...given?.(message.after) });
      } else if (message.type === "copy") break;
    }
    socket.close();
    return socket.closeReason;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stage[Symbol.asyncDispose]();
  }
}

function message(seq: number, more: object = {}) {
  const from = { id: "ghost", name: "ghost" };
  return {
    type: "message",
    id: `id-${seq}`,
    room: "lobby",
    seq,
    from,
    text: "boo",
    at: "2026-01-01T00:00:00Z",
    ...more,
  };
}

Deno.test("a follower that offers ids without an end is sent away, and others chat meanwhile", async () => {
  await using scene = await new Scene().begin();
  let pages = 0;
  const reason = await scene.follow({
    ids: (before) => ({
      ids: Array.from({ length: MAX_OFFERED_IDS }, (_, n) => [before - 1 - n, `i${n}`]),
      more: true,
    }),
    answered: async () => void (++pages % 100 === 0 && await scene.adaSays()),
  });
  assertStringIncludes(reason, "come back later");
  assert(pages > 500 && pages < 1_000, `${pages} pages`);
  assertEquals(scene.entries, 1 + Math.floor(pages / 100));
  await scene.adaSays();
});

Deno.test("a follower that offers entries without an end is sent away, and others chat meanwhile", async () => {
  await using scene = await new Scene().begin();
  let pages = 0;
  const reason = await scene.follow({
    given: (after) => ({
      entries: Array.from(
        { length: MAX_GIVEN_ENTRIES },
        (_, n) => message(after + n + 1, { id: `id-${(after + n) % 5_000}` }),
      ),
      more: true,
    }),
    answered: async () => void (++pages % 100 === 0 && await scene.adaSays()),
  });
  assertStringIncludes(reason, "come back later");
  assert(pages > 200 && pages < 300, `${pages} pages`);
  await scene.adaSays();
});

Deno.test("what was not asked for, or is not in order, is not merged, and ends the connection", async () => {
  const offers: Readonly<Record<string, Answers>> = {
    "rising ids": { ids: () => ({ ids: [[1, "a"], [2, "b"]] }) },
    "no ids, and more": { ids: () => ({ ids: [], more: true }) },
    "ids of another channel": { ids: () => ({ channel: "den" }) },
    "entries instead of ids": { ids: () => ({ type: "given", members: [], entries: [message(1)] }) },
    "falling seqs": { given: () => ({ entries: [message(2), message(1)] }) },
    "seqs above the last one": { given: () => ({ entries: [message(LAST + 1)] }) },
    "no entries, and more": { given: () => ({ more: true }) },
    "no room": { given: () => ({ room: undefined, entries: [message(1)] }) },
    "a text that is too long": { given: () => ({ entries: [message(1, { text: "x".repeat(MAX_TEXT_BYTES + 1) })] }) },
    "a page that is too long": { given: () => ({ entries: [message(1, { text: "x".repeat(70_000) })] }) },
    "an author without a name": { given: () => ({ entries: [message(1, { from: { id: "g", name: "" } })] }) },
    "a conversation of others": {
      channel: "a b",
      given: () => ({ conversation: { id: "c", members: [{ id: "a", name: "a" }, { id: "b", name: "b" }] } }),
    },
  };
  for (const [name, answers] of Object.entries(offers)) {
    await using scene = await new Scene().begin();
    const reason = await scene.follow(answers);
    if (name !== "a conversation of others") assert(reason !== "", name);
    assertEquals([scene.entries, scene.stage.history.conversationCount()], [1, 0], name);
    await scene.adaSays();
  }
});

Deno.test("invented members, rooms and entries of others leave nothing behind", async () => {
  await using scene = await new Scene().begin();
  const members = Array.from({ length: MAX_GIVEN_ENTRIES }, (_, n) => ({
    ...{ id: `m${n}`, name: `member${n}`, tokenDigest: `digest ${n}`, nameKeys: [] },
  }));
  const from = { id: scene.bobId, name: "bob" };
  const entries = [message(1, { from }), message(2, { room: "den" }), {
    ...message(3),
    type: "deleted",
    of: { seq: 1 },
  }];
  await scene.follow({ channel: "ghosts", given: () => ({ members, entries }) });
  const { history } = scene.stage;
  assertEquals(history.rooms().map(({ name }) => name), ["lobby"]);
  assertEquals([history.memberById("m1"), history.memberByName(["member1"])], [undefined, undefined]);
  assertEquals(scene.entries, 1);
});
