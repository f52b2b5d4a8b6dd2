/** What a person at a prompt does with a client, however it is drawn: typed lines to commands, events to printed lines. */

import type { Client } from "../client/client.ts";
import type { ClientEvent, Target } from "../client/client_event.ts";
import type { Intent } from "../client/intent.ts";
import { type ClientState, initialState, reduce } from "../client/state.ts";
import { MAX_TEXT_BYTES } from "../protocol/limits.ts";
import type { ClientCommand, ServerEvent } from "../protocol/messages.ts";
import { parseRoom } from "../protocol/names.ts";
import { utf8Length } from "../protocol/text.ts";
import { answerOf, lastOfOthers, lastOwn } from "./choosing.ts";
import { parseInput } from "./commands.ts";
import type { Input, ListName } from "./commands/command.ts";
import type { Known } from "./completion.ts";
import { errorLine, type Style } from "./lines.ts";
import { PasswordEntry } from "./password_entry.ts";
import { Rooms } from "./rooms.ts";
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
  /** Puts a text into the line, once it is empty, for the person to go on with. */
  readonly fill: (text: string) => void;
  /** Asks the person for something that must not be shown. Questions are asked one after the other. */
  readonly askSecret: (question: SecretQuestion) => void;
  /** Has a text written elsewhere, to stand in the line. */
  readonly write: (text: string) => void;
  readonly quit: () => void;
}

export class Chat {
  readonly client: ChatClient;
  readonly #options: ChatOptions;
  #state: ClientState = initialState;
  readonly #passwords: PasswordEntry;
  readonly #rooms: Rooms;
  #view: View;
  #listedRooms: readonly string[] = [];
  /** Ids of what was listed last, in the order shown. */
  readonly #listed: Record<ListName, readonly string[]> = { sessions: [], invites: [], orders: [] };
  #hinted = false;

  constructor(options: ChatOptions) {
    const { style, now } = options;
    this.#options = options;
    this.#view = createView({ style, now, room: parseRoom(options.room) });
    this.#rooms = new Rooms({
      room: parseRoom(options.room),
      state: () => this.#state,
      join: (room) => this.client.join(room),
      leave: (room) => this.client.leave(room),
      ask: (command) => this.#ask(command),
      say: (text) => this.#say(text),
    });
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
    return this.#rooms.current;
  }

  /** False, and the reason is printed, where the line cannot be what was meant and should be typed again. */
  submit(line: string): boolean {
    try {
      this.#perform(parseInput(line, () => this.#rooms.here()));
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
    const room = this.room === undefined ? undefined : this.#state.rooms.get(this.room);
    const present = Array.from(room?.members.values() ?? [], ({ name }) => name);
    const speakers = room?.speakers ?? [];
    const here = new Set(present);
    const names = new Set([...speakers.filter((name) => here.has(name)), ...present.toSorted(), ...speakers]);
    names.delete(this.#state.you?.name ?? "");
    const joinedRooms = [...this.#state.rooms.keys()];
    return { names: [...names], rooms: [...new Set([...joinedRooms, ...this.#listedRooms])], joinedRooms };
  }

  #happened(event: ClientEvent): void {
    if (event.type === "received" && event.event?.type === "welcome") this.#rooms.welcomed(event.event.server.id);
    this.#state = reduce(this.#state, event);
    const { view, lines } = show({ ...this.#view, room: this.room }, event);
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

  #afterReceived(event: ServerEvent): void {
    this.#rooms.received(event);
    if (event.type === "rooms") this.#listedRooms = event.rooms.map(({ name }) => name);
    else if (event.type === "sessions") this.#listed.sessions = event.sessions.map(({ id }) => id);
    else if (event.type === "invites") this.#listed.invites = event.invites.map(({ id }) => id);
    else if (event.type === "orders") this.#listed.orders = event.orders.map(({ id }) => id);
  }

  #perform(input: Input): void {
    switch (input.type) {
      case "say":
        return this.#send({ room: this.#rooms.here() }, input.text);
      case "msg":
        return this.#send({ to: input.to }, input.text);
      case "help":
        return this.#options.print(input.lines);
      case "join":
        return this.#rooms.join(input.room);
      case "leave":
        return this.#rooms.leave(input.room);
      case "room":
        return input.room === undefined ? this.#rooms.list() : this.#rooms.switchTo(input.room);
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
      case "reply":
      case "react":
      case "edit":
      case "delete":
        return this.#change(input);
      case "name":
        return this.client.rename(input.name);
      case "topic":
        return this.#rooms.showTopic();
      case "history":
        return this.#rooms.history(input.limit);
      case "editor":
        return this.#options.write(input.text);
      case "clear":
        return this.#options.clear();
      case "quit":
        return this.#options.quit();
      default:
        return unknown(input);
    }
  }

  #change(input: Extract<Input, { type: "reply" | "react" | "edit" | "delete" }>): void {
    const room = this.#rooms.here();
    const target = { room };
    switch (input.type) {
      case "reply": {
        const { to, text } = answerOf(input.words, this.#state, room);
        return this.#send(target, text, { kind: "reply", to });
      }
      case "react": {
        const seq = input.seq ?? lastOfOthers(this.#state, room);
        return this.#send(target, input.emoji, { kind: "react", seq, ...input.remove && { remove: true } });
      }
      case "edit":
        if (input.text === "") return this.#bringBack(room);
        return this.#send(target, input.text, { kind: "edit", seq: lastOwn(this.#state, room)?.seq });
      case "delete":
        return this.#send(target, "", { kind: "delete", seq: input.seq ?? lastOwn(this.#state, room)?.seq });
      default:
        return unknown(input);
    }
  }

  /** The last message as the command that changes it. */
  #bringBack(room: string): void {
    const own = lastOwn(this.#state, room);
    if (own === undefined) throw new Error("There is no message of yours to bring back: write /edit TEXT");
    this.#options.fill(`/edit ${own.text}`);
  }

  #send(target: Target, text: string, intent?: Intent): void {
    const excess = utf8Length(text.toWellFormed()) - MAX_TEXT_BYTES;
    if (excess > 0) throw new Error(`The message is ${excess} bytes too long: shorten it, or send it in parts`);
    this.client.send(target, text.toWellFormed(), intent);
  }

  #ask(command: ClientCommand): void {
    if (!this.client.command(command)) throw new Error("There is no connection right now: try again once it is back");
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

  #say(text: string): void {
    this.#options.print([`* ${text}`]);
  }
}

function unknown(input: never): never {
  throw new Error(`Cannot perform ${JSON.stringify(input)}`);
}
