import type { Random } from "../helpers/random.ts";
import { type Json, Peer } from "../helpers/e2e_peer.ts";
import { type Ledger, ROOM } from "./ledger.ts";

export interface VisitOptions {
  readonly address: string;
  readonly ledger: Ledger;
  readonly random: Random;
  /** Names of the members that visitors send direct messages to. */
  readonly regulars: readonly string[];
}

const SIDE_ROOMS = 20;

/** A member who joins, does various things, and leaves or loses the connection, again and again. */
export class Visitor {
  readonly #options: VisitOptions;
  readonly #name: string;
  #token: string | undefined;
  #refs = 0;

  constructor(name: string, options: VisitOptions) {
    this.#name = name;
    this.#options = options;
  }

  async visit(): Promise<void> {
    const { address, random, ledger } = this.#options;
    await using peer = (await Peer.dial(address, this.#name)).read();
    const joined = await this.#ask(peer, { type: "join", room: ROOM, name: this.#name, token: this.#token }, "joined");
    this.#token = joined.you.token;
    ledger.count("joins");
    for (let left = random.between(1, 6); left > 0; left--) await this.#act(peer);
    await this.#go(peer);
  }

  #act(peer: Peer): Promise<unknown> {
    const { random } = this.#options;
    const acts = [
      () => this.#say(peer),
      () => this.#whisper(peer),
      () => this.#rename(peer),
      () => this.#strayInto(peer, `side${random.between(1, SIDE_ROOMS)}`),
      () => this.#ask(peer, { type: "history", room: ROOM, limit: random.between(1, 200) }, "history"),
      () => this.#ask(peer, { type: "search", room: ROOM, query: `regular${random.between(0, 9)}` }, "search"),
      () => this.#ask(peer, { type: "members", room: ROOM }, "members"),
      () => this.#ask(peer, { type: "rooms" }, "rooms"),
    ];
    return acts[random.between(0, acts.length - 1)]!();
  }

  async #say(peer: Peer): Promise<void> {
    const { ledger, random } = this.#options;
    const text = ledger.newText(this.#name, random.between(1, 200));
    ledger.acknowledged(text, await this.#ask(peer, { type: "message", room: ROOM, text }, "ack") as never);
  }

  async #whisper(peer: Peer): Promise<void> {
    const { ledger, random, regulars } = this.#options;
    const text = ledger.newDirect(this.#name);
    const to = regulars[random.between(0, regulars.length - 1)]!;
    ledger.acknowledged(text, await this.#ask(peer, { type: "message", to, text }, "ack") as never);
  }

  /** Changes the name and changes it back. */
  async #rename(peer: Peer): Promise<void> {
    await this.#ask(peer, { type: "rename", name: `${this.#name}-again` }, "rename");
    await this.#ask(peer, { type: "rename", name: this.#name }, "rename");
  }

  async #strayInto(peer: Peer, room: string): Promise<void> {
    await this.#ask(peer, { type: "join", room }, "joined");
    await this.#ask(peer, { type: "message", room, text: `${this.#name} was here` }, "ack");
    await this.#ask(peer, { type: "topic", room, text: `${this.#name} was here last` }, "topic");
    await peer.send({ type: "leave", room });
  }

  /** Ends the connection: with `leave`, without it, or in the middle of a line. */
  async #go(peer: Peer): Promise<void> {
    const { random, ledger } = this.#options;
    const way = ["leaves", "hang-ups", "cuts in mid-line"][random.between(0, 2)]!;
    ledger.count(way);
    if (way === "leaves") {
      await peer.send({ type: "leave" });
      await peer.ended();
    } else if (way === "cuts in mid-line") {
      await peer.write(`{"type":"message","room":"${ROOM}","text":"${this.#name} is cut off in`);
    }
  }

  async #ask(peer: Peer, command: Json, answer: string): Promise<Json> {
    const ref = `ask${this.#refs++}`;
    this.#options.ledger.count(command.type);
    await peer.send({ ...command, ref });
    return await peer.next({ type: answer, ref });
  }
}
