import type { ClientCommand } from "../../protocol/messages/messages.ts";
import { serverRole } from "../model/menus.ts";
import { el, setText } from "../views/dom.ts";
import type { PanelContext } from "./panel_context.ts";
import { PanelDialog } from "./panel_dialog.ts";
import { buttonRow, confirmButton, labelled, panelForm, submitButton } from "./panel_parts.ts";
import { auditList, restrictionList } from "./restriction_list.ts";

/** The restrictions of the whole server, and what only owners may do: lock it down, ban an address, remove an account. */
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
  const perform = async (command: ClientCommand) => {
    await chat.replies.perform(command);
    await update();
    panel.focus();
  };
  const set = (on: boolean) => () => void panel.attempt(() => perform({ type: "lockdown", on }));
  const what = el("p", {});
  const start = confirmButton("Lock the server down", { question: "Lock it down now?", run: set(true) });
  const end = confirmButton("End the lockdown", { question: "End it now?", run: set(false) });
  const ownersParts = [
    ...[what, start, end],
    lineForm("Address or network to ban", "Ban", (address) => panel.attempt(() => perform({ type: "ban", address }))),
    lineForm("Account to remove", "Remove", (account) => panel.attempt(() => perform({ type: "remove", account }))),
  ];
  panel.show(
    ...role === "owner" ? ownersParts : [],
    el("h3", {}, "Restrictions"),
    list.element,
    auditList(options),
  );
  void panel.attempt(update);
}

const OPEN = "New members may join.";
const LOCKED = "The server is locked down: no new members are admitted, and only accounts and moderators may write.";

/** A form with one field. */
function lineForm(label: string, button: string, submit: (text: string) => Promise<void>): HTMLElement {
  const field = el("input", { required: true, spellcheck: "false", maxlength: "128" });
  return panelForm([labelled(label, field), buttonRow(submitButton(button))], () => void submit(field.value.trim()));
}
