import { auditText, restrictionRows } from "../../presentation/sentences/moderation_sentences.ts";
import { scopeText } from "../../presentation/sentences/markup.ts";
import { PAGE_MARKUP } from "../page_commands.ts";
import type { PageChat } from "../page_chat.ts";
import { el, on } from "../views/dom.ts";
import { EntryList } from "./entry_list.ts";
import type { PanelDialog } from "./panel_dialog.ts";

export interface RestrictionListOptions {
  readonly chat: PageChat;
  readonly panel: PanelDialog;
  /** `undefined` for the whole server. */
  readonly room: string | undefined;
  /** Whether the user may end restrictions. */
  readonly moderates: boolean;
}

/** The restrictions and moderators of a room or of the server, as `/restrictions` lists and ends them. */
export function restrictionList({ chat: { replies }, panel, room, moderates }: RestrictionListOptions): EntryList {
  return new EntryList({
    panel,
    label: `Restrictions ${scopeText(room, PAGE_MARKUP)}`,
    none: `There are no restrictions ${scopeText(room, PAGE_MARKUP)}`,
    button: moderates ? "End" : undefined,
    question: "End it?",
    load: async () => {
      const event = await replies.ask({ type: "restrictions", room }, "restrictions");
      return { entries: restrictionRows(event, PAGE_MARKUP), count: event.count };
    },
    end: async (id) => {
      await replies.perform({ type: "allow", restriction: id });
      return "It has ended";
    },
  });
}

const AUDIT_ENTRIES = 50;

/** The latest actions of moderators, as `/audit` lists them; loaded when the user opens them. */
export function auditList({ chat: { replies }, panel, room }: RestrictionListOptions): HTMLElement {
  const rows = el("ul", { class: "entries" });
  const details = el("details", {}, el("summary", {}, "Latest actions of moderators"), rows);
  const load = async () => {
    const event = await replies.ask({ type: "audit", room, limit: AUDIT_ENTRIES }, "audit");
    rows.replaceChildren(...auditText(event, PAGE_MARKUP).map((line) => el("li", {}, line)));
  };
  on(details, "toggle", () => details.open && void panel.attempt(load));
  return details;
}
