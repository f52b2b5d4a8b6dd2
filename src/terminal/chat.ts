/** What a person at a prompt does with a client, however it is drawn: typed lines to commands, events to printed lines. */

import type { Client } from "../client/client.ts";
import type { ClientEvent, Target } from "../client/client_event.ts";
import { type ClientState, initialState, reduce } from "../client/state.ts";
import { MAX_TEXT_BYTES } from "../protocol/limits.ts";
import { type ClientCommand, isRoomMessage, type JoinedEvent, type ServerEvent } from "../protocol/messages.ts";
import { parseRoom } from "../protocol/names.ts";
import { utf8Length } from "../protocol/text.ts";
import { sanitizeLine } from "../protocol/sanitize.ts";
import { parseInput } from "./commands.ts";
import type { Input, ListName } from "./commands/command.ts";
import type { Known } from "./completion.ts";
import { errorLine, type Style } from "./lines.ts";
import { roomName } from "./naming.ts";
import { PasswordEntry } from "./password_entry.ts";
import type { SecretQuestion } from "./secret.ts";
import { createView, show, type View } from "./view.ts";

/** What of a client the terminal uses. */
export type ChatClient = Pick<
  Client,
  | "start"
  | "send"
  | "join"
  | "leave"
  | "rename"
  | "login"
  | "command"
  | "askPassword"
  | "drained"
  | "close"
  | "closed"
  | "remembers"
>;

export interface ChatOptions {
  readonly makeClient: (onEvent: (event: ClientEvent) => void) => ChatClient;
  /** The room that is current at first. */
  readonly room: string;
  readonly style: Style;
  /** RFC 3339. */
  readonly now: string;
  readonly print: (lines: readonly string[]) => void;
  readonly clear: () => void;
  /** Asks the person for something that must not be shown. Questions are asked one after the other. */
  readonly askSecret: (question: SecretQuestion) => void;
  readonly quit: () => void;
}

export class Chat {
  readonly client: ChatClient;
  readonly #options: ChatOptions;
  #state: ClientState = initialState;
  readonly #passwords: PasswordEntry;
  #view: View;
  /** Room → the oldest seq that was shown: where `/history` goes on. */
  readonly #oldest = new Map<string, number>();
  /** The room to go to once it is joined. */
  #heading: string | undefined;
  #listedRooms: readonly string[] = [];
  /** Ids of what was listed last, in the order shown. */
  readonly #listed: Record<ListName, readonly string[]> = { sessions: [], invites: [], orders: [] };
  #hinted = false;

  constructor(options: ChatOptions) {
    const { style, now } = options;
    this.#options = options;
    this.#view = createView({ style, now, room: parseRoom(options.room) });
    this.client = options.makeClient((event) => this.#happened(event));
    this.#passwords = new PasswordEntry({
      ask: options.askSecret,
      login: (name, password) => this.client.login(name, password),
      send: (command) => this.#ask(command),
      say: (text) => this.#say(text),
      fail: (text) => this.fail(text),
    });
    this.client.askPassword = (question) => this.#passwords.answer(question);
  }

  get state(): ClientState {
    return this.#state;
  }

  /** The current room. */
  get room(): string | undefined {
    return this.#view.room;
  }

  /** False, and the reason is printed, where the line cannot be what was meant and should be typed again. */
  submit(line: string): boolean {
    try {
      this.#perform(parseInput(line, () => this.#current()));
      return true;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.fail(error.message);
      return false;
    }
  }

  fail(text: string): void {
    this.#options.print([errorLine(text, this.#options.style)]);
  }

  /** For completion. */
  known(): Known {
    const room = this.#view.room === undefined ? undefined : this.#state.rooms.get(this.#view.room);
    const present = Array.from(room?.members.values() ?? [], ({ name }) => name);
    const speakers = room?.speakers ?? [];
    const here = new Set(present);
    const names = new Set([...speakers.filter((name) => here.has(name)), ...present.toSorted(), ...speakers]);
    names.delete(this.#state.you?.name ?? "");
    const joinedRooms = [...this.#state.rooms.keys()];
    return { names: [...names], rooms: [...new Set([...joinedRooms, ...this.#listedRooms])], joinedRooms };
  }

  #happened(event: ClientEvent): void {
    if (event.type === "received" && event.event !== undefined) this.#beforeReceived(event.event);
    this.#state = reduce(this.#state, event);
    const { view, lines } = show(this.#view, event);
    this.#view = view;
    if (event.type === "received" && event.event !== undefined) this.#afterReceived(event.event);
    // Also without lines: the prompt or the messages on their way may have changed.
    this.#options.print(lines);
    if (!this.#hinted && this.#state.rooms.size > 0) this.#hint();
  }

  #hint(): void {
    this.#hinted = true;
    this.#say("/help lists the commands, Ctrl-D quits");
  }

  #beforeReceived(event: ServerEvent): void {
    // Another server numbers its messages anew.
    if (event.type === "welcome" && event.server.id !== this.#state.server?.id) this.#oldest.clear();
  }

  #afterReceived(event: ServerEvent): void {
    if (event.type === "message" && isRoomMessage(event)) this.#seen(event.room, event.seq);
    else if (event.type === "history") { for (const { seq } of event.messages) this.#seen(event.room, seq); }
    else if (event.type === "rooms") this.#listedRooms = event.rooms.map(({ name }) => name);
    else if (event.type === "sessions") this.#listed.sessions = event.sessions.map(({ id }) => id);
    else if (event.type === "invites") this.#listed.invites = event.invites.map(({ id }) => id);
    else if (event.type === "orders") this.#listed.orders = event.orders.map(({ id }) => id);
    else if (event.type === "joined") this.#joined(event);
    else if (event.type === "leave" && event.member.id === this.#view.you?.id) this.#left(event.room);
  }

  #seen(room: string, seq: number): void {
    this.#oldest.set(room, Math.min(seq, this.#oldest.get(room) ?? seq));
  }

  #joined({ room: { name: room }, truncated }: JoinedEvent): void {
    // What was left out lies before what follows, and so does the way to it.
    if (truncated) this.#oldest.delete(room);
    if (room !== this.#heading && this.#view.room !== undefined) return;
    this.#heading = undefined;
    this.#view = { ...this.#view, room };
  }

  #left(room: string): void {
    this.#oldest.delete(room);
    if (room === this.#view.room) this.#view = { ...this.#view, room: [...this.#state.rooms.keys()].at(-1) };
  }

  #perform(input: Input): void {
    switch (input.type) {
      case "say":
        return this.#send({ room: this.#current() }, input.text);
      case "msg":
        return this.#send({ to: input.to }, input.text);
      case "help":
        return this.#options.print(input.lines);
      case "join":
        return this.#join(input.room);
      case "leave":
        return this.#leave(input.room ?? this.#current());
      case "room":
        return input.room === undefined ? this.#listRooms() : this.#switchTo(input.room);
      case "ask":
        return this.#ask(input.command);
      case "login":
        return this.#passwords.login(input.name);
      case "register":
        return this.#passwords.register();
      case "lock":
        return this.#passwords.lock(input.room);
      case "end":
        return this.#end(input.list, input.number);
      case "name":
        return this.client.rename(input.name);
      case "topic":
        return this.#showTopic();
      case "history":
        return this.#history(input.limit);
      case "clear":
        return this.#options.clear();
      case "quit":
        return this.#options.quit();
      default:
        return unknown(input);
    }
  }

  #current(): string {
    if (this.#view.room === undefined) throw new Error("You are in no room: write /join ROOM first");
    return this.#view.room;
  }

  #send(target: Target, text: string): void {
    const excess = utf8Length(text.toWellFormed()) - MAX_TEXT_BYTES;
    if (excess > 0) throw new Error(`The message is ${excess} bytes too long: shorten it, or send it in parts`);
    this.client.send(target, text.toWellFormed());
  }

  #ask(command: ClientCommand): void {
    if (!this.client.command(command)) throw new Error("There is no connection right now: try again once it is back");
  }

  #join(room: string): void {
    if (this.#state.rooms.has(room)) return this.#switchTo(room);
    this.#heading = room;
    this.client.join(room);
    if (this.#state.status.kind !== "online") this.#say(`You join ${roomName(room)} as soon as there is a connection`);
  }

  #leave(room: string): void {
    if (!this.#state.rooms.has(room)) throw new Error(`You are not in ${roomName(room)}: /room lists your rooms`);
    if (this.#state.rooms.size === 1) throw new Error("This is your only room: /join another one first, or /quit");
    if (this.#state.status.kind !== "online") this.#ask({ type: "leave", room });
    else this.client.leave(room);
  }

  #listRooms(): void {
    const rooms = Array.from(this.#state.rooms.keys(), roomName);
    this.#say(rooms.length === 0 ? "You are in no room: /join ROOM enters one" : `You are in ${rooms.join(", ")}`);
  }

  #switchTo(room: string): void {
    const joined = this.#state.rooms.get(room);
    if (joined === undefined) {
      throw new Error(`You are not in ${roomName(room)}: write /join ${roomName(room)} to enter it`);
    }
    this.#view = { ...this.#view, room };
    this.#say(`What you type goes to ${roomName(room)}${joined.topic === "" ? "" : `: ${sanitizeLine(joined.topic)}`}`);
  }

  #showTopic(): void {
    const room = this.#current();
    const topic = this.#state.rooms.get(room)?.topic ?? "";
    const name = roomName(room);
    this.#say(
      topic === "" ? `${name} has no topic: /topic TEXT sets one` : `Topic of ${name}: ${sanitizeLine(topic)}`,
    );
  }

  #end(list: ListName, number: number): void {
    const id = this.#listed[list][number - 1];
    if (id === undefined) throw new Error(`There is no number ${number}: write /${list} to see what there is`);
    switch (list) {
      case "sessions":
        return this.#ask({ type: "revoke", session: id });
      case "invites":
        return this.#ask({ type: "revoke", invite: id });
      case "orders":
        return this.#ask({ type: "allow", order: id });
      default:
        return unknown(list);
    }
  }

  #history(limit: number): void {
    const room = this.#current();
    this.#ask({ type: "history", room, before: this.#oldest.get(room), limit });
  }

  #say(text: string): void {
    this.#options.print([`* ${text}`]);
  }
}

function unknown(input: never): never {
  throw new Error(`Cannot perform ${JSON.stringify(input)}`);
}
