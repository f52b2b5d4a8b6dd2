import { inviteText, revokedSentence } from "../../presentation/sentences/account_sentences.ts";
import { DEFAULT_INVITE_SECONDS, MAX_INVITE_USES } from "../../protocol/limits.ts";
import { PAGE_MARKUP } from "../page_commands.ts";
import { el } from "../views/dom.ts";
import { EntryList } from "./entry_list.ts";
import type { PanelContext } from "./panel_context.ts";
import { PanelDialog } from "./panel_dialog.ts";
import { choices, labelled, panelForm, WHOLE_SERVER } from "./panel_parts.ts";

const EXPIRIES = [["3600", "1 hour"], [String(DEFAULT_INVITE_SECONDS), "1 day"], ["604800", "7 days"], [
  "2592000",
  "30 days",
]] as const;

/** Creates invites, lists them and ends them, as `/invite` and `/invites` do. */
export function openInvites({ chat: { conversations, replies } }: PanelContext): void {
  const panel = new PanelDialog("Invites");
  const rooms = conversations.rooms.map(({ title }) => [title, title] as const);
  const room = choices([["", WHOLE_SERVER], ...rooms]);
  const expires = choices(EXPIRIES);
  expires.value = String(DEFAULT_INVITE_SECONDS);
  const uses = el("input", { type: "number", min: "1", max: String(MAX_INVITE_USES), placeholder: "any number" });
  const list = new EntryList({
    panel,
    label: "Invites",
    none: "There are no invites yet",
    button: "End",
    question: "End it?",
    load: async () => {
      const { invites, count } = await replies.ask({ type: "invites" }, "invites");
      return { entries: invites.map((invite) => ({ id: invite.id, text: inviteText(invite, PAGE_MARKUP) })), count };
    },
    end: async (id) => {
      await replies.perform({ type: "revoke", invite: id });
      return revokedSentence({});
    },
  });
  const create = async () => {
    await replies.perform({
      type: "invite",
      room: room.value === "" ? undefined : room.value.slice(1),
      expires: Number(expires.value),
      uses: uses.value === "" ? undefined : Number(uses.value),
    });
    await list.update();
  };
  const fields = [labelled("To", room), labelled("Valid for", expires), labelled("Number of people", uses)];
  const button = el("button", { class: "primary" }, "Create an invite");
  panel.show(panelForm([...fields, button], () => void panel.attempt(create)), list.element);
  void panel.attempt(() => list.update());
}
