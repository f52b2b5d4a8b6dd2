/** The joined rooms and open conversations: which one is current, how the user switches, and how far back each has been shown. */

import type { ClientState } from "../../client/state/client_state.ts";
import { memberIdOf } from "../../client/state/member_lookup.ts";
import { targetOf } from "../../client/text/message_reference.ts";
import {
  type ClientCommand,
  isEntry,
  isOfRoom,
  type JoinedEvent,
  keyOfPage,
  type Partner,
  placeKey,
  type ServerEvent,
} from "../../protocol/messages/messages.ts";
import { closedSentence, openedSentence } from "../../presentation/sentences/conversation_sentences.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { roomName } from "../render/line_style.ts";
import { placeName } from "../render/place_name.ts";

export interface PlaceTabsOptions {
  /** The first current room. */
  readonly room: string;
  readonly state: () => ClientState;
  readonly join: (room: string) => void;
  readonly leave: (room: string) => void;
  /** Sends a command. Throws an Error for users while there is no connection. */
  readonly send: (command: ClientCommand) => void;
  readonly say: (text: string) => void;
  /** Called with its key when a room or conversation has become the current place. */
  readonly opened: (key: string) => void;
  /** A description of the unread messages of a place; empty without unread messages. */
  readonly unread: (key: string) => string;
}

/** The last conversations that have a number. Others are opened by name. */
const MAX_CONVERSATION_TABS = 20;
/** The `ref` of the question for the id of a member whose conversation opens then. */
const OPEN_REF = "open";

export class PlaceTabs {
  readonly #options: PlaceTabsOptions;
  /** The key of the current place. */
  #current: string | undefined;
  /** The room that was current last. */
  #lastRoom: string | undefined;
  /** Conversations that were opened or that have new messages: their keys, with the name that the partner had then. */
  readonly #conversations = new Map<string, string>();
  /** Place → the oldest seq shown. `/history` continues before it. */
  readonly #oldest = new Map<string, number>();
  /** The room to switch to once it is joined. */
  #joining: string | undefined;

  constructor(options: PlaceTabsOptions) {
    this.#options = options;
    this.#current = this.#lastRoom = options.room;
  }

  /** The key of the current place. */
  get current(): string | undefined {
    return this.#current;
  }

  /** The key of the current place. Throws an Error for users outside of all places. */
  here(): string {
    if (this.#current === undefined) throw new Error("You are in no room: write /join ROOM first");
    return this.#current;
  }

  /** The keys of all rooms and conversations in the order of their numbers, from 1. */
  get keys(): readonly string[] {
    return [...this.#options.state().rooms.keys(), ...this.#conversations.keys()];
  }

  /** Names a place, such as `#dev` or `@bob`. */
  nameOf(key: string): string {
    const state = this.#options.state();
    const opened = this.#conversations.get(key);
    return opened === undefined || state.conversations.has(key) ? placeName(key, state) : `@${sanitizeLine(opened)}`;
  }

  /** Forgets how far back was shown, and the conversations: another server has others. */
  reset(): void {
    this.#oldest.clear();
    this.#conversations.clear();
    if (this.#current?.startsWith("@")) this.#goTo(this.#lastRoom);
  }

  /** Call it after the state has taken the event and its lines are printed. */
  received(event: ServerEvent): void {
    if (isEntry(event)) return isOfRoom(event) ? undefined : this.#add(event.with);
    const key = event.type === "history" ? keyOfPage(event) : undefined;
    if (event.type === "history" && key !== undefined) event.messages.forEach(({ seq }) => this.markShown(key, seq));
    else if (event.type === "joined") this.#joined(event);
    else if (event.type === "leave" && event.member.id === this.#options.state().you?.id) this.#left(event.room);
    else if (event.type === "whois" && event.ref === OPEN_REF) this.open(event.member);
  }

  join(room: string): void {
    const { rooms, status } = this.#options.state();
    if (rooms.has(room)) return this.switchTo(room);
    this.#joining = room;
    this.#options.join(room);
    if (status.kind !== "online") this.#options.say(`${roomName(room)} is joined when the connection is back`);
  }

  /** Opens the conversation with a member: by name, or with the id that a list gives. */
  open(to: string | Partner): void {
    if (typeof to === "string") {
      const id = memberIdOf(this.#options.state(), to);
      return id === undefined
        ? this.#options.send({ type: "whois", ref: OPEN_REF, name: to })
        : this.open({ id, name: to });
    }
    this.#add(to);
    this.switchTo(placeKey({ with: to }));
  }

  /** Leaves a room, or closes a conversation. */
  leave(room = this.here()): void {
    if (room.startsWith("@")) return this.#close(room);
    const { rooms, status } = this.#options.state();
    if (!rooms.has(room)) throw new Error(`You are not in ${roomName(room)}: /room lists your rooms`);
    if (rooms.size === 1) throw new Error("This is your only room: /join another one first, or /quit");
    if (status.kind !== "online") this.#options.send({ type: "leave", room });
    else this.#options.leave(room);
  }

  list(): void {
    const row = (key: string, index: number) => {
      const unread = this.#options.unread(key);
      return `${index + 1} ${this.nameOf(key)}${unread === "" ? "" : ` (${unread})`}`;
    };
    const { keys } = this;
    this.#options.say(
      keys.length === 0 ? "You are in no room: /join ROOM joins one" : `You are in ${keys.map(row).join(", ")}`,
    );
  }

  switchTo(key: string): void {
    const name = this.nameOf(key);
    if (!this.keys.includes(key)) throw new Error(`You are not in ${name}: write /join ${name} to join it`);
    const topic = this.#options.state().rooms.get(key)?.topic ?? "";
    const more = topic === "" ? "" : `: ${sanitizeLine(topic)}`;
    this.#options.say(key.startsWith("@") ? openedSentence(name) : `You write to ${name} now${more}`);
    this.#goTo(key);
  }

  /** Switches to the place with this number in the list, from 1. Returns false for an unknown number. */
  switchToNumber(number: number): boolean {
    const key = this.keys[number - 1];
    if (key !== undefined && key !== this.#current) this.switchTo(key);
    return key !== undefined;
  }

  /** Switches to a room by name, or to a place by number if no room has that name. */
  choose(room: string): void {
    const { rooms } = this.#options.state();
    if (!rooms.has(room) && /^\d{1,2}$/.test(room) && this.switchToNumber(Number(room))) return;
    this.switchTo(room);
  }

  showTopic(): void {
    const room = this.here();
    const topic = this.#options.state().rooms.get(room)?.topic ?? "";
    const name = roomName(room);
    this.#options.say(
      topic === "" ? `${name} has no topic: /topic TEXT sets one` : `Topic of ${name}: ${sanitizeLine(topic)}`,
    );
  }

  history(limit: number): void {
    const key = this.here();
    this.#options.send({ type: "history", ...targetOf(key), before: this.#oldest.get(key), limit });
  }

  /** Notes that messages are missing before the next one shown: `/history` starts with them. */
  markGap(key: string): void {
    this.#oldest.delete(key);
  }

  /** Notes that a message was shown. */
  markShown(key: string, seq: number): void {
    this.#oldest.set(key, Math.min(seq, this.#oldest.get(key) ?? seq));
  }

  #joined({ room: { name: room }, truncated }: JoinedEvent): void {
    // The omitted messages are before those that follow, so `/history` continues from the latter.
    if (truncated) this.markGap(room);
    // A linked device enters its member's rooms instead of the first one.
    const isHere = this.#current !== undefined && this.keys.includes(this.#current);
    if (room !== this.#joining && isHere) return;
    this.#joining = undefined;
    this.#goTo(room);
  }

  #left(room: string): void {
    this.#oldest.delete(room);
    if (room === this.#current) this.#goTo([...this.#options.state().rooms.keys()].at(-1));
  }

  #add({ id, name }: Partner): void {
    const key = placeKey({ with: { id, name } });
    this.#conversations.set(key, name);
    if (this.#conversations.size <= MAX_CONVERSATION_TABS) return;
    const oldest = this.#conversations.keys().find((other) => other !== this.#current && other !== key);
    if (oldest !== undefined) this.#forget(oldest);
  }

  #close(key: string): void {
    const name = this.nameOf(key);
    this.#forget(key);
    this.#options.say(closedSentence(name.slice(1)));
    const { rooms } = this.#options.state();
    const room = this.#lastRoom !== undefined && rooms.has(this.#lastRoom) ? this.#lastRoom : [...rooms.keys()].at(-1);
    this.#goTo(room);
  }

  #forget(key: string): void {
    this.#conversations.delete(key);
    this.#oldest.delete(key);
  }

  #goTo(key: string | undefined): void {
    this.#current = key;
    if (key?.startsWith("@") === false) this.#lastRoom = key;
    if (key !== undefined) this.#options.opened(key);
  }
}
