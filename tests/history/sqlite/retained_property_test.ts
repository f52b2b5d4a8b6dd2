import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { openSqliteHistory } from "../../../src/history/sqlite/sqlite_history.ts";
import type { HistoryStore, RetainedHistory, Retention } from "../../../src/history/store.ts";
import { conversationName } from "../../../src/protocol/conventions.ts";
import type { MemberInfo, RoomEntry } from "../../../src/protocol/messages/messages.ts";
import { conversation } from "../../contracts/conversations_contract.ts";
import { file, withThumbnail } from "../../contracts/files_contract.ts";
import { batch, maintainFully, member, START_MS } from "../../contracts/history_store_contract.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
const MEMBERS: readonly MemberInfo[] = ["ada", "bob", "eve"].map((name) => ({ id: `${name}-id`, name }));
const ROOMS = ["lobby", "dev"];
const WAITS_MS = [100, 100, 500, 500, 1_000, DAY_MS, 31 * DAY_MS];
const EMOJI = ["\u{1f44d}", "\u{1f389}"];

type Step =
  | { readonly do: "say"; readonly room: number; readonly from: number; readonly count: number; readonly skew: number }
  | {
    readonly do: "reply" | "edit" | "delete" | "react" | "file";
    readonly room: number;
    readonly from: number;
    readonly back: number;
  }
  | { readonly do: "remove"; readonly room: number }
  | { readonly do: "rename"; readonly from: number; readonly number: number }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "upkeep" }
  | { readonly do: "maintain" | "checkpoint" | "restart"; readonly server: number };

const nat = (max: number) => fc.integer({ min: 0, max });
const place = { room: nat(1), from: nat(2) };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("say" as const),
      ...place,
      count: fc.integer({ min: 1, max: 6 }),
      skew: nat(400),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom(...["reply", "edit", "delete", "react", "file"] as const),
      ...place,
      back: nat(12),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("remove" as const), room: nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("rename" as const), from: nat(2), number: nat(3) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.constantFrom(...WAITS_MS),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("upkeep" as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom(...["maintain", "checkpoint", "restart"] as const), server: nat(1) }),
  },
);
const retention: fc.Arbitrary<Retention> = fc.record({
  maxMessages: fc.constantFrom(0, 3, 8, 100),
  maxAgeMs: fc.constantFrom(700, 3_000, DAY_MS),
  maxFileAgeMs: fc.constantFrom(400, 2_000, DAY_MS),
}, { requiredKeys: [] });

/** Servers that get the same changes. The last one is neither maintained nor started again. */
class Servers implements Disposable {
  readonly #folders = Array.from({ length: 3 }, temporaryFolder);
  readonly #retention: Retention;
  readonly #stores: HistoryStore[];
  readonly #readers: RetainedHistory[];
  /** What was done since each server's last checkpoint. */
  readonly #redo: ((store: HistoryStore) => void)[][] = [[], [], []];
  readonly #seqs = new Map<string, number>();
  #now = START_MS;
  #ids = 0;
  #checkpoints = 0;

  constructor(retention: Retention) {
    this.#retention = retention;
    this.#stores = this.#folders.map(({ path }) => openSqliteHistory({ folder: path, retention, checkpoints: true }));
    this.#readers = this.#stores.map((store) => store.retained!(() => this.#now));
    this.#append({
      members: MEMBERS.map((each) => member(each)),
      rooms: ROOMS.map((name) => ({ id: `${name} 0`, name, topic: "" })),
      conversations: [conversation(MEMBERS[0]!, MEMBERS[1]!)],
    });
  }

  [Symbol.dispose](): void {
    for (const store of this.#stores) store.close();
    for (const folder of this.#folders) folder[Symbol.dispose]();
  }

  run(step: Step): void {
    switch (step.do) {
      case "say":
        return this.#say(ROOMS[step.room]!, MEMBERS[step.from]!, step.count, step.skew - 200);
      case "remove":
        return this.#remove(ROOMS[step.room]!);
      case "rename":
        return this.#append({ members: [member({ ...MEMBERS[step.from]!, name: `name${step.number}` })] });
      case "wait":
        this.#now += step.ms;
        return;
      case "upkeep": {
        const now = this.#now;
        return this.#everywhere((store) => store.upkeep!(now));
      }
      case "maintain":
        maintainFully(this.#stores[step.server]!, this.#now);
        return;
      case "checkpoint":
        return this.#checkpoint(step.server);
      case "restart":
        return this.#restart(step.server);
      default:
        return this.#change(step);
    }
  }

  /** Everything that readers can be asked; by `check` the same on all servers. */
  check(): void {
    const [first, ...others] = this.#readers.map((reader) => this.#answers(reader));
    for (const other of others) assertEquals(other, first);
  }

  #say(room: string, from: MemberInfo, count: number, skew: number): void {
    const messages = Array.from({ length: count }, () => this.#entry(room, from, skew)).map((own) => ({
      message: { type: "message" as const, ...own, text: `text ${own.id}` },
      ref: own.id,
    }));
    this.#append({ messages });
  }

  #change(
    { do: kind, room: roomIndex, from, back }: Exclude<
      Step,
      { do: "say" | "remove" | "rename" | "wait" | "upkeep" | "maintain" | "checkpoint" | "restart" }
    >,
  ): void {
    const room = ROOMS[roomIndex]!;
    const author = MEMBERS[from]!;
    const seq = (this.#seqs.get(room) ?? 0) - back;
    const [target] = this.#readers[2]!.read({ room, after: seq - 1, before: seq + 1, limit: 1 });
    if (kind !== "file" && (target === undefined || target.deleted)) return;
    const own = this.#entry(room, author, 0);
    const of = { id: target?.id, seq };
    const entries: Readonly<Record<typeof kind, () => RoomEntry>> = {
      reply: () => ({ type: "message", ...own, text: "a reply", reply: of }),
      edit: () => ({ type: "edited", ...own, of: { ...of, from: author }, text: `edit ${own.id}` }),
      delete: () => ({ type: "deleted", ...own, of: { ...of, from: author } }),
      react: () => ({
        type: "reacted",
        ...own,
        of,
        emoji: EMOJI[back % 2]!,
        count: 1,
        ...back > 6 && { removed: true as const },
      }),
      file: () => ({
        type: "message",
        ...own,
        text: "",
        file: withThumbnail(file(this.#ids, "ab"[back % 2]!, 10 + back), "c"),
      }),
    };
    this.#append({ messages: [{ message: entries[kind]() }] });
  }

  #entry(room: string, from: MemberInfo, skew: number) {
    const seq = (this.#seqs.get(room) ?? 0) + 1;
    this.#seqs.set(room, seq);
    return { id: `id ${++this.#ids}`, room, seq, from, at: new Date(this.#now + skew).toISOString() };
  }

  #remove(name: string): void {
    const id = this.#stores[0]!.rooms().find((room) => room.name === name)!.id;
    this.#seqs.delete(name);
    this.#append({ removed: [{ id, name }], rooms: [{ id: `${name} ${++this.#ids}`, name, topic: "" }] });
  }

  #append(parts: Parameters<typeof batch>[0]): void {
    const whole = batch(parts);
    this.#everywhere((store) => store.append(whole));
  }

  #everywhere(work: (store: HistoryStore) => void): void {
    this.#stores.forEach(work);
    for (const redo of this.#redo) redo.push(work);
  }

  #checkpoint(server: number): void {
    this.#stores[server]!.checkpoint!({ position: ++this.#checkpoints, state: "" });
    this.#redo[server] = [];
  }

  /** Goes back to the last checkpoint, and gets the changes since then again. */
  #restart(server: number): void {
    this.#stores[server]!.close();
    const folder = this.#folders[server]!.path;
    const store = openSqliteHistory({ folder, retention: this.#retention, checkpoints: true });
    this.#stores[server] = store;
    this.#readers[server] = store.retained!(() => this.#now);
    for (const work of this.#redo[server]!) work(store);
  }

  #answers(reader: RetainedHistory): unknown {
    const ids = Array.from({ length: this.#ids }, (_, index) => index + 1);
    const names = [...MEMBERS.map(({ name }) => name), "name0", "name1", "name2", "name3"];
    const talk = conversationName(MEMBERS[0]!.id, MEMBERS[1]!.id);
    return {
      rooms: ROOMS.map((room) => ({
        messages: reader.read({ room, limit: 1_000 }),
        entries: reader.entries({ room, limit: 1_000 }),
        last: reader.entries({ room, limit: 2 }),
        seqs: ids.map((id) => reader.seqOf(room, `id ${id}`)),
        reacted: ids.flatMap((seq) => MEMBERS.map(({ id }) => reader.hasReacted(room, seq, EMOJI[0]!, id))),
      })),
      files: ids.flatMap((id) => [reader.files.byId(`file-${id}`), reader.files.byId(`file-${id}-small`)]),
      acks: ids.flatMap((id) => MEMBERS.map((each) => reader.ack(each.id, `id ${id}`, this.#now))),
      members: MEMBERS.map(({ id }) => [reader.memberById(id)]),
      names: names.map((name) => reader.memberByName([name])),
      conversations: [reader.conversation(talk), reader.conversationCount(), reader.conversationCount(MEMBERS[0]!.id)],
    };
  }
}

Deno.test("stores that are maintained and started again at different times give the same answers", () => {
  const seed = Date.now() & 0x7fffffff;
  console.log(`seed ${seed}`);
  fc.assert(
    fc.property(retention, fc.array(step, { minLength: 10, maxLength: 60 }), (retention, steps) => {
      using servers = new Servers(retention);
      for (const step of steps) {
        servers.run(step);
        servers.check();
      }
    }),
    { seed, numRuns: Number(Deno.env.get("RUNS") ?? 8) },
  );
});
