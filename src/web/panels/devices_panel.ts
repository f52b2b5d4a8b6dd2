import { revokedSentence, sessionText } from "../../presentation/sentences/account_sentences.ts";
import { PAGE_MARKUP } from "../page_commands.ts";
import { EntryList } from "./entry_list.ts";
import type { PanelContext } from "./panel_context.ts";
import { PanelDialog } from "./panel_dialog.ts";

/** Lists the user's devices, and revokes one, as `/sessions` does. */
export function openDevices({ chat: { replies } }: PanelContext): void {
  const panel = new PanelDialog("My devices");
  const list = new EntryList({
    panel,
    label: "My devices",
    none: "There are no devices",
    button: "Revoke",
    question: "Revoke it?",
    load: async () => {
      const { sessions } = await replies.ask({ type: "sessions" }, "sessions");
      const entries = sessions.map((session) => ({ id: session.id, text: sessionText(session, PAGE_MARKUP) }));
      return { entries, count: entries.length };
    },
    end: async (id) => {
      await replies.perform({ type: "revoke", session: id });
      return revokedSentence({ session: id });
    },
  });
  panel.show(list.element);
  void panel.attempt(() => list.update());
}
