/** Guests who use up shared resources of the real program. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Batch, RecordChange } from "../../src/history/store.ts";
import { openSqliteHistory } from "../../src/history/sqlite/sqlite_history.ts";
import * as limits from "../../src/protocol/limits.ts";
import { batch, message, room } from "../contracts/history_store_contract.ts";
import { serve, serveAgain, type Served } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { poll } from "../helpers/process_lines.ts";
import { type Told, Wire } from "./wire.ts";

const ADMIN_PASSWORD = "crane and gantry";
const RATE = ["--rate", "0"];

/** Runs `attack` against a server whose data folder initially contains `kept`. */
async function against(kept: Partial<Batch>, attack: (server: Served, folder: string) => Promise<void>): Promise<void> {
  const folder = newFolder();
  const store = openSqliteHistory({ folder });
  store.append(batch(kept));
  store.close();
  await Deno.writeTextFile(`${folder}/admin`, ADMIN_PASSWORD);
  const options = ["--data", folder, "--admin-password-file", `${folder}/admin`, ...RATE];
  await using server = await serve(...options);
  await attack(server, folder);
}

/** A connection and its replies, by `ref`. */
class Asker implements Disposable {
  readonly wire: Wire;
  token = "";
  /** Refs are unique across connections: a member's `ref` counts once. */
  static #refs = 0;

  constructor(wire: Wire) {
    this.wire = wire;
  }

  async ask(command: object): Promise<Told> {
    const [answer] = await this.askAll([command]);
    return answer!;
  }

  /** Sends all of them at once. */
  async askAll(commands: readonly object[]): Promise<Told[]> {
    const first = Asker.#refs;
    await this.wire.send(...commands.map((command) => ({ ...command, ref: `q${++Asker.#refs}` })));
    const answers: Told[] = [];
    for (let nth = first + 1; nth <= first + commands.length; nth++) {
      answers.push(await this.wire.until(({ ref }) => ref === `q${nth}`));
    }
    return answers;
  }

  [Symbol.dispose](): void {
    this.wire.close();
  }
}

async function guest({ address }: Served, name: string, room = "lobby", token?: string): Promise<Asker> {
  const asker = new Asker(await Wire.dial(address));
  const joined = await asker.ask({ type: "join", name, room, token });
  assertEquals(joined.type, "joined", JSON.stringify(joined));
  asker.token = String((joined.you as { token: string }).token);
  return asker;
}

async function owner({ address }: Served): Promise<Asker> {
  const asker = new Asker(await Wire.dial(address));
  assertEquals((await asker.ask({ type: "auth", password: ADMIN_PASSWORD })).type, "authenticated");
  return asker;
}

/** A record of a room with a message, which stays when it is empty. */
const SPOKEN_LOBBY: Partial<Batch> = { rooms: [room("lobby")], messages: [{ message: message(1, "hello") }] };

/** Records of restrictions by guests, `each` of every guest. */
function ordersOfGuests(count: number, each: number): RecordChange[] {
  return Array.from({ length: count }, (_, nth) => ({
    kind: "restriction",
    key: `0190c3a1-7000-7000-8000-${String(nth).padStart(12, "0")}`,
    value: {
      kind: "mute",
      room: "lobby",
      member: { id: `m-${nth}`, name: `target${nth}` },
      by: { id: `guest-${Math.floor(nth / each)}`, name: `guest${Math.floor(nth / each)}x` },
    },
  }));
}

function refused(answers: readonly Told[]): Told[] {
  return answers.filter(({ type }) => type === "error");
}

Deno.test("with all the restrictions that guests may set, the owner can still ban, mute and lock down, and end them by one command", async () => {
  const records = ordersOfGuests(limits.MAX_RESTRICTIONS - limits.RESERVED_RESTRICTIONS, 200);
  await against({ ...SPOKEN_LOBBY, records }, async (server) => {
    using mod = await guest(server, "mod", "dev");
    using eve = await guest(server, "eve");
    const tooMany = await mod.ask({ type: "slow", room: "dev", seconds: 5 });
    assertEquals([tooMany.type, tooMany.code], ["error", "forbidden"]);
    assertStringIncludes(String(tooMany.message), "owner");
    using boss = await owner(server);
    const done = await boss.askAll([
      { type: "mute", name: "eve" },
      { type: "lockdown", on: true },
      { type: "lockdown", on: false },
      { type: "ban", name: "eve", seconds: 60 },
    ]);
    assertEquals(refused(done), []);
    await eve.wire.drain();
    const ended = await boss.ask({ type: "allow", by: "guest7x" });
    assertEquals([ended.type, ended.text], ["notice", "200 restrictions are ended"], JSON.stringify(ended));
    assertEquals((await mod.ask({ type: "slow", room: "dev", seconds: 5 })).type, "restriction");
  });
});

Deno.test("an owner ends thousands of restrictions of a room in steps, and other members are answered in between", async () => {
  await against({ ...SPOKEN_LOBBY, records: ordersOfGuests(2_500, 200) }, async (server, folder) => {
    using ada = await guest(server, "ada");
    using boss = await owner(server);
    const started = performance.now();
    let done = false;
    const ending = boss.ask({ type: "allow", all: true, room: "lobby" }).finally(() => done = true);
    let worst = 0;
    while (!done) {
      const before = performance.now();
      await ada.ask({ type: "message", room: "lobby", text: "hello" });
      worst = Math.max(worst, performance.now() - before);
    }
    assertEquals((await ending).text, "2500 restrictions are ended");
    const total = performance.now() - started;
    console.log(`all ended in ${total.toFixed(0)} ms, worst wait ${worst.toFixed(1)} ms`);
    assert(worst < total / 3, `A bystander waited ${worst} of ${total} ms`);
    await server.stop();
    const store = openSqliteHistory({ folder });
    assertEquals(store.records().filter(({ kind }) => kind === "restriction").length, 0);
    store.close();
  });
});

Deno.test("rooms that a guest leaves with topics, locks and moderators are gone at once and after a restart", async () => {
  await against({}, async (server, folder) => {
    {
      using eve = await guest(server, "eve");
      for (let nth = 0; nth < 10; nth++) {
        const room = `room${nth}`;
        const answers = await eve.askAll([
          { type: "join", room },
          { type: "topic", room, text: "mine" },
          { type: "lock", room },
          { type: "slow", room, seconds: 5 },
          { type: "leave", room },
        ]);
        assertEquals(refused(answers), []);
      }
      assertEquals((await eve.ask({ type: "rooms" })).count, 1);
      await eve.askAll([{ type: "join", room: "left-behind" }, { type: "topic", room: "left-behind", text: "mine" }]);
    }
    await server.stop();
    const store = openSqliteHistory({ folder });
    assertEquals(store.rooms().map(({ name }) => name), ["left-behind"]);
    assertEquals(store.records().map(({ kind }) => kind).sort(), ["role", "room"]);
    store.close();
  });
});

Deno.test("a guest who returns again and again creates a limited number of rooms with messages, also after a restart", async () => {
  await against({}, async (server) => {
    let token: string | undefined;
    const make = async (at: Served, from: number, count: number): Promise<number> => {
      using eve = await guest(at, "eve", "lobby", token);
      token = eve.token;
      const rooms = Array.from({ length: count }, (_, nth) => `room${from + nth}`);
      const answers = await eve.askAll(rooms.flatMap((room) => [
        { type: "join", room },
        { type: "message", room, text: "spam" },
        { type: "leave", room },
      ]));
      return answers.filter(({ type }) => type === "joined").length;
    };
    const half = limits.MAX_ROOMS_MADE_PER_MEMBER / 2 - 2;
    assertEquals([await make(server, 0, half), await make(server, half, half)], [half, half]);
    await server.stop();
    await using again = await serveAgain(server, ...RATE);
    assertEquals(await make(again, 2 * half, 7), 4);
    using ada = await guest(again, "ada", "tea");
    assertEquals((await ada.ask({ type: "message", room: "tea", text: "hello" })).type, "ack");
    ada.wire.close();
    await again.stop();
  });
});

Deno.test("a server at its limit of rooms admits members to the lobby, and the owner removes rooms to make space", async () => {
  const count = limits.MAX_ROOMS - limits.RESERVED_ROOMS;
  const rooms = Array.from({ length: count }, (_, nth) => ({ id: `r-${nth}`, name: `room${nth}`, topic: "" }));
  await against({ rooms }, async (server) => {
    using ada = await guest(server, "ada");
    const full = await ada.ask({ type: "join", room: "tea" });
    assertEquals([full.type, full.code], ["error", "forbidden"]);
    using boss = await owner(server);
    assertEquals((await boss.ask({ type: "remove", room: "room5" })).text, "#room5 is removed");
    const lobby = await boss.ask({ type: "remove", room: "lobby" });
    assertEquals([lobby.type, lobby.code], ["error", "forbidden"]);
    // The lobby is one room more than guests may create.
    assertEquals((await boss.ask({ type: "remove", room: "room6" })).text, "#room6 is removed");
    assertEquals((await ada.ask({ type: "join", room: "tea" })).type, "joined");
  });
});

Deno.test("a removed room is gone after a SIGKILL as well, and a returning client gets every message of the next room of its name", async () => {
  await against({}, async (server) => {
    const said = (text: string) => ({ type: "message", room: "dev", text });
    using mod = await guest(server, "mod", "dev");
    const acks = await mod.askAll(Array.from({ length: 10 }, (_, nth) => said(`old ${nth}`)));
    using eve = await guest(server, "eve", "dev");
    assertEquals((await eve.ask({ type: "remove", room: "dev" })).code, "forbidden");
    await mod.wire.send({ type: "remove", room: "dev", ref: "r" });
    const told = await eve.wire.until(({ type }) => type === "leave");
    assertEquals([told.room, told.reason], ["dev", "removed"]);
    await mod.wire.until(({ ref }) => ref === "r");
    server.program.kill("SIGKILL");
    await using again = await serveAgain(server, ...RATE);
    using ada = await guest(again, "ada", "dev");
    assertEquals((await ada.ask(said("new 1"))).seq, 1);
    assertEquals((await ada.ask({ type: "search", room: "dev", query: "old" })).messages, []);
    using back = new Asker(await Wire.dial(again.address));
    const joined = await back.ask({ type: "join", name: "bob", room: "dev", after: acks[9]!.id });
    assertEquals([joined.seq, joined.missed], [1, 1]);
    assertEquals((await back.wire.until(({ type }) => type === "message")).text, "new 1");
    await again.stop();
  });
});

Deno.test("one sender begins conversations with few members at once, and does not fill the emoji of a message", async () => {
  await against({}, async (server) => {
    for (let nth = 0; nth <= limits.NEW_CONVERSATIONS_BURST; nth++) {
      using bob = await guest(server, `bob${nth}x`);
      if (nth === 0) await bob.ask({ type: "message", room: "lobby", text: "hello" });
    }
    using eve = await guest(server, "eve");
    const spam = Array.from({ length: limits.NEW_CONVERSATIONS_BURST + 1 }, (_, nth) => ({
      ...{ type: "message", to: `bob${nth}x`, text: "pills" },
    }));
    const answers = await eve.askAll(spam);
    assertEquals(answers.filter(({ type }) => type === "ack").length, limits.NEW_CONVERSATIONS_BURST);
    const emoji = Array.from(
      { length: limits.MAX_REACTIONS_PER_MEMBER + 1 },
      (_, nth) => String.fromCodePoint(0x1f600 + nth),
    );
    const reactions = await eve.askAll(emoji.map((one) => ({ type: "react", room: "lobby", of: 1, emoji: one })));
    assertEquals(reactions.filter(({ type }) => type === "ack").length, limits.MAX_REACTIONS_PER_MEMBER);
    using ada = await guest(server, "ada");
    assertEquals((await ada.ask({ type: "react", room: "lobby", of: 1, emoji: emoji.at(-1) })).type, "ack");
    await server.stop();
  });
});

/** Records of files that guests of this machine have offered, each of another member. */
function offersOfGuests(count: number): RecordChange[] {
  return Array.from({ length: count }, (_, nth) => ({
    kind: "upload",
    key: `0190c3a1-7000-7000-8000-${String(nth).padStart(12, "0")}`,
    value: { member: `m-${nth}`, from: "local", name: "a", size: 1, token: "t", until: Date.now() + limits.SLOT_MS },
  }));
}

Deno.test("one guest fills 16 slots, many guests of one address fill its share, and an account can still send files", async () => {
  const records = offersOfGuests(limits.MAX_SLOTS_OF_THIS_MACHINE - limits.MAX_SLOTS_PER_MEMBER);
  await against({ ...SPOKEN_LOBBY, records }, async (server, folder) => {
    using eve = await guest(server, "eve");
    using mallory = await guest(server, "mallory");
    using ada = await guest(server, "ada");
    const offer = { type: "offer", room: "lobby", name: "a", size: 1 };
    assertEquals((await ada.ask({ type: "register", password: "correct horse" })).type, "registered");
    const answers = await eve.askAll(Array(limits.MAX_SLOTS_PER_MEMBER + 1).fill(offer));
    assertEquals(refused(answers).map(({ code }) => code), ["quota_exceeded"]);
    assertStringIncludes(String(answers.at(-1)!.message), "You have 16 files on their way");
    const others = await mallory.ask(offer);
    assertStringIncludes(String(others.message), "Your address has 1000 files on their way");
    assertEquals((await ada.ask(offer)).type, "slot");
    assertEquals((await mallory.ask({ type: "message", room: "lobby", text: "hi" })).type, "ack");
    assertEquals([...Deno.readDirSync(`${folder}/files`)].filter(({ name }) => name.length === 2), []);
  });
});

Deno.test("offers that are cancelled after their bytes were sent count for the day, and cost the others nothing", async () => {
  await against(SPOKEN_LOBBY, async (server, folder) => {
    using eve = await guest(server, "eve");
    using ada = await guest(server, "ada");
    const size = limits.DEFAULT_MAX_FILE_BYTES;
    const most = Math.floor(limits.MEMBER_FILE_BYTES_PER_DAY / size);
    let sent = 0;
    for (; sent <= most; sent++) {
      const slot = await eve.ask({ type: "offer", room: "lobby", name: "a", size });
      if (slot.type === "error") break;
      const url = `http://${server.address}${slot.path}`;
      const headers = { authorization: `Bearer ${slot.token}` };
      const type = { "content-type": "application/partial-upload", "upload-offset": "0" };
      const part = await fetch(url, { method: "PATCH", headers: { ...headers, ...type }, body: "some bytes" });
      assertEquals((await fetch(url, { method: "DELETE", headers })).status, 204);
      const again = await fetch(url, { method: "DELETE", headers });
      assertEquals([part.status, again.status, (await again.text()) !== ""], [204, 404, true]);
    }
    assertEquals(sent, most);
    assertEquals((await ada.ask({ type: "offer", room: "lobby", name: "a", size })).type, "slot");
    const parts = () => Array.from(Deno.readDirSync(`${folder}/files/partial`)).length;
    await poll(() => Promise.resolve(parts() === 0), () => "the parts to be removed");
  });
});
