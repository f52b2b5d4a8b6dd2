/** A member whose client sends each message until it is acknowledged, at whichever server is there. */

import { assert, assertEquals } from "@std/assert";
import type { Effect, SessionId } from "../../src/core/effect.ts";
import type { HubOp } from "../../src/core/hub_op.ts";
import type { AckEvent, ErrorEvent, RoomEntry, ServerEvent } from "../../src/protocol/messages/messages.ts";
import { ClientAccount, type ConfirmedAccount } from "./client_account.ts";
import { type ActivityHost, type ClientActivity, type LocalSecret, OTHER_REF } from "./client_activity.ts";
import { ClientCalls } from "./client_calls.ts";
import { newChange } from "./client_changes.ts";
import { ClientFiles } from "./client_files.ts";
import type { SimulatedServer, SimulatedWorld } from "./simulated_server.ts";

/** The share of commands that are no messages to a room. Nobody waits for their answers. */
const OTHER_COMMANDS = 0.3;

/** A message that was not answered for so long is sent again, at another server. */
const PATIENCE_MS = 3_000;

interface Outgoing {
  readonly ref: string;
  readonly room: string;
  readonly text: string;
  /** What the message carries. */
  readonly file?: object;
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
  readonly #account: ClientAccount;
  readonly #files: ClientFiles;
  readonly #calls: ClientCalls;
  /** All of these. */
  readonly #activities: readonly ClientActivity[];
  /** Whether it writes new messages. */
  isTalking = true;
  /** Whether it does nothing any more. */
  isQuiet = false;

  constructor(name: string, rooms: readonly string[], servers: readonly SimulatedServer[], world: SimulatedWorld) {
    this.#name = name;
    this.#rooms = rooms;
    this.#servers = servers;
    this.#world = world;
    const { time, random, counts } = world;
    const host: ActivityHost = {
      ...{ time, random, counts, id: name },
      say: (command, secret) => this.#sayNoted(command, secret),
      submit: (op) => this.#submit(op),
      post: (room, file) => this.#post(room, file),
    };
    this.#account = new ClientAccount(host);
    this.#files = new ClientFiles(host);
    this.#calls = new ClientCalls(host);
    this.#activities = [this.#account, this.#files, this.#calls];
    this.#wait();
  }

  /** The account that a server has confirmed. */
  get account(): ConfirmedAccount | undefined {
    return this.#account.account;
  }

  /** The message that was not acknowledged yet, with the state of the connection. */
  get waitsFor(): string {
    const { server, joined } = this.#connection ?? {};
    return `${this.#unacknowledged[0]?.ref} at ${server?.name}, ${joined?.size}`;
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
    if (!this.isTalking || !this.#connection.joined.has(room) || this.#account.isHashing) return;
    if (random.next() < OTHER_COMMANDS) return this.#sayOther(room);
    this.#post(room);
  }

  /** Sends a message to the room until it is acknowledged. */
  #post(room: string, file?: object): void {
    if (!this.isTalking) return;
    const ref = `${this.#name} ${++this.#count}`;
    if (this.#unacknowledged.length === 0) this.#waitsSince = this.#world.time.now;
    const message = { ref, room, text: ref, ...file === undefined ? {} : { file } };
    this.#unacknowledged.push(message);
    if (this.#connection?.joined.has(room) === true && !this.#account.isHashing) this.#send(message);
  }

  /** Does one of many other things. Nobody waits for the answers. */
  #sayOther(room: string): void {
    const { random } = this.#world;
    const kind = random.next();
    if (kind < 0.55) this.#sayNoted(newChange(this.#name, room, random));
    else if (kind < 0.7) this.#files.act(room);
    else if (kind < 0.85) this.#calls.act(room);
    else this.#account.act();
  }

  #sayNoted(command: object, secret?: LocalSecret): string {
    const ref = `${OTHER_REF} ${++this.#count}`;
    this.#say({ ...command, ref }, secret);
    return ref;
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

  /** Sends what was not acknowledged to this room, or to all. */
  #sendAgain(to?: string): void {
    const { joined } = this.#connection!;
    const isMeant = ({ room }: Outgoing) => joined.has(room) && (to ?? room) === room;
    for (const message of this.#unacknowledged) if (isMeant(message)) this.#send(message);
  }

  #send(message: Outgoing): void {
    this.#say({ type: "message", ...message });
  }

  #say(command: object, secret?: LocalSecret): void {
    const { server, session } = this.#connection!;
    server.submit({ op: "say", session, command: command as never }, secret);
  }

  #submit(op: HubOp): boolean {
    if (this.#connection === undefined) return false;
    this.#connection.server.submit(op);
    return true;
  }

  #disconnect(): void {
    const { server, session } = this.#connection!;
    this.#end();
    server.close(session);
  }

  #cut(session: SessionId | undefined): void {
    if (this.#connection?.session === session) this.#end();
  }

  #end(): void {
    this.#connection = undefined;
    for (const activity of this.#activities) activity.end();
  }

  #take(session: SessionId | undefined, effect: Effect): void {
    if (session === undefined || this.#connection?.session !== session) return;
    assert(!this.#connection.server.isFrozen, "A frozen server has answered");
    if (effect.type === "replay") this.#noteJoined(effect.joined.room.name, effect.joined.you.token, effect.joined.seq);
    else if (effect.type === "publish") this.#notePublished(effect.event as RoomEntry);
    else if (effect.type === "send") this.#noteSent(effect.event);
  }

  #noteSent(event: ServerEvent): void {
    const { isHashing } = this.#account;
    for (const activity of this.#activities) activity.take(event);
    if (isHashing && !this.#account.isHashing) this.#sendAgain();
    if (event.type === "ack") this.#noteAck(event as Required<AckEvent>);
    else if (event.type === "error" && event.ref?.startsWith(OTHER_REF) !== true) this.#noteError(event);
  }

  #noteJoined(room: string, token: string | undefined, seq: number): void {
    this.#token = token;
    this.#seen.set(room, seq);
    this.#connection!.joined.add(room);
    this.#sendAgain(room);
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

  #noteError({ code, ref }: ErrorEvent): void {
    const at = this.#unacknowledged.findIndex((message) => message.ref === ref);
    // The upload was lost meanwhile, or the new options do not admit files.
    if (this.#unacknowledged[at]?.file !== undefined) {
      this.#unacknowledged.splice(at, 1);
      return this.#world.counts.add(`file refused: ${code}`);
    }
    // The answer to its first join was lost, so that its name is taken by itself.
    if (code === "name_taken" && this.#token === undefined) this.#name += "x";
    else this.#world.note(`${this.#name} got ${code}`);
    this.#disconnect();
  }
}
