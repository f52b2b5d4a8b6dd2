/** A client whose clock and links the test controls. */

import { assertEquals } from "@std/assert";
import { Client } from "../../src/client/client.ts";
import type { ClientOptions } from "../../src/client/client_options.ts";
import type { ClientEvent, Status } from "../../src/client/client_event.ts";
import { type ClientState, initialState } from "../../src/client/state/client_state.ts";
import type {
  ClientCommand,
  DirectMessage,
  MemberInfo,
  RoomMessage,
  ServerEvent,
} from "../../src/protocol/messages/messages.ts";
import type { Frame } from "../../src/transports/connection.ts";
import { formatEndpoint, parseEndpoint } from "../../src/protocol/address/endpoint.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { type MemoryConnection, memoryConnectionPair } from "../helpers/memory_connection.ts";

export const ADA: MemberInfo = { id: "m-ada", name: "ada" };
export const BOB: MemberInfo = { id: "m-bob", name: "bob" };
export const AT = "2026-01-02T03:04:05.678Z";

type Of<K extends ServerEvent["type"]> = Extract<ServerEvent, { type: K }>;

export function welcome(serverId = "s-1", rate?: { perSecond: number; burst: number }): Of<"welcome"> {
  const limits = { lineBytes: 65_536, nameChars: 32, textBytes: 8_192, rooms: 32, page: 200 };
  const server = { id: serverId, name: "test", version: "0" };
  return { type: "welcome", protocol: 1, server, limits: rate === undefined ? limits : { ...limits, rate } };
}

export function joined(room = "lobby", change: Partial<Of<"joined">> = {}): Of<"joined"> {
  const you = { ...ADA, token: "t-1" };
  const of = { id: `r-${room}`, name: room, topic: "" };
  const last = change.seq === undefined || change.seq === 0 ? {} : { last: idOf(change.seq, room) };
  return { type: "joined", room: of, you, seq: 0, ...last, members: [ADA], count: 1, missed: 0, ...change };
}

/** The id of each entry that this server sends. */
export function idOf(seq: number, room = "lobby"): string {
  return `id-${room}-${seq}`;
}

export function roomMessage(seq: number, text = `text ${seq}`, room = "lobby", from = BOB): RoomMessage {
  return { type: "message", id: idOf(seq, room), room, seq, from, text, at: AT };
}

/** A message of the conversation with bob. */
export function directMessage(seq: number, text = "psst", from = BOB): DirectMessage {
  return { type: "message", id: idOf(seq, "@bob"), with: { id: BOB.id, name: BOB.name }, seq, from, text, at: AT };
}

export function ack(ref: string, seq = 1): Of<"ack"> {
  return { type: "ack", ref, id: `id-${ref}`, seq, at: AT };
}

/** The server's end of one link. */
export class FakeServer {
  readonly connection: MemoryConnection;
  /** The address that was dialed; `undefined` for the one that the user gave. */
  readonly address: string | undefined;
  readonly #reader: ReadableStreamDefaultReader<readonly Frame[]>;
  #frames: Frame[] = [];
  #barriers = 0;

  constructor(connection: MemoryConnection, address?: string) {
    this.connection = connection;
    this.address = address;
    this.#reader = connection.frames.getReader();
  }

  /** The client's next command; `undefined` if the client has closed the link. */
  async next(): Promise<ClientCommand | undefined> {
    while (this.#frames.length === 0) {
      const { value } = await this.#reader.read();
      if (value === undefined) return undefined;
      this.#frames.push(...value);
    }
    return JSON.parse(this.#frames.shift() as string);
  }

  /** All commands until now: those before the answer to a ping. */
  async commands(): Promise<ClientCommand[]> {
    const ref = `barrier-${++this.#barriers}`;
    this.send({ type: "ping", ref });
    const commands: ClientCommand[] = [];
    for (let command = await this.next(); command !== undefined; command = await this.next()) {
      if (command.type === "pong" && command.ref === ref) return commands;
      commands.push(command);
    }
    throw new Error("The client has closed the link");
  }

  /** The refs of all messages until now. */
  async refs(): Promise<string[]> {
    return (await this.commands()).flatMap((command) => command.type === "message" ? [command.ref ?? ""] : []);
  }

  /** Sends events in one batch. */
  send(...events: ServerEvent[]): void {
    this.raw(...events.map((event) => JSON.stringify(event)));
  }

  raw(...lines: string[]): void {
    this.connection.other.deliver(lines);
  }

  /** Sends a welcome and admits the client. Returns the client's join. */
  async admit(greeting = welcome(), reply?: Of<"joined">): Promise<ClientCommand | undefined> {
    assertEquals(await this.next(), { type: "ping" });
    this.send(greeting, { type: "pong" });
    const join = await this.next();
    this.send(reply ?? joined(join?.type === "join" ? join.room : "lobby"));
    return join;
  }

  close(): void {
    this.connection.close();
  }
}

export type HarnessOptions = Partial<ClientOptions> & { readonly clock?: FakeClock };

export class Harness {
  readonly clock: FakeClock;
  readonly events: ClientEvent[] = [];
  readonly client: Client;
  state: ClientState = initialState;
  /** Whether no server answers at this address; `undefined` is the one that the user gave. */
  isDown: (server: string | undefined) => boolean = () => false;
  /** The addresses that were dialed. */
  readonly dials: (string | undefined)[] = [];
  /** Called with the lines of each write of the client before the server gets them. */
  onWrite: (lines: string) => void = () => {};
  readonly #servers: FakeServer[] = [];
  #wake = Promise.withResolvers<void>();
  #cursor = 0;
  #refs = 0;

  constructor(options: HarnessOptions = {}) {
    this.clock = options.clock ?? new FakeClock();
    this.client = new Client({
      dial: (_, server) => this.#dial(server && formatEndpoint(server)),
      name: "ada",
      acceptSuggestion: false,
      rooms: ["lobby"],
      clock: this.clock,
      random: () => 1,
      newRef: () => `ref-${++this.#refs}`,
      ...options,
      onEvent: (event, state, before) => {
        this.state = state;
        this.events.push(event);
        options.onEvent?.(event, state, before);
        this.#wakeUp();
      },
    });
  }

  get statuses(): Status[] {
    return this.events.flatMap((event) => event.type === "status" ? [event.status] : []);
  }

  /** The received events, without those that are held back. */
  get received(): (ServerEvent | undefined)[] {
    return this.events.flatMap((event) => event.type === "received" ? [event.event] : []);
  }

  /** The server's end of the next link that the client dials. */
  async dialed(): Promise<FakeServer> {
    while (this.#servers.length === 0) await this.#wake.promise;
    return this.#servers.shift()!;
  }

  /** The first matching event after the one that the last call returned. */
  async until(matches: (event: ClientEvent) => boolean): Promise<ClientEvent> {
    for (;;) {
      while (this.#cursor < this.events.length) {
        const event = this.events[this.#cursor++]!;
        if (matches(event)) return event;
      }
      await this.#wake.promise;
    }
  }

  async untilStatus<K extends Status["kind"]>(kind: K): Promise<Extract<Status, { kind: K }>> {
    const event = await this.until((event) => event.type === "status" && event.status.kind === kind);
    return (event as { status: Status }).status as Extract<Status, { kind: K }>;
  }

  /** Waits for the `waiting` status and advances the clock to its end. */
  async waitOut(): Promise<number> {
    const { retryAt } = await this.untilStatus("waiting");
    const ms = retryAt - this.clock.now();
    this.clock.advance(ms);
    return ms;
  }

  /** A client that is online, and its server. */
  static async online(
    options: HarnessOptions = {},
    greeting = welcome(),
  ): Promise<{ harness: Harness; server: FakeServer }> {
    const harness = new Harness(options);
    harness.client.start();
    const server = await harness.dialed();
    await server.admit(greeting);
    await harness.untilStatus("online");
    return { harness, server };
  }

  /** Closes the link and waits for the next one. */
  async redial(server: FakeServer): Promise<FakeServer> {
    server.close();
    await this.waitOut();
    return await this.dialed();
  }

  /** Closes the client with an answering server and checks that no timer remains. */
  async finish(server?: FakeServer): Promise<void> {
    const closing = this.client.close();
    server?.send({ type: "goodbye", reason: "left" });
    server?.close();
    await closing;
    assertEquals(this.clock.timers, 0);
    assertEquals(this.events.at(-1)?.type, "status");
  }

  // deno-lint-ignore require-await -- a dial that fails at once rejects as late as a real one
  async #dial(server: string | undefined): Promise<MemoryConnection> {
    this.dials.push(server);
    return this.isDown(server)
      ? Promise.reject(new Error("Connection refused"))
      : Promise.resolve(this.#accept(server));
  }

  #accept(server: string | undefined): MemoryConnection {
    const [here, there] = memoryConnectionPair();
    here.remoteAddress = server === undefined ? "192.0.2.1" : parseEndpoint(server).host;
    const write = here.write.bind(here);
    here.write = (chunk) => {
      this.onWrite(new TextDecoder().decode(chunk));
      return write(chunk);
    };
    this.#servers.push(new FakeServer(there, server));
    this.#wakeUp();
    return here;
  }

  #wakeUp(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}
