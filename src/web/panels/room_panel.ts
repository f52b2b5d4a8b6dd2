import { restrainedText } from "../../presentation/sentences/room_sentences.ts";
import { moderatesIn } from "../model/menus.ts";
import { PAGE_MARKUP } from "../page_commands.ts";
import { el } from "../views/dom.ts";
import type { PanelContext } from "./panel_context.ts";
import { PanelDialog } from "./panel_dialog.ts";
import { confirmButton } from "./panel_parts.ts";
import { auditList, restrictionList } from "./restriction_list.ts";
import { admitForm, lockForm, type Perform, slowForm, topicForm } from "./room_forms.ts";

/** Shows what the user may see and change of a room: its topic, its lock and pace, its restrictions and its end. */
export function openRoom({ chat }: PanelContext, name: string): void {
  const panel = new PanelDialog(`#${name}`);
  const moderates = moderatesIn(chat.state, name);
  const options = { chat, panel, room: name, moderates };
  const list = restrictionList(options);
  const perform: Perform = (command) =>
    void panel.attempt(async () => {
      await chat.replies.perform(command());
      update();
      await list.update();
    });
  const state = el("div", {});
  const forms = [topicForm, ...moderates ? [lockForm, admitForm, slowForm] : []].map((form) => form(name, perform));
  const update = () => {
    const room = chat.state.rooms.get(name);
    state.replaceChildren(...restrainedText(room ?? { name }, PAGE_MARKUP).map((line) => el("p", {}, line)));
    for (const form of forms) form.update(room);
  };
  const endAll = confirmButton("End all restrictions", {
    question: "End all of them?",
    run: () => perform(() => ({ type: "allow", all: true, room: name })),
  });
  const remove = confirmButton("Remove the room and its messages", {
    question: "Remove it for everyone?",
    run: () =>
      void panel.attempt(async () => {
        await chat.replies.perform({ type: "remove", room: name });
        panel.close();
      }),
  });
  update();
  const parts = [state, ...forms.map(({ element }) => element), el("h3", {}, "Restrictions"), list.element];
  if (chat.state.owner) parts.push(endAll);
  if (moderates) parts.push(auditList(options), remove);
  panel.show(...parts);
  void panel.attempt(() => list.update());
}
