/** The list of conversations and the panel: columns on a wide screen, drawers over the messages on a narrow one. */

import { byId, on, setAttribute, setText } from "./dom.ts";

export type Panel = "members" | "search";

/** The same widths as in layout.css. */
const NARROW = "(max-width: 759px)";
const WIDE = "(min-width: 1080px)";

export class Drawers {
  readonly #narrow = matchMedia(NARROW);
  readonly #wide = matchMedia(WIDE);
  readonly #sidebar = byId("sidebar");
  readonly #side = byId("side");
  readonly #veil = byId("veil");
  #list = false;
  #panel: Panel | undefined;
  readonly #opened: (panel: Panel) => void;
  #opener: HTMLElement | undefined;

  /** `opened` is called when the user opens a panel. */
  constructor(opened: (panel: Panel) => void) {
    this.#opened = opened;
    this.#panel = this.#wide.matches ? "members" : undefined;
    on(byId("sidebar-open"), "click", () => this.#openList());
    on(byId("sidebar-close"), "click", () => this.close());
    on(byId("side-close"), "click", () => this.close());
    on(this.#veil, "click", () => this.close());
    on(byId("members-open"), "click", () => this.toggle("members"));
    on(byId("search-open"), "click", () => this.toggle("search"));
    document.addEventListener("keydown", ({ key }) => key === "Escape" && this.#coversMessages() && this.close());
    for (const query of [this.#narrow, this.#wide]) query.addEventListener("change", () => this.#apply());
    this.#apply();
  }

  /** Whether the device has a touch screen, where focusing a field opens the keyboard. */
  get isTouch(): boolean {
    return matchMedia("(pointer: coarse)").matches;
  }

  toggle(panel: Panel): void {
    if (this.#panel === panel) return this.close();
    this.show(panel);
  }

  show(panel: Panel): void {
    this.#opener = byId(`${panel}-open`);
    this.#panel = panel;
    this.#list = false;
    this.#apply();
    byId(panel === "search" ? "query" : "side-title").focus();
    this.#opened(panel);
  }

  /** Closes a drawer or the panel, and returns the focus to the button that opened it. */
  close(): void {
    const opener = this.#list ? byId("sidebar-open") : this.#opener;
    if (this.#list) this.#list = false;
    else this.#panel = undefined;
    this.#apply();
    opener?.focus();
  }

  /** Closes drawers over the messages; columns stay. */
  closeOverlays(): void {
    this.#list = false;
    if (!this.#wide.matches) this.#panel = undefined;
    this.#apply();
  }

  #openList(): void {
    this.#list = true;
    this.#apply();
    this.#sidebar.querySelector<HTMLElement>("[aria-current], button")?.focus();
  }

  /** False below an open dialog, which Escape closes instead. */
  #coversMessages(): boolean {
    if (document.querySelector("dialog[open]") !== null) return false;
    return this.#list ||
      (this.#panel !== undefined && (!this.#wide.matches || this.#side.contains(document.activeElement)));
  }

  #apply(): void {
    const isListOver = this.#narrow.matches && this.#list;
    const isPanelOver = this.#panel !== undefined && !this.#wide.matches;
    this.#sidebar.classList.toggle("open", isListOver);
    this.#side.hidden = this.#panel === undefined;
    this.#veil.hidden = !isListOver && !isPanelOver;
    // Keys must not reach elements that a drawer covers.
    byId("conversation").inert = isListOver || isPanelOver;
    this.#sidebar.inert = isPanelOver;
    byId("members-panel").hidden = this.#panel !== "members";
    byId("search-panel").hidden = this.#panel !== "search";
    setText(byId("side-title"), this.#panel === "search" ? "Search" : "Members");
    setAttribute(byId("sidebar-open"), "aria-expanded", String(isListOver));
    setAttribute(byId("members-open"), "aria-expanded", String(this.#panel === "members"));
    setAttribute(byId("search-open"), "aria-expanded", String(this.#panel === "search"));
  }
}
