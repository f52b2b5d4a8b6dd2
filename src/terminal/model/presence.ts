/** The user's activity, which the terminal reports, and the typing of others, which it shows in the prompt's row. */

import type { Clock } from "../../client/clock.ts";
import { IdleReport } from "../../client/presence/idle_report.ts";
import { Typists } from "../../client/presence/typists.ts";
import { TypistReport } from "../../client/presence/typist_report.ts";
import type { ClientListener } from "../../client/state/client_state.ts";
import { targetOf } from "../../client/text/message_reference.ts";
import { isSecret, splitCommand } from "../../presentation/commands/slash_commands.ts";
import { typingText } from "../../presentation/sentences/presence_sentences.ts";
import type { ClientCommand, MemberInfo } from "../../protocol/messages/messages.ts";
import type { Settings } from "./settings.ts";

export interface PresenceOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly settings: () => Settings;
  /** The key of the current room or conversation. */
  readonly place: () => string | undefined;
  readonly ignores: (member: MemberInfo) => boolean;
  /** Sends a command. False without a connection. */
  readonly send: (command: ClientCommand) => boolean;
  /** Called when a member has stopped typing. */
  readonly changed: () => void;
}

export class Presence {
  readonly #options: PresenceOptions;
  readonly #idle: IdleReport;
  readonly #typing: TypistReport;
  readonly #typists: Typists;

  constructor(options: PresenceOptions) {
    const { clock, signal, settings, send, changed } = options;
    this.#options = options;
    this.#idle = new IdleReport({ clock, signal, send, isShared: () => settings().idle });
    this.#typing = new TypistReport({ clock, send, isShared: () => settings().typing });
    this.#typists = new Typists({ clock, signal, changed });
  }

  /** A listener for the client, which passes each event on. */
  following(onEvent: ClientListener): ClientListener {
    return (event, state, before) => {
      if (event.type === "received" && event.event !== undefined) this.#typists.received(event.event);
      onEvent(event, state, before);
      if (event.type === "status" && event.status.kind === "online") this.#idle.connected();
    };
  }

  keyPressed(): void {
    this.#idle.keyPressed();
  }

  /** Notes that the user has typed in a line, which is this text now. Commands are nobody's business. */
  typed(text: string): void {
    const place = this.#options.place();
    if (place === undefined || text.trim() === "" || splitCommand(text) !== undefined || isSecret(text)) return;
    this.#typing.typed(targetOf(place));
  }

  /** The members who write in the current room or conversation, or else to the user; empty for nobody. */
  get note(): string {
    const { place, ignores } = this.#options;
    const shown = (members: readonly MemberInfo[]) => members.filter((member) => !ignores(member));
    const key = place();
    const here = key === undefined ? [] : shown(this.#typists.in(key));
    if (here.length > 0) return typingText(here);
    return typingText(shown(this.#typists.direct()), { toYou: true });
  }
}
