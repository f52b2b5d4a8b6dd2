/** Shows the client's events: passes each one to the models in turn, and prints what the user should see of it now. */

import type { ClientEvent } from "../client/client_event.ts";
import type { ClientState } from "../client/state/client_state.ts";
import type { NumberedList } from "../presentation/commands/numbered_list.ts";
import { counted } from "../presentation/sentences/markup.ts";
import { type ClientCommand, type Entry, isEntry, placeKey, type ServerEvent } from "../protocol/messages/messages.ts";
import type { Attention } from "./model/attention.ts";
import type { FailedMessages } from "./model/failed_messages.ts";
import type { MessageChanges } from "./model/message_changes.ts";
import { NewMessages } from "./model/new_messages.ts";
import type { PlaceTabs } from "./model/place_tabs.ts";
import type { Scrollback } from "./screen/scrollback.ts";

/** The models that follow the events. */
export interface EventDisplayParts {
  readonly scrollback: Scrollback;
  readonly attention: Attention;
  readonly tabs: PlaceTabs;
  readonly messageChanges: MessageChanges;
  readonly failedMessages: FailedMessages;
  /** The last list whose rows a command can name by number. */
  readonly list: NumberedList;
  readonly ping: Ping;
}

export class EventDisplay {
  readonly #parts: EventDisplayParts;
  readonly #newMessages = new NewMessages();
  #hintShown = false;

  constructor(parts: EventDisplayParts) {
    this.#parts = parts;
  }

  /** `state` and `before` are the client's state after and before the event. */
  handle(event: ClientEvent, state: ClientState, before: ClientState): void {
    const { attention, tabs, failedMessages, scrollback } = this.#parts;
    const received = event.type === "received" ? event.event : undefined;
    if (received?.type === "welcome" && received.server.id !== before.server?.id) {
      tabs.reset();
      attention.reset();
      this.#newMessages.reset();
    }
    failedMessages.handle(event);
    if (received === undefined) scrollback.show(event, before);
    else this.#receive(received, state, before);
    this.#showHint(state);
  }

  /** Prints the messages that were held while another place was current, the unread ones below a separator. */
  openPlace(key: string): void {
    const { attention, tabs, scrollback } = this.#parts;
    const { count, entries, cut, first } = attention.open(key);
    if (entries.length === 0) return;
    if (cut) tabs.markGap(key);
    const rest = cut ? `, the last ${entries.length} are here: /history has the others` : "";
    const firstUnread = count === 0 ? undefined : entries.find(({ seq }) => seq >= first);
    for (const entry of entries) {
      if (entry === firstUnread) scrollback.rule(`${counted(count)} new in ${tabs.nameOf(key)}${rest}`);
      tabs.markShown(key, entry.seq);
      scrollback.receive(entry);
    }
  }

  #receive(event: ServerEvent, state: ClientState, before: ClientState): void {
    const { attention, tabs, list, ping, scrollback } = this.#parts;
    const isNew = event.type === "joined" && !before.rooms.has(event.room.name);
    const visible = attention.visiblePart(event);
    if (visible !== undefined) this.#show(visible, state, before);
    else scrollback.print([]);
    tabs.received(event);
    list.received(event);
    const answer = ping.answerText(event);
    if (answer !== undefined) scrollback.say(answer);
    if (isNew && event.room.name === tabs.current) this.#newMessages.joined(event);
    if (event.type === "conversations") this.#newMessages.listed(event);
  }

  #show(event: ServerEvent, state: ClientState, before: ClientState): void {
    const { scrollback } = this.#parts;
    if ((event.type === "join" || event.type === "leave") && event.member.id !== state.you?.id) {
      return scrollback.showPresence(event, before);
    }
    if (isEntry(event)) this.#beforeEntry(event, state);
    scrollback.receive(event, before);
  }

  /** Separates what is new from what was shown before. */
  #beforeEntry(entry: Entry, state: ClientState): void {
    const { attention, tabs, messageChanges, scrollback } = this.#parts;
    const key = placeKey(entry);
    const news = this.#newMessages.before(entry, state);
    if (news !== undefined) {
      this.#showHint(state);
      scrollback.rule(news);
    }
    if (entry.type !== "message") return;
    if (attention.takeFirstUnseen()) scrollback.rule("new since you looked away");
    if (key === tabs.current) tabs.markShown(key, entry.seq);
    messageChanges.shown(entry, tabs.current);
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
