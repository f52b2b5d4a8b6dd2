import { serverRole } from "../model/menus.ts";
import { el, setText } from "../views/dom.ts";
import type { PanelContext } from "./panel_context.ts";
import { PanelDialog } from "./panel_dialog.ts";
import { confirmButton } from "./panel_parts.ts";
import { auditList, restrictionList } from "./restriction_list.ts";

/** The restrictions of the whole server, and for owners the lockdown: as `/restrictions -all`, `/audit -all` and `/lockdown`. */
export async function openServer({ chat }: PanelContext): Promise<void> {
  const role = await serverRole(chat);
  const panel = new PanelDialog("The whole server");
  const options = { chat, panel, room: undefined, moderates: true };
  const list = restrictionList(options);
  const isLocked = () => chat.state.restrictions.values().some(({ kind }) => kind === "lockdown");
  const update = async () => {
    await list.update();
    setText(what, isLocked() ? LOCKED : OPEN);
    start.hidden = isLocked();
    end.hidden = !isLocked();
  };
  const set = (on: boolean) => () =>
    void panel.attempt(async () => {
      await chat.replies.perform({ type: "lockdown", on });
      await update();
      panel.focus();
    });
  const what = el("p", {});
  const start = confirmButton("Lock the server down", { question: "Lock it down now?", what: "", run: set(true) });
  const end = confirmButton("End the lockdown", { question: "End it now?", what: "", run: set(false) });
  panel.show(
    ...role === "owner" ? [what, start, end] : [],
    el("h3", {}, "Restrictions"),
    list.element,
    auditList(options),
  );
  void panel.attempt(update);
}

const OPEN = "New members may join.";
const LOCKED = "The server is locked down: no new members are admitted, and only accounts and moderators may write.";
