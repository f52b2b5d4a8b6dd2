import { whoisText } from "../../presentation/sentences/room_sentences.ts";
import { signaturesSentence } from "../../presentation/sentences/signature_sentences.ts";
import { PAGE_MARKUP } from "../page_commands.ts";
import { el } from "../views/dom.ts";
import type { PanelContext } from "./panel_context.ts";
import { PanelDialog } from "./panel_dialog.ts";

/** Tells who a member is, as `/whois` does. */
export function openWhois({ chat }: PanelContext, name: string): void {
  const panel = new PanelDialog(name);
  void panel.attempt(async () => {
    const event = await chat.replies.ask({ type: "whois", name }, "whois");
    const lines = whoisText(event, PAGE_MARKUP, { you: chat.state.you });
    const record = chat.replies.signaturesOf(event.member);
    if (record !== undefined) lines.push(signaturesSentence(event.member, record, PAGE_MARKUP));
    panel.show(...lines.map((line) => el("p", {}, line)));
  });
}
