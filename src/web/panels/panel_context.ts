import type { PageSettings } from "../model/page_settings.ts";
import type { PageChat } from "../page_chat.ts";
import type { Notifier } from "../views/notifier.ts";

/** The parts of the page that panels act on. */
export interface PanelContext {
  readonly chat: PageChat;
  readonly settings: PageSettings;
  readonly notifier: Notifier;
}
