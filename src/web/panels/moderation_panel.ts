import type { BanReach } from "../../protocol/messages/messages.ts";
import { MAX_REASON_BYTES } from "../../protocol/limits.ts";
import { type ModerationAct, serverRole } from "../model/menus.ts";
import { el } from "../views/dom.ts";
import { ACT_FORMS, moderationCommand, type ModerationField } from "./moderation_form.ts";
import type { PanelContext } from "./panel_context.ts";
import { PanelDialog } from "./panel_dialog.ts";
import { checkBox, choices, labelled, panelForm } from "./panel_parts.ts";

const TIMES = [
  ["", "Until it is ended"],
  ["600", "10 minutes"],
  ["3600", "1 hour"],
  ["28800", "8 hours"],
  ["86400", "1 day"],
  ["604800", "7 days"],
  ["2592000", "30 days"],
] as const;

const REACHES = [
  ["", "The member alone"],
  ["address", "Their address, too"],
  ["network", "Their network, too"],
] as const;

export interface ModerationRequest {
  readonly act: ModerationAct;
  readonly name: string;
  readonly room: string;
}

/** The form by which a moderator acts on a member. It closes when the server has done it. */
export async function openModeration({ chat }: PanelContext, { act, name, room }: ModerationRequest): Promise<void> {
  const { title, hint, button, fields } = ACT_FORMS[act];
  const role = fields.includes("everywhere") ? await serverRole(chat) : undefined;
  const panel = new PanelDialog(`${title} ${name}`);
  const time = choices(TIMES);
  const reach = choices(REACHES);
  const reason = el("input", { maxlength: String(MAX_REASON_BYTES), placeholder: "The member reads it" });
  const everywhere = checkBox("In all rooms of the server");
  const rows: Readonly<Record<ModerationField, HTMLElement>> = {
    time: labelled("For", time),
    reach: labelled("Covers", reach),
    everywhere: everywhere.row,
    reason: labelled("Reason", reason),
  };
  const mayEverywhere = role === "owner" || (role === "moderator" && act !== "appoint" && act !== "dismiss");
  const shown = fields.filter((field) => field !== "everywhere" || mayEverywhere).map((field) => rows[field]);
  const submit = async () => {
    await chat.replies.perform(moderationCommand(act, {
      name,
      room: everywhere.box.checked ? undefined : room,
      seconds: time.value === "" ? undefined : Number(time.value),
      also: reach.value === "" ? undefined : reach.value as BanReach,
      reason: reason.value,
    }));
    panel.close();
  };
  const parts = [el("p", { class: "lead" }, hint), ...shown, el("button", { class: "primary" }, button)];
  panel.show(panelForm(parts, () => void panel.attempt(submit)));
}
