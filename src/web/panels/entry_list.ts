import { el, setText, syncList } from "../views/dom.ts";
import type { PanelDialog } from "./panel_dialog.ts";
import { confirmButton, describedButton } from "./panel_parts.ts";

export interface ListEntry {
  readonly id: string;
  readonly text: string;
}

export interface EntryListOptions {
  readonly panel: PanelDialog;
  /** Names the list for screen readers. */
  readonly label: string;
  /** The sentence in place of an empty list. */
  readonly none: string;
  /** The button of each entry, such as `End`; without it, entries have none. */
  readonly button?: string;
  /** The label of that button after the first click; without it, the first click ends the entry. */
  readonly question?: string;
  /** Loads the entries, and how many there are in all. */
  readonly load: () => Promise<{ readonly entries: readonly ListEntry[]; readonly count: number }>;
  /** Ends an entry. Returns a sentence for the user. */
  readonly end?: (id: string) => Promise<string>;
}

/** A list of entries, each with a button that ends it. */
export class EntryList {
  readonly #options: EntryListOptions;
  readonly #rows = el("ul", { class: "entries" });
  readonly #rest = el("p", { class: "hint" });
  readonly element: HTMLElement;

  constructor(options: EntryListOptions) {
    this.#options = options;
    this.#rows.ariaLabel = options.label;
    this.element = el("div", {}, this.#rows, this.#rest);
  }

  /** Loads the entries again. */
  async update(): Promise<void> {
    const { load, none, panel } = this.#options;
    const { entries, count } = await load();
    const hadFocus = this.#rows.contains(document.activeElement);
    syncList(this.#rows, {
      items: entries,
      key: ({ id }) => id,
      create: (entry) => this.#row(entry),
      update: (row, { text }) => setText(row.firstElementChild!, text),
    });
    this.#rows.hidden = entries.length === 0;
    const rest = count - entries.length;
    setText(this.#rest, entries.length === 0 ? none : rest > 0 ? `and ${rest} more` : "");
    if (hadFocus && !this.#rows.contains(document.activeElement)) panel.focus();
  }

  #row({ id, text }: ListEntry): HTMLElement {
    const { button, question, end, panel } = this.#options;
    const row = el("li", {}, el("span", {}));
    if (button === undefined || end === undefined) return row;
    const run = () =>
      void panel.attempt(async () => {
        panel.say(await end(id));
        await this.update();
      });
    row.append(
      question === undefined
        ? describedButton(button, { what: text, run })
        : confirmButton(button, { question, what: text, run }),
    );
    return row;
  }
}
