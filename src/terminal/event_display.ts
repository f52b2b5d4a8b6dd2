/** Shows the client's events: passes each one to the models in turn, and prints what the user should see of it now. */

import type { ClientEvent } from "../client/client_event.ts";
import type { ClientState } from "../client/state/client_state.ts";
import type { NumberedList } from "../presentation/commands/numbered_list.ts";
import { counted } from "../presentation/sentences/markup.ts";
import { type ClientCommand, isRoomMessage, type ServerEvent } from "../protocol/messages/messages.ts";
import type { Attention } from "./model/attention.ts";
import type { FailedMessages } from "./model/failed_messages.ts";
import type { MessageChanges } from "./model/message_changes.ts";
import type { RoomTabs } from "./model/room_tabs.ts";
import { roomName } from "./render/line_style.ts";
import type { Scrollback } from "./screen/scrollback.ts";

/** The models that follow the events. */
export interface EventDisplayParts {
  readonly scrollback: Scrollback;
  readonly attention: Attention;
  readonly rooms: RoomTabs;
  readonly messageChanges: MessageChanges;
  readonly failedMessages: FailedMessages;
  /** The last list whose rows a command can name by number. */
  readonly list: NumberedList;
  readonly ping: Ping;
}

export class EventDisplay {
  readonly #parts: EventDisplayParts;
  #hintShown = false;

  constructor(parts: EventDisplayParts) {
    this.#parts = parts;
  }

  /** `state` and `before` are the client's state after and before the event. */
  handle(event: ClientEvent, state: ClientState, before: ClientState): void {
    const { attention, rooms, failedMessages, scrollback } = this.#parts;
    const received = event.type === "received" ? event.event : undefined;
    if (received?.type === "welcome" && received.server.id !== before.server?.id) {
      rooms.reset();
      attention.reset();
    }
    failedMessages.handle(event);
    if (received === undefined) scrollback.show(event, before);
    else this.#receive(received, state, before);
    this.#showHint(state);
  }

  /** Prints the messages that were held while another room was current, below a separator. */
  openRoom(room: string): void {
    const { attention, rooms, scrollback } = this.#parts;
    const { count, entries, cut } = attention.open(room);
    if (entries.length === 0) return;
    if (cut) rooms.markGap(room);
    const rest = cut ? `, the last ${entries.length} are here: /history has the others` : "";
    if (count > 0) scrollback.rule(`${counted(count)} new in ${roomName(room)}${rest}`);
    for (const entry of entries) {
      rooms.markShown(room, entry.seq);
      scrollback.receive(entry);
    }
  }

  #receive(event: ServerEvent, state: ClientState, before: ClientState): void {
    const { attention, rooms, list, ping, scrollback } = this.#parts;
    const isNew = event.type === "joined" && !before.rooms.has(event.room.name);
    const visible = attention.visiblePart(event);
    if (visible !== undefined) this.#show(visible, state, before);
    else scrollback.print([]);
    rooms.received(event);
    list.received(event);
    const answer = ping.answerText(event);
    if (answer !== undefined) scrollback.say(answer);
    if (isNew && event.room.name === rooms.current && event.missed > 0) {
      this.#showHint(state);
      scrollback.rule(`${counted(event.missed)} new since you left`);
    }
  }

  #show(event: ServerEvent, state: ClientState, before: ClientState): void {
    const { attention, rooms, messageChanges, scrollback } = this.#parts;
    if ((event.type === "join" || event.type === "leave") && event.member.id !== state.you?.id) {
      return scrollback.showPresence(event, before);
    }
    if (event.type === "message") {
      if (attention.takeFirstUnseen()) scrollback.rule("new since you looked away");
      if (isRoomMessage(event) && event.room === rooms.current) rooms.markShown(event.room, event.seq);
      messageChanges.shown(event, rooms.current);
    }
    scrollback.receive(event, before);
  }

  #showHint(state: ClientState): void {
    if (this.#hintShown || state.rooms.size === 0) return;
    this.#hintShown = true;
    this.#parts.scrollback.say("/help lists the commands, Ctrl-D quits");
  }
}

/** Measures the round trip to the server. */
export class Ping {
  readonly #now: () => number;
  #count = 0;
  /** The ref of the last ping, until it is answered. */
  #ref: string | undefined;
  #sentAt = 0;

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The command to send now. An answer to an earlier ping is ignored from now on. */
  command(): ClientCommand {
    this.#ref = `ping-${this.#count++}`;
    this.#sentAt = this.#now();
    return { type: "ping", ref: this.#ref };
  }

  /** The sentence for the answer to the last ping; `undefined` for any other event. */
  answerText(event: ServerEvent): string | undefined {
    if (event.type !== "pong" || event.ref === undefined || event.ref !== this.#ref) return undefined;
    this.#ref = undefined;
    return `The server answered in ${Math.max(0, Math.round(this.#now() - this.#sentAt))} ms`;
  }
}
