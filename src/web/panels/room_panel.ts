import { restrainedText } from "../../presentation/sentences/room_sentences.ts";
import { MAX_PASSWORD_BYTES, MAX_SLOW_SECONDS, MAX_TOPIC_BYTES } from "../../protocol/limits.ts";
import type { ClientCommand } from "../../protocol/messages/messages.ts";
import { moderatesIn } from "../model/menus.ts";
import { PAGE_MARKUP } from "../page_commands.ts";
import { el, setText } from "../views/dom.ts";
import type { PanelContext } from "./panel_context.ts";
import { PanelDialog } from "./panel_dialog.ts";
import { confirmButton, labelled, panelForm, quietButton } from "./panel_parts.ts";
import { auditList, restrictionList } from "./restriction_list.ts";

/** What the user may see and change of a room: its topic, its lock and pace, its restrictions and its end. */
export function openRoom({ chat }: PanelContext, name: string): void {
  const panel = new PanelDialog(`#${name}`);
  const room = () => chat.state.rooms.get(name);
  const moderates = moderatesIn(chat.state, name);
  const list = restrictionList({ chat, panel, room: name, moderates });
  const perform = (command: () => ClientCommand) =>
    void panel.attempt(async () => {
      await chat.replies.perform(command());
      draw();
      await list.update();
    });
  const parts = roomForms(name, perform);
  const draw = () => {
    const shown = room();
    parts.state.replaceChildren(...restrainedText(shown ?? { name }, PAGE_MARKUP).map((line) => el("p", {}, line)));
    parts.topic.value = shown?.topic ?? "";
    setText(parts.lock, shown?.locked ? "Change the lock" : "Lock the room");
    parts.unlock.hidden = shown?.locked !== true;
    parts.unslow.hidden = shown?.slow === undefined;
  };
  const remove = confirmButton("Remove the room and its messages", {
    question: "Remove it for everyone?",
    what: "",
    run: () =>
      void panel.attempt(async () => {
        await chat.replies.perform({ type: "remove", room: name });
        panel.close();
      }),
  });
  draw();
  panel.show(
    parts.state,
    parts.topicForm,
    ...moderates ? [parts.lockForm, parts.slowForm] : [],
    el("h3", {}, "Restrictions"),
    list.element,
    ...moderates ? [auditList({ chat, panel, room: name, moderates }), remove] : [],
  );
  void panel.attempt(() => list.update());
}

/** The forms for a room's topic, lock and pace. */
function roomForms(room: string, perform: (command: () => ClientCommand) => void) {
  const topic = el("input", { maxlength: String(MAX_TOPIC_BYTES) });
  const setTopic = () => perform(() => ({ type: "topic", room, text: topic.value.replace(/\s+/g, " ").trim() }));
  const password = el("input", {
    type: "password",
    autocomplete: "new-password",
    maxlength: String(MAX_PASSWORD_BYTES),
    placeholder: "without one, by invite",
  });
  const lock = el("button", { class: "quiet" });
  const setLock = () =>
    perform(() => {
      const typed = password.value;
      password.value = "";
      return { type: "lock", room, ...typed !== "" && { password: typed } };
    });
  const unlock = quietButton("Unlock", () => perform(() => ({ type: "lock", room, off: true })));
  const seconds = el("input", { type: "number", min: "1", max: String(MAX_SLOW_SECONDS), value: "30", required: true });
  const unslow = quietButton("End slow mode", () => perform(() => ({ type: "slow", room, seconds: 0 })));
  const setSlow = () => perform(() => ({ type: "slow", room, seconds: Number(seconds.value) }));
  return {
    state: el("div", {}),
    ...{ topic, lock, unlock, unslow },
    topicForm: panelForm(
      [labelled("Topic", topic), buttonRow(el("button", { class: "quiet" }, "Set the topic"))],
      setTopic,
    ),
    lockForm: panelForm([labelled("Password to join", password), buttonRow(unlock, lock)], setLock),
    slowForm: panelForm(
      [labelled("Seconds between messages", seconds), buttonRow(unslow, el("button", { class: "quiet" }, "Slow mode"))],
      setSlow,
    ),
  };
}

function buttonRow(...buttons: readonly HTMLElement[]): HTMLElement {
  return el("div", { class: "buttons" }, ...buttons);
}
