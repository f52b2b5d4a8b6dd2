/** The joined rooms: which one is current, how the user switches, and how far back each has been shown. */

import type { ClientState } from "../../client/state/client_state.ts";
import type { ClientCommand, JoinedEvent, ServerEvent } from "../../protocol/messages/messages.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { roomName } from "../render/line_style.ts";

export interface RoomTabsOptions {
  /** The first current room. */
  readonly room: string;
  readonly state: () => ClientState;
  readonly join: (room: string) => void;
  readonly leave: (room: string) => void;
  /** Sends a command. Throws an Error for users while there is no connection. */
  readonly send: (command: ClientCommand) => void;
  readonly say: (text: string) => void;
  /** Called when a room has become the current one. */
  readonly opened: (room: string) => void;
  /** A description of the unread messages of a room; empty without unread messages. */
  readonly unread: (room: string) => string;
}

export class RoomTabs {
  readonly #options: RoomTabsOptions;
  #current: string | undefined;
  /** Room → the oldest seq shown. `/history` continues before it. */
  readonly #oldest = new Map<string, number>();
  /** The room to switch to once it is joined. */
  #joining: string | undefined;

  constructor(options: RoomTabsOptions) {
    this.#options = options;
    this.#current = options.room;
  }

  get current(): string | undefined {
    return this.#current;
  }

  /** The current room. Throws an Error for users outside of all rooms. */
  here(): string {
    if (this.#current === undefined) throw new Error("You are in no room: write /join ROOM first");
    return this.#current;
  }

  /** Forgets how far back was shown: another server has other seqs. */
  reset(): void {
    this.#oldest.clear();
  }

  /** Call it after the state has taken the event and its lines are printed. */
  received(event: ServerEvent): void {
    if (event.type === "history") { for (const { seq } of event.messages) this.markShown(event.room, seq); }
    else if (event.type === "joined") this.#joined(event);
    else if (event.type === "leave" && event.member.id === this.#options.state().you?.id) this.#left(event.room);
  }

  join(room: string): void {
    const { rooms, status } = this.#options.state();
    if (rooms.has(room)) return this.switchTo(room);
    this.#joining = room;
    this.#options.join(room);
    if (status.kind !== "online") this.#options.say(`${roomName(room)} is joined when the connection is back`);
  }

  leave(room = this.here()): void {
    const { rooms, status } = this.#options.state();
    if (!rooms.has(room)) throw new Error(`You are not in ${roomName(room)}: /room lists your rooms`);
    if (rooms.size === 1) throw new Error("This is your only room: /join another one first, or /quit");
    if (status.kind !== "online") this.#options.send({ type: "leave", room });
    else this.#options.leave(room);
  }

  list(): void {
    const rooms = [...this.#options.state().rooms.keys()];
    const row = (room: string, index: number) => {
      const unread = this.#options.unread(room);
      return `${index + 1} ${roomName(room)}${unread === "" ? "" : ` (${unread})`}`;
    };
    this.#options.say(
      rooms.length === 0 ? "You are in no room: /join ROOM joins one" : `You are in ${rooms.map(row).join(", ")}`,
    );
  }

  switchTo(room: string): void {
    const joined = this.#options.state().rooms.get(room);
    const name = roomName(room);
    if (joined === undefined) throw new Error(`You are not in ${name}: write /join ${name} to join it`);
    this.#options.say(`What you type goes to ${name}${joined.topic === "" ? "" : `: ${sanitizeLine(joined.topic)}`}`);
    this.#goTo(room);
  }

  /** Switches to the room with this number in the list, from 1. Returns false for an unknown number. */
  switchToNumber(number: number): boolean {
    const room = [...this.#options.state().rooms.keys()][number - 1];
    if (room !== undefined && room !== this.#current) this.switchTo(room);
    return room !== undefined;
  }

  /** Switches to a room by name, or by number if no room has that name. */
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
    const room = this.here();
    this.#options.send({ type: "history", room, before: this.#oldest.get(room), limit });
  }

  /** Notes that messages are missing before the next one shown: `/history` starts with them. */
  markGap(room: string): void {
    this.#oldest.delete(room);
  }

  /** Notes that a message was shown. */
  markShown(room: string, seq: number): void {
    this.#oldest.set(room, Math.min(seq, this.#oldest.get(room) ?? seq));
  }

  #joined({ room: { name: room }, truncated }: JoinedEvent): void {
    // The omitted messages are before those that follow, so `/history` continues from the latter.
    if (truncated) this.markGap(room);
    // A linked device enters its member's rooms instead of the first one.
    const isHere = this.#current !== undefined && this.#options.state().rooms.has(this.#current);
    if (room !== this.#joining && isHere) return;
    this.#joining = undefined;
    this.#goTo(room);
  }

  #left(room: string): void {
    this.#oldest.delete(room);
    if (room === this.#current) this.#goTo([...this.#options.state().rooms.keys()].at(-1));
  }

  #goTo(room: string | undefined): void {
    this.#current = room;
    if (room !== undefined) this.#options.opened(room);
  }
}
