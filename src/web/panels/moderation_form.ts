/** The actions of moderators on a member: the fields of each form, and the command that it sends. */

import { parseReason } from "../../presentation/commands/moderation_terms.ts";
import type { BanReach, ClientCommand } from "../../protocol/messages/messages.ts";
import type { ModerationAct } from "../model/menus.ts";

/** `reach`: whether a ban covers the member's address as well. */
export type ModerationField = "time" | "reach" | "everywhere" | "reason";

/** The values of the form. */
export interface FilledForm {
  readonly name: string;
  /** `undefined` for the whole server. */
  readonly room: string | undefined;
  /** `undefined` until it is ended. */
  readonly seconds: number | undefined;
  readonly also: BanReach | undefined;
  readonly reason: string;
}

interface ActForm {
  /** The title, before the name. */
  readonly title: string;
  /** Explains the action to the moderator. */
  readonly hint: string;
  readonly button: string;
  readonly fields: readonly ModerationField[];
}

export const ACT_FORMS: Readonly<Record<ModerationAct, ActForm>> = {
  mute: {
    title: "Mute",
    hint: "The messages of this member are hidden from everyone. They stay and can read.",
    button: "Mute",
    fields: ["time", "everywhere", "reason"],
  },
  kick: {
    title: "Remove",
    hint: "Removes this member from the room. They may rejoin.",
    button: "Remove",
    fields: ["reason"],
  },
  ban: {
    title: "Ban",
    hint: "Removes this member, who cannot come back.",
    button: "Ban",
    fields: ["time", "reach", "everywhere", "reason"],
  },
  allow: {
    title: "Allow",
    hint: "Ends the bans and mutes of this member, and admits them to a locked room.",
    button: "Allow",
    fields: ["everywhere"],
  },
  appoint: {
    title: "Make a moderator:",
    hint: "Moderators mute, remove and ban members, and lock the room.",
    button: "Make a moderator",
    fields: ["everywhere"],
  },
  dismiss: {
    title: "Moderator no more:",
    hint: "Takes the role of a moderator from this member.",
    button: "Take the role",
    fields: ["everywhere"],
  },
};

/** Throws an Error for users if the reason is too long. */
export function moderationCommand(act: ModerationAct, form: FilledForm): ClientCommand {
  const { name, room, seconds, also } = form;
  const reason = parseReason(form.reason.trim());
  switch (act) {
    case "mute":
      return { type: "mute", name, room, seconds, reason };
    case "kick":
      return { type: "kick", name, room: room!, reason };
    case "ban":
      return { type: "ban", name, room, seconds, also, reason };
    case "allow":
      return { type: "allow", name, room };
    case "appoint":
      return { type: "moderator", name, room };
    case "dismiss":
      return { type: "moderator", name, room, off: true };
    default:
      return act satisfies never;
  }
}
