/** A server with a clock, timers and links that the test controls. */

import { assert } from "@std/assert";
import { setImmediate } from "node:timers";
import { MemoryHistory } from "../../src/history/memory/memory_history.ts";
import type { Batch } from "../../src/history/store.ts";
import { Server, type ServerOptions } from "../../src/server/server.ts";
import type { RoomEntry, ServerEvent } from "../../src/protocol/messages/messages.ts";
import { OpSequence } from "../helpers/delayed_order.ts";
import { FakeTimers } from "../helpers/fake_timers.ts";
import type { MemoryConnection } from "../helpers/memory_connection.ts";
import { type DialOptions, MemoryListener } from "../helpers/memory_listener.ts";
import { inLetters } from "../core/stage.ts";
import { FrameReader } from "../contracts/connection_contract.ts";

const ENCODER = new TextEncoder();

export type Of<K extends ServerEvent["type"]> = Extract<ServerEvent, { type: K }>;

/** A store in memory that records its calls. */
export class SpyHistory extends MemoryHistory {
  /** The messages of each batch with messages. */
  readonly appends: (readonly RoomEntry[])[] = [];
  closed = 0;

  override append(batch: Batch): void {
    if (batch.messages.length > 0) this.appends.push(batch.messages.map(({ message }) => message));
    super.append(batch);
  }

  override close(): void {
    this.closed++;
  }
}

/** Whether the next stages have an order of ops that applies them later. */
let isDelayed = false;

/** Runs a test whose stages have an order of ops that applies them later, as a cluster's does. */
export async function withDelay(test: () => void | Promise<void>): Promise<void> {
  isDelayed = true;
  try {
    await test();
  } finally {
    isDelayed = false;
  }
}

export interface StageOptions extends Partial<Omit<ServerOptions, "history">> {
  /** The store of an earlier server, if any. */
  readonly history?: SpyHistory;
  /** The timers that several stages share. The caller disposes of them. */
  readonly timers?: FakeTimers;
}

export class Stage implements AsyncDisposable {
  now = Date.parse("2026-01-02T03:04:05.678Z");
  /** How far the system's time has jumped ahead of the clock that times connections out. */
  jumped = 0;
  readonly timers: FakeTimers;
  readonly #sharesTimers: boolean;
  readonly listener = new MemoryListener();
  readonly history: SpyHistory;
  readonly logged: string[] = [];
  readonly server: Server;
  readonly #guests: Guest[] = [];
  #words = 0;

  constructor({ history = new SpyHistory(), timers, ...options }: StageOptions = {}) {
    this.timers = timers ?? new FakeTimers();
    this.#sharesTimers = timers !== undefined;
    this.history = history;
    const sequence = isDelayed ? new OpSequence() : undefined;
    if (sequence !== undefined) {
      Object.assign(sequence, { now: () => this.now + this.jumped, monotonic: () => this.now });
    }
    this.server = new Server({
      title: "test",
      version: "0",
      rate: undefined,
      maxConnections: 1_000,
      connectionsPerAddress: 0,
      attemptsPerAddress: 0,
      history,
      page: () => Promise.resolve({ html: "hello\n", policy: "default-src 'none'" }),
      log: (level, event, fields) => this.logged.push(JSON.stringify([level, event, fields])),
      now: () => this.now + this.jumped,
      monotonic: () => this.now,
      newWords: () => `these-are-${inLetters(++this.#words)}`,
      // The cheapest valid hash.
      hashCost: 1,
      order: sequence && ((machine) => sequence.join(machine)),
      ...options,
    });
    this.server.listen(this.listener);
  }

  dial(from?: DialOptions): Guest {
    const guest = new Guest(this.listener.dial(from));
    this.#guests.push(guest);
    return guest;
  }

  /** Connects a client from that address. */
  dialFrom(address: string): Guest {
    const guest = this.dial();
    guest.there.remoteAddress = address;
    return guest;
  }

  /** Connects a client through a Unix socket. */
  dialAsOwner(): Guest {
    const guest = this.dial();
    guest.there.privileged = true;
    return guest;
  }

  /** Connects a client, and resolves when the server has accepted it. */
  async arrive(): Promise<Guest> {
    const guest = this.dial();
    await this.listener.deserted();
    return guest;
  }

  /** Resolves when no client is connected. */
  deserted(): Promise<void> {
    return this.counted((connections) => connections === 0);
  }

  /** Resolves when the number of connections matches. */
  async counted(fits: (connections: number) => boolean): Promise<void> {
    while (!fits(this.server.snapshot().connections)) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Connects a client that joins and reads the reply. */
  async join(name: string, room = "lobby"): Promise<Guest> {
    const guest = this.dial();
    await guest.say({ type: "join", name, room });
    await guest.until("joined");
    return guest;
  }

  /** Closes all clients, and resolves when the server has drained. */
  async end(): Promise<void> {
    const drained = this.server.drain();
    for (const guest of this.#guests) guest.hangUp();
    await drained;
  }

  /** Advances the clock and runs the server's timers. */
  pass(ms: number): void {
    this.now += ms;
    this.server.tick();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#sharesTimers) return await this.end();
    try {
      await this.end();
      assert(this.timers.pending === 0, `${this.timers.pending} timers are left over`);
    } finally {
      this.timers[Symbol.dispose]();
    }
  }
}

/** A client at the other end of a link. */
export class Guest {
  readonly connection: MemoryConnection;
  readonly #reader: FrameReader;
  #barriers = 0;

  constructor(connection: MemoryConnection) {
    this.connection = connection;
    this.#reader = new FrameReader(connection);
  }

  /** The server's end of the link. */
  get there(): MemoryConnection {
    return this.connection.other;
  }

  async write(text: string): Promise<void> {
    await this.connection.write(ENCODER.encode(text));
  }

  /** Sends commands in one write. */
  async say(...commands: object[]): Promise<void> {
    await this.write(commands.map((command) => JSON.stringify(command) + "\n").join(""));
  }

  /** Returns the next event; `undefined` at the end. */
  line(): Promise<string | undefined> {
    return this.#reader.next();
  }

  /** Returns all events until the link ends. */
  rest(): Promise<string[]> {
    return this.#reader.rest();
  }

  async event(): Promise<ServerEvent> {
    const line = await this.line();
    assert(line !== undefined, "The link has ended");
    return JSON.parse(line);
  }

  /** Returns the next event of that type and skips others. */
  async until<K extends ServerEvent["type"]>(type: K): Promise<Of<K>> {
    for (;;) {
      const event = await this.event();
      if (event.type === type) return event as Of<K>;
    }
  }

  /** Returns the events up to now, by a ping that the server answers after them. */
  async events(): Promise<ServerEvent[]> {
    const ref = `barrier-${++this.#barriers}`;
    await this.say({ type: "ping", ref });
    const events: ServerEvent[] = [];
    for (let event = await this.event(); !(event.type === "pong" && event.ref === ref); event = await this.event()) {
      events.push(event);
    }
    return events;
  }

  hangUp(): void {
    this.connection.close();
  }
}
