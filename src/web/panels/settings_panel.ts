import { SETTING_SUMMARIES } from "../../presentation/sentences/setting_sentences.ts";
import type { PageSetting } from "../model/page_settings.ts";
import { el, on } from "../views/dom.ts";
import { EntryList } from "./entry_list.ts";
import type { PanelContext } from "./panel_context.ts";
import { PanelDialog } from "./panel_dialog.ts";
import { checkBox, labelled } from "./panel_parts.ts";

const { keywords: KEYWORDS, ...OTHERS } = SETTING_SUMMARIES;
const SUMMARIES: Readonly<Record<PageSetting, string>> = {
  notify: "show a notification for a message to you that you do not see",
  sound: "make a sound for it",
  ...OTHERS,
};

/** The switches and keywords of this device, and the ignored members. */
export function openSettings({ chat, settings, notifier }: PanelContext): void {
  const panel = new PanelDialog("Settings");
  const switches = (Object.keys(SUMMARIES) as PageSetting[]).map((setting) => {
    const { row, box } = checkBox(sentence(SUMMARIES[setting]), settings.isOn(setting));
    if (setting === "notify") box.disabled = !notifier.isOffered;
    const turn = async () => {
      const isRefused = setting === "notify" && box.checked && !await notifier.isAllowed();
      if (isRefused) box.checked = false;
      settings.set(setting, box.checked);
      if (isRefused) throw new Error(REFUSED);
    };
    on(box, "change", () => void panel.attempt(turn));
    return row;
  });
  const keywords = el("input", { value: settings.keywords.join(", "), autocomplete: "off", placeholder: "tea, cake" });
  on(keywords, "change", () =>
    void panel.attempt(() => {
      settings.setKeywords(keywords.value);
      return Promise.resolve();
    }));
  const ignored = new EntryList({
    panel,
    label: "Ignored members",
    none: "You ignore nobody. The menu of a member has Ignore.",
    button: "Stop ignoring",
    load: () => {
      const entries = chat.ignored.names.map((name) => ({ id: name, text: name }));
      return Promise.resolve({ entries, count: entries.length });
    },
    end: (name) => Promise.resolve(chat.ignored.remove(name)),
  });
  panel.show(...switches, labelled(sentence(KEYWORDS), keywords), el("h3", {}, "Ignored members"), ignored.element);
  void panel.attempt(() => ignored.update());
}

const REFUSED = "The browser allows this page no notifications: allow them in the browser's settings for this page";

function sentence(summary: string): string {
  return summary[0]!.toUpperCase() + summary.slice(1);
}
