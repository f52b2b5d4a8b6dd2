import { systemClock } from "../../client/clock.ts";
import { IdleReport } from "../../client/presence/idle_report.ts";
import type { JsonStore } from "../model/browser_storage.ts";
import type { PageChat } from "../page_chat.ts";
import { ActivitySwitch } from "./activity_switch.ts";

export interface PagePresenceOptions {
  readonly store: JsonStore;
  readonly chat: () => PageChat | undefined;
}

/** Reports what the user does on this page. One for the whole page: sessions come and go. */
export class PagePresence {
  readonly #switch: ActivitySwitch;
  readonly #idle: IdleReport;
  #wasOnline = false;

  constructor({ store, chat }: PagePresenceOptions) {
    this.#switch = new ActivitySwitch(store);
    this.#idle = new IdleReport({
      clock: systemClock,
      send: (command) => chat()?.client.command(command) ?? false,
      isShared: () => this.#switch.isOn,
      signal: new AbortController().signal,
    });
    for (const type of ["keydown", "pointerdown", "wheel"]) {
      document.addEventListener(type, () => this.#idle.keyPressed(), { passive: true });
    }
  }

  /** Called after each event of the client, also while the page is hidden. */
  changed({ state }: PageChat): void {
    const isOnline = state.status.kind === "online";
    if (isOnline && !this.#wasOnline) this.#idle.connected();
    this.#wasOnline = isOnline;
  }
}
