/**
 * Two hubs on one log of inputs, which must not differ in anything. The second one gets each input as it comes back from
 * JSON, has a store of its own that stores as late as a server does, and is replaced now and then by one made from its image.
 */

import { assert, assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import type { Effect } from "../../../src/core/effect.ts";
import { Hub, type HubOptions } from "../../../src/core/hub.ts";
import { isQuery } from "../../../src/core/commands/command_table.ts";
import type { HubCommand } from "../../../src/core/hub_command.ts";
import { type HistoryReader, needsStoredEffects, NOTHING_KNOWN } from "../../../src/core/hub_options.ts";
import { TURN_FRAMES } from "../../../src/protocol/limits.ts";
import type { ClientCommand } from "../../../src/protocol/messages/messages.ts";
import { HubStore } from "../hub_store.ts";
import { digest } from "../../../src/server/turn/ids.ts";
import { MODEL_FILES } from "../hub_model/file_steps.ts";
import { HubModel } from "../hub_model/hub_model.ts";
import type { StageOptions } from "../stage.ts";
import { canonicalText } from "./canonical_text.ts";

/** A hub's model on twins. Its digests do not contain the secret, unlike those of other tests. */
export function newTwinModel(): HubModel {
  return new HubModel(twinOptions());
}

/** The options of a stage on twins. */
export function twinOptions(): StageOptions {
  const store = new LateStore();
  const files = MODEL_FILES;
  return {
    digest,
    files,
    newHub: (options, secrets) => new TwinHubs({ options, secrets, store }) as unknown as Hub,
  };
}

/** A store for the second hub, which keeps effects only when the server would at the latest: at the end of a turn. */
class LateStore {
  readonly store = new HubStore();
  readonly #waiting: Effect[] = [];

  add(effects: readonly Effect[]): void {
    this.#waiting.push(...effects);
  }

  flush(): void {
    for (const effect of this.#waiting.splice(0)) this.store.keep(effect);
  }

  /** Reads from this store whatever `reader` reads from a store. */
  readerLike(reader: HistoryReader): HistoryReader {
    return readerOf((name) => reader[name] === NOTHING_KNOWN[name] ? reader : this.store);
  }
}

interface TwinOptions {
  readonly options: HubOptions;
  /** All secrets so far: none of them may be in an input, in an effect or in the state. */
  readonly secrets: ReadonlySet<string>;
  /** The store of the second hub. */
  readonly store: LateStore;
}

const READERS = [...Object.values(NOTHING_KNOWN), ...Object.values(NOTHING_KNOWN.files)];
/** The functions in a hub's state: those of its reader. */
const FUNCTIONS = READERS.filter((part) => typeof part === "function").length;

/** Inputs between two replacements of the second hub. */
const RESTORED_EVERY = 7;

/** The calls that change a hub. */
type Input = "open" | "handle" | "hashed" | "uploaded" | "cancelUpload" | "close" | "closeAll" | "tick" | "apply";

class TwinHubs implements Pick<Hub, keyof Hub> {
  readonly #hubs: [Hub, Hub];
  /** The options with which the second hub is made again. */
  readonly #restored: HubOptions;
  readonly #secrets: ReadonlySet<string>;
  readonly #store: LateStore;
  #handled = 0;
  #inputs = 0;

  constructor({ options, secrets, store }: TwinOptions) {
    const { historyReader: reader = NOTHING_KNOWN, ...rest } = options;
    store.flush();
    const { rooms, records } = options.rooms === undefined ? options : store.store;
    const first = new Hub({ ...rest, historyReader: readerOf(() => reader) });
    this.#restored = { ...rest, historyReader: store.readerLike(reader) };
    this.#hubs = [first, new Hub({ ...this.#restored, rooms, records })];
    this.#secrets = secrets;
    this.#store = store;
  }

  open(...args: Parameters<Hub["open"]>): Effect[] {
    return this.#input("open", args);
  }

  handle(...args: Parameters<Hub["handle"]>): Effect[] {
    return this.#input("handle", args);
  }

  hashed(...args: Parameters<Hub["hashed"]>): Effect[] {
    return this.#input("hashed", args);
  }

  uploaded(...args: Parameters<Hub["uploaded"]>): Effect[] {
    return this.#input("uploaded", args);
  }

  cancelUpload(...args: Parameters<Hub["cancelUpload"]>): Effect[] {
    return this.#input("cancelUpload", args);
  }

  /** Must leave the state of both hubs as it is. */
  typing(...args: Parameters<Hub["typing"]>): Effect[] {
    const states = this.#hubs.map(canonicalText);
    const effects = this.#both((hub) => hub.typing(...args));
    assertEquals(this.#hubs.map(canonicalText), states);
    return effects;
  }

  slot(...args: Parameters<Hub["slot"]>): ReturnType<Hub["slot"]> {
    return this.#both((hub) => hub.slot(...args));
  }

  seats(): ReturnType<Hub["seats"]> {
    return this.#both((hub) => [...hub.seats()]);
  }

  hasUpload(...args: Parameters<Hub["hasUpload"]>): boolean {
    return this.#both((hub) => hub.hasUpload(...args));
  }

  readableFile(...args: Parameters<Hub["readableFile"]>): ReturnType<Hub["readableFile"]> {
    return this.#both((hub) => hub.readableFile(...args));
  }

  isOwner(...args: Parameters<Hub["isOwner"]>): boolean {
    return this.#both((hub) => hub.isOwner(...args));
  }

  memberWithKey(...args: Parameters<Hub["memberWithKey"]>): ReturnType<Hub["memberWithKey"]> {
    return this.#both((hub) => hub.memberWithKey(...args));
  }

  keysOf(...args: Parameters<Hub["keysOf"]>): ReturnType<Hub["keysOf"]> {
    return this.#both((hub) => hub.keysOf(...args));
  }

  mayCopyRoom(...args: Parameters<Hub["mayCopyRoom"]>): boolean {
    return this.#both((hub) => hub.mayCopyRoom(...args));
  }

  /** Asks both hubs between two turns. */
  #both<T>(ask: (hub: Hub) => T): T {
    this.#store.flush();
    const [answer, other] = this.#hubs.map(ask) as [T, T];
    assertEquals(answer, other);
    return answer;
  }

  close(...args: Parameters<Hub["close"]>): Effect[] {
    return this.#input("close", args);
  }

  closeAll(...args: Parameters<Hub["closeAll"]>): Effect[] {
    return this.#input("closeAll", args);
  }

  apply(...args: Parameters<Hub["apply"]>): Effect[] {
    return this.#input("apply", args);
  }

  tick(...args: Parameters<Hub["tick"]>): Effect[] {
    return this.#input("tick", args);
  }

  memberOf(...args: Parameters<Hub["memberOf"]>): string | undefined {
    return this.#hubs[0].memberOf(...args);
  }

  isWaiting(...args: Parameters<Hub["isWaiting"]>): boolean {
    return this.#hubs[0].isWaiting(...args);
  }

  inviteWith(...args: Parameters<Hub["inviteWith"]>): string | undefined {
    return this.#hubs[0].inviteWith(...args);
  }

  lockOf(...args: Parameters<Hub["lockOf"]>): ReturnType<Hub["lockOf"]> {
    return this.#hubs[0].lockOf(...args);
  }

  census(): ReturnType<Hub["census"]> {
    return this.#hubs[0].census();
  }

  reseed(seed: string): void {
    for (const hub of this.#hubs) hub.reseed(seed);
  }

  changeRules(...args: Parameters<Hub["changeRules"]>): void {
    for (const hub of this.#hubs) hub.changeRules(...args);
  }

  get weight(): number {
    return this.#hubs[0].weight;
  }

  image(): ReturnType<Hub["image"]> {
    return this.#hubs[0].image();
  }

  /** Makes the second hub again from its image, as a server does that starts. The first one is never restored. */
  #restore(when: string): void {
    const [first, second] = this.#hubs;
    const [image, other] = [first, second].map((hub) => JSON.stringify(hub.image())) as [string, string];
    assertEqualTexts(inLines(other), inLines(image), `The image ${when}`);
    this.#checkSecrets(`The image ${when}`, image);
    this.#hubs[1] = Hub.restore(this.#restored, JSON.parse(other));
    assertEqualTexts(inLines(JSON.stringify(this.#hubs[1].image())), inLines(image), `The image restored ${when}`);
  }

  #input<K extends Input>(name: K, args: Parameters<Hub[K]>): Effect[] {
    const [first, second] = this.#hubs as unknown as readonly [Calls, Calls];
    const logged = JSON.stringify(args);
    this.#checkSecrets(`An input of ${name}`, logged);
    const effects = first[name](...args).map(withLists);
    if (name !== "handle" || needsStore(args[1] as HubCommand)) this.#store.flush();
    const others = second[name](...JSON.parse(logged)).map(withLists);
    this.#store.add(structuredClone(others));
    const isLast = name === "handle" && (args[1] as HubCommand).type === "remove" ||
      ++this.#handled % TURN_FRAMES === 0;
    if (isLast) this.#store.flush();
    const [text, other] = [effects, others].map(canonicalText);
    assertEqualTexts(text!, other!, `The effects of ${name} ${logged}`);
    this.#checkSecrets(`An effect of ${name} ${logged}`, text!);
    if (++this.#inputs % RESTORED_EVERY === 0) this.#restore(`after ${name} ${logged}`);
    this.#compareStates(`after ${name} ${logged}`);
    return structuredClone(effects);
  }

  #compareStates(when: string): void {
    const [state, other] = this.#hubs.map(canonicalText) as [string, string];
    assertEqualTexts(state, other, `The state ${when}`);
    this.#checkSecrets(`The state ${when}`, state);
    assertEquals(state.split("function\n").length - 1, FUNCTIONS, `The state ${when} is not data alone`);
  }

  #checkSecrets(where: string, text: string): void {
    for (const secret of this.#secrets) assert(!text.includes(secret), `${where} contains the secret ${secret}`);
  }
}

type Calls = Readonly<Record<Input, (...args: unknown[]) => Effect[]>>;

/** Whether the server stores all earlier effects before the command: as what it needs, or because queries run after a turn. */
function needsStore(command: HubCommand): boolean {
  return needsStoredEffects(command as ClientCommand) || isQuery(command as ClientCommand);
}

/** Compares texts by their digests, as servers would, and shows the first line that differs. */
function assertEqualTexts(text: string, other: string, what: string): void {
  if (digestOf(text) === digestOf(other)) return;
  const [lines, others] = [text.split("\n"), other.split("\n")];
  const at = lines.findIndex((line, index) => line !== others[index]);
  throw new Error(`${what} differs in line ${at}: ${lines[at]} is ${others[at]} for the second hub`);
}

/** The text of an image with a line for each value. */
function inLines(image: string): string {
  return image.replaceAll(",", ",\n");
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The sessions of a broadcast can be read only once. */
function withLists(effect: Effect): Effect {
  return effect.type === "broadcast" ? { ...effect, sessions: [...effect.sessions] } : effect;
}

/**
 * A reader that asks the source of each part, and shows none of them: a store is not the hub's state. As from a real store, each
 * answer is made anew.
 */
function readerOf(sourceOf: (name: keyof HistoryReader) => HistoryReader): HistoryReader {
  const names = Object.keys(NOTHING_KNOWN) as (keyof HistoryReader)[];
  return Object.fromEntries(names.map((name) => [name, copying(sourceOf(name)[name], sourceOf(name))])) as never;
}

/** A function of the reader, or an object of such functions, with copies of the answers. */
function copying(part: unknown, owner: object): unknown {
  if (typeof part === "function") return (...args: unknown[]) => structuredClone(part.apply(owner, args));
  if (typeof part !== "object" || part === null) return part;
  return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, copying(inner, part)]));
}
