/** The forms of the panel of a room: its topic, its lock, who may enter, and its pace. */

import type { RoomState } from "../../client/state/client_state.ts";
import { MAX_NAME_CHARS, MAX_PASSWORD_BYTES, MAX_SLOW_SECONDS, MAX_TOPIC_BYTES } from "../../protocol/limits.ts";
import type { ClientCommand } from "../../protocol/messages/messages.ts";
import { parseName } from "../../protocol/text/names.ts";
import { el, setText } from "../views/dom.ts";
import { buttonRow, labelled, panelForm, quietButton, submitButton } from "./panel_parts.ts";

/** Sends a command, and shows what it has changed. Errors of the function are shown, too. */
export type Perform = (command: () => ClientCommand) => void;

export interface RoomForm {
  readonly element: HTMLElement;
  /** Shows the state of the room. */
  readonly update: (room: RoomState | undefined) => void;
}

export function topicForm(room: string, perform: Perform): RoomForm {
  const topic = el("input", { maxlength: String(MAX_TOPIC_BYTES) });
  const submit = () => perform(() => ({ type: "topic", room, text: topic.value.replace(/\s+/g, " ").trim() }));
  return {
    element: panelForm([labelled("Topic", topic), buttonRow(submitButton("Set the topic"))], submit),
    update: (state) => topic.value = state?.topic ?? "",
  };
}

export function lockForm(room: string, perform: Perform): RoomForm {
  const password = el("input", {
    type: "password",
    autocomplete: "new-password",
    maxlength: String(MAX_PASSWORD_BYTES),
    placeholder: "without one, by invite",
  });
  const lock = submitButton("");
  const unlock = quietButton("Unlock", () => perform(() => ({ type: "lock", room, off: true })));
  const submit = () =>
    perform(() => {
      const typed = password.value;
      password.value = "";
      return { type: "lock", room, ...typed !== "" && { password: typed } };
    });
  return {
    element: panelForm([labelled("Password to join", password), buttonRow(unlock, lock)], submit),
    update: (state) => {
      setText(lock, state?.locked ? "Change the lock" : "Lock the room");
      unlock.hidden = state?.locked !== true;
    },
  };
}

/** Admits a member to the room while it is locked. */
export function admitForm(room: string, perform: Perform): RoomForm {
  const name = el("input", { maxlength: String(MAX_NAME_CHARS), required: true, spellcheck: "false" });
  const submit = () =>
    perform(() => {
      const admitted = parseName(name.value.trim());
      name.value = "";
      return { type: "allow", name: admitted, room };
    });
  const element = panelForm([labelled("Admit the member called", name), buttonRow(submitButton("Admit"))], submit);
  return { element, update: (state) => element.hidden = state?.locked !== true };
}

export function slowForm(room: string, perform: Perform): RoomForm {
  const seconds = el("input", { type: "number", min: "1", max: String(MAX_SLOW_SECONDS), value: "30", required: true });
  const end = quietButton("End slow mode", () => perform(() => ({ type: "slow", room, seconds: 0 })));
  const submit = () => perform(() => ({ type: "slow", room, seconds: Number(seconds.value) }));
  return {
    element: panelForm([
      labelled("Seconds between messages of a member", seconds),
      buttonRow(end, submitButton("Slow mode")),
    ], submit),
    update: (state) => end.hidden = state?.slow === undefined,
  };
}
