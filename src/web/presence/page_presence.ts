import { systemClock } from "../../client/clock.ts";
import { IdleReport } from "../../client/presence/idle_report.ts";
import { Typists } from "../../client/presence/typists.ts";
import { TypistReport } from "../../client/presence/typist_report.ts";
import type { ClientCommand, ServerEvent } from "../../protocol/messages/messages.ts";
import { isSecret, splitCommand } from "../../presentation/commands/slash_commands.ts";
import type { PageSettings } from "../model/page_settings.ts";
import type { PageChat } from "../page_chat.ts";
import { TypistRow } from "./typist_row.ts";

export interface PagePresenceOptions {
  readonly settings: PageSettings;
  readonly chat: () => PageChat | undefined;
  /** Called when a member has stopped typing. */
  readonly changed: () => void;
}

/** Reports what the user does on this page, and shows who is writing. One for the whole page: sessions come and go. */
export class PagePresence {
  readonly #options: PagePresenceOptions;
  readonly #idle: IdleReport;
  readonly #typing: TypistReport;
  readonly #typists: Typists;
  readonly #row: TypistRow;
  #wasOnline = false;

  constructor(options: PagePresenceOptions) {
    this.#options = options;
    const send = (command: ClientCommand) => options.chat()?.client.command(command) ?? false;
    const clock = systemClock;
    const { settings } = options;
    // The page never ends before its document.
    const { signal } = new AbortController();
    this.#idle = new IdleReport({ clock, send, isShared: () => settings.isOn("idle"), signal });
    this.#typing = new TypistReport({ clock, send, isShared: () => settings.isOn("typing") });
    this.#typists = new Typists({ clock, signal, changed: options.changed });
    this.#row = new TypistRow(this.#typists);
    for (const type of ["keydown", "pointerdown", "wheel"]) {
      document.addEventListener(type, () => this.#idle.keyPressed(), { passive: true });
    }
  }

  /** Takes each event of the server. */
  received(event: ServerEvent): void {
    this.#typists.received(event);
  }

  /** Called after each event of the client, also while the page is hidden. */
  changed({ state }: PageChat): void {
    const isOnline = state.status.kind === "online";
    if (isOnline && !this.#wasOnline) this.#idle.connected();
    this.#wasOnline = isOnline;
  }

  /** Notes that the user has typed in the open conversation. Commands are nobody's business. */
  typed(text: string): void {
    const current = this.#options.chat()?.conversations.current;
    if (current === undefined || text.trim() === "" || splitCommand(text) !== undefined || isSecret(text)) return;
    this.#typing.typed(current.target);
  }

  draw({ conversations: { current } }: PageChat): void {
    this.#row.update(current);
  }
}
