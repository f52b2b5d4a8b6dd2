/** A member whose client sends each message until it is acknowledged, at whichever server is there. */

import { assert, assertEquals } from "@std/assert";
import type { Effect, SessionId } from "../../src/core/effect.ts";
import type { AckEvent, RoomEntry } from "../../src/protocol/messages/messages.ts";
import type { SimulatedServer, SimulatedWorld } from "./simulated_server.ts";

/** The share of commands that are no messages to a room. Nobody waits for their answers. */
const OTHER_COMMANDS = 0.3;
/** The `ref` of these begins so. */
const OTHER_REF = "other";

/** A message that was not answered for so long is sent again, at another server. */
const PATIENCE_MS = 3_000;

interface Outgoing {
  readonly ref: string;
  readonly room: string;
  readonly text: string;
}

/** A message that a server has acknowledged. */
export interface Acknowledged extends Outgoing {
  readonly seq: number;
  readonly id: string;
}

export class SimulatedClient {
  readonly #world: SimulatedWorld;
  readonly #servers: readonly SimulatedServer[];
  readonly #rooms: readonly string[];
  #name: string;
  #token: string | undefined;
  #connection:
    | { readonly server: SimulatedServer; readonly session: SessionId; readonly joined: Set<string> }
    | undefined;
  #waitsSince = 0;
  #count = 0;
  readonly #unacknowledged: Outgoing[] = [];
  readonly acknowledged: Acknowledged[] = [];
  /** The newest seq of each room that this session has seen. */
  readonly #seen = new Map<string, number>();
  /** Whether it writes new messages. */
  isTalking = true;
  /** Whether it does nothing any more. */
  isQuiet = false;

  constructor(name: string, rooms: readonly string[], servers: readonly SimulatedServer[], world: SimulatedWorld) {
    this.#name = name;
    this.#rooms = rooms;
    this.#servers = servers;
    this.#world = world;
    this.#wait();
  }

  get isDone(): boolean {
    return this.#unacknowledged.length === 0;
  }

  #wait(): void {
    this.#world.time.after(this.#world.random.between(100, 1_200), () => {
      if (this.isQuiet) return;
      this.#act();
      this.#wait();
    });
  }

  #act(): void {
    const { time, random } = this.#world;
    if (this.#connection === undefined) return this.#connect();
    const isWaiting = this.#unacknowledged.length > 0 || this.#connection.joined.size < this.#rooms.length;
    if (isWaiting && time.now - this.#waitsSince > PATIENCE_MS) return this.#disconnect();
    if (random.next() < 0.02) return this.#disconnect();
    const room = this.#rooms[random.between(0, this.#rooms.length - 1)]!;
    if (!this.isTalking || !this.#connection.joined.has(room)) return;
    if (random.next() < OTHER_COMMANDS) return this.#sayOther(room);
    const ref = `${this.#name} ${++this.#count}`;
    if (!isWaiting) this.#waitsSince = time.now;
    const message = { ref, room, text: ref };
    this.#unacknowledged.push(message);
    this.#send(message);
  }

  /** Changes the state of the hub in one of many ways. */
  #sayOther(room: string): void {
    const { random } = this.#world;
    const nth = random.between(0, 4);
    const commands = [
      { type: "react", room, emoji: ["👍", "🎉"][nth % 2] },
      { type: "edit", room, text: `edited ${nth}` },
      { type: "delete", room },
      { type: "message", to: `member${nth}`, text: `direct ${++this.#count}` },
      { type: "topic", room, text: `topic ${nth}` },
      { type: "away", text: `away ${nth}` },
      { type: "away", off: true },
      { type: "block", to: `member${nth}`, ...random.next() < 0.7 ? { off: true } : {} },
      { type: "rename", name: `${this.#name}${nth}` },
    ];
    this.#say({ ...commands[random.between(0, commands.length - 1)], ref: `${OTHER_REF} ${++this.#count}` });
  }

  #connect(): void {
    const { random, time } = this.#world;
    const serving = this.#servers.filter(({ isServing }) => isServing);
    if (serving.length === 0) return;
    const server = serving[random.between(0, serving.length - 1)]!;
    const session = server.open({ take: (effect) => this.#take(session, effect), cut: () => this.#cut(session) });
    if (session === undefined) return;
    this.#connection = { server, session, joined: new Set() };
    this.#waitsSince = time.now;
    this.#seen.clear();
    for (const room of this.#rooms) this.#join(room);
  }

  #join(room: string): void {
    const newToken = `digest-${this.#name}-${this.#world.random.between(0, 1e9)}`;
    const token = this.#token === undefined ? undefined : { digests: [this.#token] };
    this.#say({ type: "join", name: this.#name, room, token, newToken });
  }

  #send({ ref, room, text }: Outgoing): void {
    this.#say({ type: "message", ref, room, text });
  }

  #say(command: object): void {
    const { server, session } = this.#connection!;
    server.submit({ op: "say", session, command: command as never });
  }

  #disconnect(): void {
    const { server, session } = this.#connection!;
    this.#connection = undefined;
    server.close(session);
  }

  #cut(session: SessionId | undefined): void {
    if (this.#connection?.session === session) this.#connection = undefined;
  }

  #take(session: SessionId | undefined, effect: Effect): void {
    if (session === undefined || this.#connection?.session !== session) return;
    assert(!this.#connection.server.isFrozen, "A frozen server has answered");
    if (effect.type === "replay") this.#noteJoined(effect.joined.room.name, effect.joined.you.token, effect.joined.seq);
    else if (effect.type === "publish") this.#notePublished(effect.event as RoomEntry);
    else if (effect.type === "send" && effect.event.type === "ack") this.#noteAck(effect.event as Required<AckEvent>);
    else if (effect.type === "send" && effect.event.type === "error") {
      if (effect.event.ref?.startsWith(OTHER_REF) !== true) this.#noteError(effect.event.code);
    }
  }

  #noteJoined(room: string, token: string | undefined, seq: number): void {
    this.#token = token;
    this.#seen.set(room, seq);
    this.#connection!.joined.add(room);
    for (const message of this.#unacknowledged) if (message.room === room) this.#send(message);
  }

  #notePublished(event: RoomEntry): void {
    if (!["message", "edited", "deleted", "reacted"].includes(event.type)) return;
    const seen = this.#seen.get(event.room);
    if (seen !== undefined) assertEquals(event.seq, seen + 1, `${this.#name} has missed a message in ${event.room}`);
    this.#seen.set(event.room, event.seq);
  }

  #noteAck({ ref, seq, id }: Required<AckEvent>): void {
    assert(!this.#connection!.server.isCut, "A server has acknowledged a message without the log");
    const at = this.#unacknowledged.findIndex((message) => message.ref === ref);
    if (at < 0) return;
    this.acknowledged.push({ ...this.#unacknowledged[at]!, seq, id });
    this.#unacknowledged.splice(at, 1);
    this.#waitsSince = this.#world.time.now;
  }

  /** The answer to its first join was lost, so that its name is taken by itself. */
  #noteError(code: string): void {
    if (code === "name_taken" && this.#token === undefined) this.#name += "x";
    else this.#world.note(`${this.#name} got ${code}`);
    this.#disconnect();
  }
}
