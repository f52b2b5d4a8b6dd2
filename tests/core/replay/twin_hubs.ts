/** Two hubs on one log of inputs: the second one gets each input as it comes back from JSON. They must not differ in anything. */

import { assert, assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import type { Effect } from "../../../src/core/effect.ts";
import type { Hub, HubOptions } from "../../../src/core/hub.ts";
import type { HistoryReader } from "../../../src/core/hub_options.ts";
import { digest } from "../../../src/server/turn/ids.ts";
import { HubModel } from "../hub_model/hub_model.ts";
import type { StageOptions } from "../stage.ts";
import { canonicalText } from "./canonical_text.ts";

/** A hub's model on twins. Its digests do not contain the secret, unlike those of other tests. */
export function newTwinModel(Opened: typeof Hub): HubModel {
  return new HubModel(twinOptions(Opened));
}

/** The options of a stage on twins. */
export function twinOptions(Opened: typeof Hub): StageOptions {
  return { digest, newHub: (...args) => new TwinHubs(Opened, ...args) as unknown as Hub };
}

/** The calls that change a hub. */
type Input = "open" | "handle" | "hashed" | "close" | "tick";

class TwinHubs implements Pick<Hub, keyof Hub> {
  readonly #hubs: readonly [Hub, Hub];
  /** All secrets so far: none of them may be in an input, in an effect or in the state. */
  readonly #secrets: ReadonlySet<string>;

  /** `Opened` is a hub without private fields, of `openCore`. */
  constructor(Opened: typeof Hub, options: HubOptions, secrets: ReadonlySet<string>) {
    const { historyReader } = options;
    const own = historyReader === undefined ? options : { ...options, historyReader: readerOf(historyReader) };
    this.#hubs = [new Opened(own), new Opened(own)];
    this.#secrets = secrets;
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

  close(...args: Parameters<Hub["close"]>): Effect[] {
    return this.#input("close", args);
  }

  tick(...args: Parameters<Hub["tick"]>): Effect[] {
    return this.#input("tick", args);
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

  #input<K extends Input>(name: K, args: Parameters<Hub[K]>): Effect[] {
    const [first, second] = this.#hubs as unknown as readonly [Calls, Calls];
    const logged = JSON.stringify(args);
    this.#checkSecrets(`An input of ${name}`, logged);
    const effects = first[name](...args).map(withLists);
    const [text, other] = [effects, second[name](...JSON.parse(logged)).map(withLists)].map(canonicalText);
    assertEquals(other, text, `The effects of ${name} ${logged}`);
    this.#checkSecrets(`An effect of ${name} ${logged}`, text!);
    this.#compareStates(`after ${name} ${logged}`);
    return effects;
  }

  #compareStates(when: string): void {
    const [state, other] = this.#hubs.map(canonicalText) as [string, string];
    if (digestOf(state) !== digestOf(other)) assertEquals(other, state, `The state ${when}`);
    this.#checkSecrets(`The state ${when}`, state);
  }

  #checkSecrets(where: string, text: string): void {
    for (const secret of this.#secrets) assert(!text.includes(secret), `${where} contains the secret ${secret}`);
  }
}

type Calls = Readonly<Record<Input, (...args: unknown[]) => Effect[]>>;

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The sessions of a broadcast can be read only once. */
function withLists(effect: Effect): Effect {
  return effect.type === "broadcast" ? { ...effect, sessions: [...effect.sessions] } : effect;
}

/** The reader without the store behind it, which is not the hub's state. */
function readerOf(reader: HistoryReader): HistoryReader {
  return new Proxy({} as HistoryReader, {
    get(_, name) {
      const part: unknown = Reflect.get(reader, name);
      return typeof part === "function" ? part.bind(reader) : part;
    },
  });
}
