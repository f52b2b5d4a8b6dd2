/**
 * The chat of a user at a prompt, with or without drawing: it turns typed lines into commands for the client and
 * passes the client's events to the display.
 */

import { CANNOT_LINK, NOBODY_ASKS } from "../presentation/sentences/link_sentences.ts";
import { type ClientState, initialState } from "../client/state/client_state.ts";
import { memberIdOf } from "../client/state/member_lookup.ts";
import { targetOf } from "../client/text/message_reference.ts";
import type { ClientCommand } from "../protocol/messages/messages.ts";
import { parseRoom } from "../protocol/text/names.ts";
import type { ChatClient, ChatOptions } from "./chat_options.ts";
import { Attention } from "./model/attention.ts";
import { EventDisplay, Ping } from "./event_display.ts";
import { MessageChanges } from "./model/message_changes.ts";
import { parseSlashInput, slashHelpLines } from "./commands/terminal_commands.ts";
import { awayCommand } from "../presentation/commands/presence_commands.ts";
import type { SlashInput } from "../presentation/commands/slash_input.ts";
import { type CompletionWords, completionWords } from "./input/completion.ts";
import { NumberedList } from "../presentation/commands/numbered_list.ts";
import { PasswordEntry } from "./input/password_entry.ts";
import { Preferences } from "./model/preferences.ts";
import { type Activity, unreadText } from "./model/unread.ts";
import { changeIgnored } from "./model/ignored_command.ts";
import { RoomRemovalConfirmation } from "./model/confirmation.ts";
import { PlaceTabs } from "./model/place_tabs.ts";
import { Scrollback } from "./screen/scrollback.ts";
import { ChatCalls } from "./calls/chat_calls.ts";
import { ChatFiles } from "./files/chat_files.ts";
import { FailedMessages } from "./model/failed_messages.ts";

export class Chat {
  readonly client: ChatClient;
  readonly preferences: Preferences;
  readonly attention: Attention;
  readonly scrollback: Scrollback;
  readonly failedMessages: FailedMessages;
  readonly files: ChatFiles;
  readonly calls: ChatCalls;
  readonly #options: ChatOptions;
  /** The client's state after the last event. */
  #state: ClientState = initialState;
  readonly #passwords: PasswordEntry;
  readonly #tabs: PlaceTabs;
  readonly #ping: Ping;
  readonly #messageChanges: MessageChanges;
  readonly #list = new NumberedList();
  readonly #roomRemoval = new RoomRemovalConfirmation();
  readonly #display: EventDisplay;

  constructor(options: ChatOptions) {
    const { style, settings, themes, keepSetting: keep, now } = options;
    this.#options = options;
    this.preferences = new Preferences({
      style,
      settings,
      themes,
      keep,
      print: (lines) => this.scrollback.print(lines),
    });
    const room = parseRoom(options.room);
    const unread = (key: string) => unreadText(this.attention.unreadIn(key));
    const { preferences } = this;
    this.scrollback = new Scrollback({
      preferences,
      now: new Date(now()).toISOString(),
      state: () => this.#state,
      place: () => this.place,
      print: options.print,
      unread,
    });
    this.attention = new Attention({
      ignores: (member) => this.client.ignored.has(member),
      preferences,
      state: () => this.#state,
      place: () => this.place,
      notify: options.notify ?? (() => {}),
      markRead: (key, entry) => this.client.markRead(key, entry),
      readElsewhere: options.readElsewhere ?? (() => {}),
      now,
    });
    this.#ping = new Ping(now);
    const send: ChatClient["send"] = (...message) => this.client.send(...message);
    this.#messageChanges = new MessageChanges({ state: () => this.#state, send, fill: options.fill });
    this.failedMessages = new FailedMessages({
      send,
      drop: (ref) => this.client.drop(ref),
      pending: () => this.#state.pending,
    });
    this.#tabs = new PlaceTabs({
      room,
      state: () => this.#state,
      join: (room) => this.client.join(room),
      leave: (room) => this.client.leave(room),
      send: (command) => this.#sendCommand(command),
      say: (text) => this.scrollback.say(text),
      opened: (key) => this.#display.openPlace(key),
      unread,
    });
    const { scrollback, attention, failedMessages } = this;
    const [tabs, list, ping, messageChanges] = [this.#tabs, this.#list, this.#ping, this.#messageChanges];
    this.#display = new EventDisplay({ scrollback, attention, tabs, messageChanges, failedMessages, list, ping });
    this.files = new ChatFiles({
      setup: options.files,
      client: () => this.client,
      place: () => this.place,
      here: () => this.#tabs.here(),
      say: (text) => this.scrollback.say(text),
      fail: (text) => this.fail(text),
      changed: options.filesChanged,
      pictures: options.pictures,
      previews: () => preferences.settings.previews,
      print: (lines) => scrollback.print(lines),
      style: () => preferences.style,
    });
    this.calls = new ChatCalls({
      setup: options.calls,
      client: () => this.client,
      state: () => this.#state,
      place: () => this.place,
      say: (text) => this.scrollback.say(text),
      notify: options.notify ?? (() => {}),
      changed: options.callsChanged,
      box: options.callBox,
    });
    this.client = options.makeClient(this.calls.following(this.files.following((event, state, before) => {
      this.#state = state;
      this.#display.handle(event, state, before);
    })));
    this.#passwords = new PasswordEntry({
      ask: options.askSecret,
      login: (name, password) => this.client.login(name, password),
      send: (command) => this.#sendCommand(command),
      say: (text) => this.scrollback.say(text),
      fail: (text) => this.fail(text),
    });
    this.client.askPassword = (question) => this.#passwords.answer(question);
  }

  get state(): ClientState {
    return this.#state;
  }

  /** The key of the current room or conversation. */
  get place(): string | undefined {
    return this.#tabs.current;
  }

  /** The name of the current place, such as `#dev` or `@bob`. */
  get placeName(): string | undefined {
    return this.place && this.#tabs.nameOf(this.place);
  }

  /** The rooms and conversations with unread messages, except the current one. */
  get activity(): Activity[] {
    return this.#tabs.keys.flatMap((key, index) => {
      const unread = this.attention.unreadIn(key);
      if (key === this.place || unread.count === 0) return [];
      return [{ name: this.#tabs.nameOf(key), number: index + 1, ...unread }];
    });
  }

  /** Goes to the place with this number, if there is one. */
  switchTo(number: number): void {
    this.#tabs.switchToNumber(number);
  }

  /** Performs a typed line. Prints the reason and returns false if it cannot; the user may then correct the line. */
  submit(line: string): boolean {
    try {
      const command = this.files.commandFor(line);
      if (command !== undefined) return this.#offerFiles(command);
      this.#perform(parseSlashInput(line, () => targetOf(this.#tabs.here())));
      return true;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.fail(error.message);
      return false;
    }
  }

  /** A dropped file is not sent before the user has seen to whom. */
  #offerFiles(command: string): true {
    this.scrollback.say(`To send it to ${this.placeName ?? "a room"}, use this line, to which you can add a text`);
    this.#options.fill(command);
    return true;
  }

  /** Ends what runs beside the client. */
  stop(): void {
    this.files.stop();
    this.calls.stop();
  }

  fail(text: string): void {
    this.scrollback.fail(text);
  }

  /** Names for completion. */
  completionWords(): CompletionWords {
    const paths = (argument: string) => this.files.complete(argument);
    return { ...completionWords(this.#state, this.place, this.#list.rooms), paths };
  }

  #perform(input: SlashInput): void {
    if (input.type !== "remove room") this.#roomRemoval.reset();
    switch (input.type) {
      case "say":
        return void this.client.send(targetOf(this.#tabs.here()), input.text);
      case "msg":
        return void this.client.send({ to: memberIdOf(this.#state, input.to) ?? input.to }, input.text);
      case "open":
        return this.#tabs.open(typeof input.to === "number" ? this.#list.partner(input.to) : input.to);
      case "help":
        return this.scrollback.print(slashHelpLines(input.topic, this.#options.bindings));
      case "join":
        return this.#tabs.join(input.room);
      case "leave":
        return this.#tabs.leave(input.room);
      case "room":
        return input.room === undefined ? this.#tabs.list() : this.#tabs.choose(input.room);
      case "ask":
        return this.#sendCommand(input.command);
      case "login":
        return this.#passwords.login(input.name);
      case "register":
        return this.#passwords.register();
      case "lock":
        return this.#passwords.lock(input.room);
      case "remove room":
        return this.#remove(input.room);
      case "link":
        return this.#link(input.accept);
      case "end":
        return this.#sendCommand(this.#list.end(input.list, input.number));
      case "reply":
      case "react":
      case "edit":
      case "delete":
        return this.#messageChanges.perform(input, this.#tabs.here());
      case "name":
        return this.client.rename(input.name);
      case "away":
        return this.#sendCommand(awayCommand(input, this.#state.you?.away !== undefined));
      case "topic":
        return this.#tabs.showTopic();
      case "history":
        return this.#tabs.history(input.limit);
      case "editor":
        return this.#options.openEditor(input.text);
      case "set":
        return this.preferences.set(input);
      case "ignore":
      case "unignore":
        return this.scrollback.say(changeIgnored(this.client.ignored, input));
      case "send":
      case "save":
      case "view":
      case "accept":
      case "cancel":
        return this.files.perform(input);
      case "call":
        return this.calls.perform(input.action);
      case "decline":
        return input.number === undefined && this.calls.decline() ? undefined : this.files.perform(input);
      case "get":
        return this.#sendCommand({ type: "fetch", ...targetOf(this.#tabs.here()), of: input.seq });
      case "ping":
        return this.#sendCommand(this.#ping.command());
      case "resend":
        return this.failedMessages.resend(input.number);
      case "drop":
        return this.scrollback.say(
          input.number === "waiting" ? this.failedMessages.dropWaiting() : this.failedMessages.drop(input.number),
        );
      case "clear":
        return this.#options.clear();
      case "quit":
        return this.#options.quit();
      default:
        return input satisfies never;
    }
  }

  #remove(room: string): void {
    const question = this.#roomRemoval.question(room);
    if (question !== undefined) this.scrollback.say(question);
    else this.#sendCommand({ type: "remove", room });
  }

  /** Offers to admit another device, or answers the one that asks. */
  #link(accept: boolean | undefined): void {
    if (accept === undefined ? this.client.offerLink() : this.client.answerLink(accept)) return;
    throw new Error(accept === undefined ? CANNOT_LINK : NOBODY_ASKS);
  }

  #sendCommand(command: ClientCommand): void {
    if (!this.client.command(command)) throw new Error("There is no connection right now: try again once it is back");
  }
}
