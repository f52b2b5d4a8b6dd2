/** The rooms the reader is in: which is current, how one goes to another, and how far back each has been read. */

import type { ClientState } from "../client/state.ts";
import { type ClientCommand, isRoomMessage, type JoinedEvent, type ServerEvent } from "../protocol/messages.ts";
import { sanitizeLine } from "../protocol/sanitize.ts";
import { roomName } from "./naming.ts";

export interface RoomsOptions {
  /** The room that is current at first. */
  readonly room: string;
  readonly state: () => ClientState;
  readonly join: (room: string) => void;
  readonly leave: (room: string) => void;
  /** Throws where it cannot go. */
  readonly ask: (command: ClientCommand) => void;
  readonly say: (text: string) => void;
}

export class Rooms {
  readonly #options: RoomsOptions;
  #current: string | undefined;
  /** Room → the oldest seq that was shown: where `/history` goes on. */
  readonly #oldest = new Map<string, number>();
  /** The room to go to once it is joined. */
  #heading: string | undefined;

  constructor(options: RoomsOptions) {
    this.#options = options;
    this.#current = options.room;
  }

  get current(): string | undefined {
    return this.#current;
  }

  /** The current room; throws an Error for people where there is none. */
  here(): string {
    if (this.#current === undefined) throw new Error("You are in no room: write /join ROOM first");
    return this.#current;
  }

  /** To be called before the state knows of it. */
  welcomed(serverId: string): void {
    // Another server numbers its messages anew.
    if (serverId !== this.#options.state().server?.id) this.#oldest.clear();
  }

  /** To be called when the state knows of it and the lines are made. */
  received(event: ServerEvent): void {
    if (event.type === "message" && isRoomMessage(event)) this.#seen(event.room, event.seq);
    else if (event.type === "history") { for (const { seq } of event.messages) this.#seen(event.room, seq); }
    else if (event.type === "joined") this.#joined(event);
    else if (event.type === "leave" && event.member.id === this.#options.state().you?.id) this.#left(event.room);
  }

  join(room: string): void {
    const { rooms, status } = this.#options.state();
    if (rooms.has(room)) return this.switchTo(room);
    this.#heading = room;
    this.#options.join(room);
    if (status.kind !== "online") this.#options.say(`You join ${roomName(room)} as soon as there is a connection`);
  }

  leave(room = this.here()): void {
    const { rooms, status } = this.#options.state();
    if (!rooms.has(room)) throw new Error(`You are not in ${roomName(room)}: /room lists your rooms`);
    if (rooms.size === 1) throw new Error("This is your only room: /join another one first, or /quit");
    if (status.kind !== "online") this.#options.ask({ type: "leave", room });
    else this.#options.leave(room);
  }

  list(): void {
    const rooms = Array.from(this.#options.state().rooms.keys(), roomName);
    this.#options.say(
      rooms.length === 0 ? "You are in no room: /join ROOM enters one" : `You are in ${rooms.join(", ")}`,
    );
  }

  switchTo(room: string): void {
    const joined = this.#options.state().rooms.get(room);
    const name = roomName(room);
    if (joined === undefined) throw new Error(`You are not in ${name}: write /join ${name} to enter it`);
    this.#current = room;
    this.#options.say(`What you type goes to ${name}${joined.topic === "" ? "" : `: ${sanitizeLine(joined.topic)}`}`);
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
    this.#options.ask({ type: "history", room, before: this.#oldest.get(room), limit });
  }

  #seen(room: string, seq: number): void {
    this.#oldest.set(room, Math.min(seq, this.#oldest.get(room) ?? seq));
  }

  #joined({ room: { name: room }, truncated }: JoinedEvent): void {
    // What was left out lies before what follows, and so does the way to it.
    if (truncated) this.#oldest.delete(room);
    if (room !== this.#heading && this.#current !== undefined) return;
    this.#heading = undefined;
    this.#current = room;
  }

  #left(room: string): void {
    this.#oldest.delete(room);
    if (room === this.#current) this.#current = [...this.#options.state().rooms.keys()].at(-1);
  }
}
