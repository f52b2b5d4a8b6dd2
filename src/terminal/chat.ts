/** What a person at a prompt does with a client, however it is drawn: typed lines to commands, events to printed lines. */

import type { ClientEvent } from "../client/client_event.ts";
import { type ClientListener, type ClientState, initialState } from "../client/state/client_state.ts";
import { type ClientCommand, isRoomMessage, type ServerEvent } from "../protocol/messages/messages.ts";
import { parseRoom } from "../protocol/text/names.ts";
import { Attention } from "./model/attention.ts";
import type { ChatClient } from "./chat_client.ts";
import { MessageChanges } from "./model/message_changes.ts";
import { ignore, parseSlashInput, slashHelpLines, unignore } from "./commands/terminal_commands.ts";
import type { SlashInput } from "../presentation/commands/slash_input.ts";
import type { CompletionWords } from "./input/completion.ts";
import type { Style } from "./render/line_style.ts";
import type { Activity } from "./model/activity.ts";
import { completionWords } from "./input/completion.ts";
import { NumberedList } from "../presentation/commands/numbered_list.ts";
import { counted } from "../presentation/sentences/markup.ts";
import { roomName } from "./render/line_style.ts";
import { PasswordEntry } from "./input/password_entry.ts";
import { Ping } from "./model/ping.ts";
import { type KeepSetting, Preferences } from "./model/preferences.ts";
import { unreadText } from "./model/unread.ts";
import { RoomRemoval } from "./model/room_removal.ts";
import { RoomTabs } from "./model/room_tabs.ts";
import { Scrollback } from "./screen/scrollback.ts";
import type { Bindings } from "./input/key_table.ts";
import type { SecretQuestion } from "./input/secret_prompt.ts";
import type { Settings } from "./model/settings.ts";
import type { Theme } from "./render/theme.ts";
import { FailedMessages } from "./model/failed_messages.ts";

export interface ChatOptions {
  readonly makeClient: (onEvent: ClientListener) => ChatClient;
  /** The room that is current at first. */
  readonly room: string;
  readonly style: Style;
  /** What the reader chose; otherwise as in `DEFAULT_SETTINGS`. */
  readonly settings?: Partial<Settings>;
  readonly keepSetting?: KeepSetting;
  readonly themes?: ReadonlyMap<string, Theme>;
  /** In milliseconds. */
  readonly now: () => number;
  /** Something is for the reader: a sentence, not yet sanitised. */
  readonly call?: (text: string) => void;
  /** What keys do, for the help. */
  readonly bindings?: Bindings;
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
  readonly preferences: Preferences;
  readonly attention: Attention;
  readonly scroll: Scrollback;
  readonly unsent: FailedMessages;
  readonly #options: ChatOptions;
  /** The client's, as of the last event that it told. */
  #state: ClientState = initialState;
  readonly #passwords: PasswordEntry;
  readonly #rooms: RoomTabs;
  readonly #ping: Ping;
  readonly #changing: MessageChanges;
  readonly #listing = new NumberedList();
  readonly #removal = new RoomRemoval();
  #hinted = false;

  constructor(options: ChatOptions) {
    const { style, settings, themes, keepSetting: keep, now } = options;
    this.#options = options;
    this.preferences = new Preferences({ style, settings, themes, keep, print: (lines) => this.scroll.print(lines) });
    const room = parseRoom(options.room);
    const unread = (room: string) => unreadText(this.attention.of(room));
    const { preferences } = this;
    this.scroll = new Scrollback({
      preferences,
      now: new Date(now()).toISOString(),
      state: () => this.#state,
      room: () => this.room,
      print: options.print,
      unread,
    });
    this.attention = new Attention({
      reader: () => this.client.reader,
      preferences,
      state: () => this.#state,
      room: () => this.room,
      call: options.call ?? (() => {}),
      now,
    });
    this.#ping = new Ping(now);
    const send: ChatClient["send"] = (target, text, intent) => this.client.send(target, text, intent);
    this.#changing = new MessageChanges({ state: () => this.#state, send, fill: options.fill });
    this.unsent = new FailedMessages({
      send,
      drop: (ref) => this.client.drop(ref),
      pending: () => this.#state.pending,
    });
    this.#rooms = new RoomTabs({
      room,
      state: () => this.#state,
      join: (room) => this.client.join(room),
      leave: (room) => this.client.leave(room),
      ask: (command) => this.#ask(command),
      say: (text) => this.scroll.say(text),
      opened: (room) => this.#opened(room),
      unread,
    });
    this.client = options.makeClient((event, state, before) => this.#happened(event, state, before));
    this.#passwords = new PasswordEntry({
      ask: options.askSecret,
      login: (name, password) => this.client.login(name, password),
      send: (command) => this.#ask(command),
      say: (text) => this.scroll.say(text),
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

  /** The rooms but the current one in which something is unread, with their numbers. */
  get activity(): Activity[] {
    const rooms = Array.from(this.#state.rooms.keys(), (name, index) => ({
      name,
      number: index + 1,
      ...this.attention.of(name),
    }));
    return rooms.filter(({ name, count }) => name !== this.room && count > 0);
  }

  /** Goes to the room with this number, if there is one. */
  switchTo(number: number): void {
    this.#rooms.switchToNumber(number);
  }

  /** False, and the reason is printed, where the line cannot be what was meant and should be typed again. */
  submit(line: string): boolean {
    try {
      this.#perform(parseSlashInput(line, () => this.#rooms.here()));
      return true;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.fail(error.message);
      return false;
    }
  }

  fail(text: string): void {
    this.scroll.fail(text);
  }

  /** For completion. */
  known(): CompletionWords {
    return completionWords(this.#state, this.room, this.#listing.rooms);
  }

  #happened(event: ClientEvent, state: ClientState, before: ClientState): void {
    this.#state = state;
    const received = event.type === "received" ? event.event : undefined;
    if (received?.type === "welcome" && received.server.id !== before.server?.id) {
      this.#rooms.serverChanged();
      this.attention.forget();
    }
    this.unsent.happened(event);
    if (received === undefined) this.scroll.show(event, before);
    else this.#received(received, before);
    this.#hint();
  }

  #received(event: ServerEvent, before: ClientState): void {
    const isNew = event.type === "joined" && !before.rooms.has(event.room.name);
    const admitted = this.attention.admit(event);
    if (admitted !== undefined) this.#showReceived(admitted, before);
    else this.scroll.print([]);
    this.#rooms.received(event);
    this.#listing.received(event);
    const answer = this.#ping.answered(event);
    if (answer !== undefined) this.scroll.say(answer);
    if (isNew && event.room.name === this.room && event.missed > 0) {
      this.#hint();
      this.scroll.rule(`${counted(event.missed)} new since you left`);
    }
  }

  #showReceived(event: ServerEvent, before: ClientState): void {
    if ((event.type === "join" || event.type === "leave") && event.member.id !== this.#state.you?.id) {
      return this.scroll.come(event, before);
    }
    if (event.type === "message") {
      if (this.attention.firstMissed()) this.scroll.rule("new since you looked away");
      if (isRoomMessage(event) && event.room === this.room) this.#rooms.seen(event.room, event.seq);
      this.#changing.shown(event, this.room);
    }
    this.scroll.receive(event, before);
  }

  /** What waited in the room, with a line above it. */
  #opened(room: string): void {
    const { count: unread, entries, cut } = this.attention.open(room);
    if (entries.length === 0) return;
    if (cut) this.#rooms.skipped(room);
    const rest = cut ? `, the last ${entries.length} are here: /history has the others` : "";
    if (unread > 0) this.scroll.rule(`${counted(unread)} new in ${roomName(room)}${rest}`);
    for (const entry of entries) {
      this.#rooms.seen(room, entry.seq);
      this.scroll.receive(entry);
    }
  }

  #hint(): void {
    if (this.#hinted || this.#state.rooms.size === 0) return;
    this.#hinted = true;
    this.scroll.say("/help lists the commands, Ctrl-D quits");
  }

  #perform(input: SlashInput): void {
    if (input.type !== "remove room") this.#removal.forget();
    switch (input.type) {
      case "say":
        return void this.client.send({ room: this.#rooms.here() }, input.text);
      case "msg":
        return void this.client.send({ to: input.to }, input.text);
      case "help":
        return this.scroll.print(slashHelpLines(input.topic, this.#options.bindings));
      case "join":
        return this.#rooms.join(input.room);
      case "leave":
        return this.#rooms.leave(input.room);
      case "room":
        return input.room === undefined ? this.#rooms.list() : this.#rooms.choose(input.room);
      case "ask":
        return this.#ask(input.command);
      case "login":
        return this.#passwords.login(input.name);
      case "register":
        return this.#passwords.register();
      case "lock":
        return this.#passwords.lock(input.room);
      case "remove room":
        return this.#remove(input.room);
      case "end":
        return this.#ask(this.#listing.end(input.list, input.number));
      case "reply":
      case "react":
      case "edit":
      case "delete":
        return this.#changing.perform(input, this.#rooms.here());
      case "name":
        return this.client.rename(input.name);
      case "topic":
        return this.#rooms.showTopic();
      case "history":
        return this.#rooms.history(input.limit);
      case "editor":
        return this.#options.write(input.text);
      case "set":
        return this.preferences.set(input);
      case "ignore":
        return this.scroll.say(ignore(input.name, this.client.reader, this.#state));
      case "unignore":
        return this.scroll.say(unignore(input.name, this.client.reader));
      case "ping":
        return this.#ask(this.#ping.ask());
      case "resend":
        return this.unsent.resend(input.number);
      case "drop":
        return this.scroll.say(
          input.number === "waiting" ? this.unsent.dropWaiting() : this.unsent.drop(input.number),
        );
      case "clear":
        return this.#options.clear();
      case "quit":
        return this.#options.quit();
      default:
        return unknown(input);
    }
  }

  #remove(room: string): void {
    const question = this.#removal.question(room);
    if (question !== undefined) this.scroll.say(question);
    else this.#ask({ type: "remove", room });
  }

  #ask(command: ClientCommand): void {
    if (!this.client.command(command)) throw new Error("There is no connection right now: try again once it is back");
  }
}

function unknown(input: never): never {
  throw new Error(`Cannot perform ${JSON.stringify(input)}`);
}
