/** The list of conversations and the panel beside them: columns where there is room, drawers over the messages elsewhere. */

import { byId, on, setAttribute, setText } from "./dom.ts";

export type Panel = "members" | "search";

/** As in the style. */
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
  #opener: HTMLElement | undefined;

  constructor() {
    this.#panel = this.#wide.matches ? "members" : undefined;
    on(byId("sidebar-open"), "click", () => this.#openList());
    on(byId("sidebar-close"), "click", () => this.close());
    on(byId("side-close"), "click", () => this.close());
    on(this.#veil, "click", () => this.close());
    on(byId("members-open"), "click", () => this.toggle("members"));
    on(byId("search-open"), "click", () => this.toggle("search"));
    document.addEventListener("keydown", ({ key }) => key === "Escape" && this.#isOver() && this.close());
    for (const query of [this.#narrow, this.#wide]) query.addEventListener("change", () => this.#apply());
    this.#apply();
  }

  /** Whether the reader types on glass: a focus in a field would bring up the keyboard. */
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
  }

  /** Of what lies over the messages, the focus goes back to where it came from. */
  close(): void {
    const opener = this.#list ? byId("sidebar-open") : this.#opener;
    if (this.#list) this.#list = false;
    else this.#panel = undefined;
    this.#apply();
    opener?.focus();
  }

  /** Nothing lies over the messages any more; columns stay. */
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

  #isOver(): boolean {
    return this.#list ||
      (this.#panel !== undefined && (!this.#wide.matches || this.#side.contains(document.activeElement)));
  }

  #apply(): void {
    const listOver = this.#narrow.matches && this.#list;
    const panelOver = this.#panel !== undefined && !this.#wide.matches;
    this.#sidebar.classList.toggle("open", listOver);
    this.#side.hidden = this.#panel === undefined;
    this.#veil.hidden = !listOver && !panelOver;
    // What lies under a drawer cannot be reached by the keyboard either.
    byId("conversation").inert = listOver || panelOver;
    this.#sidebar.inert = panelOver;
    byId("members-panel").hidden = this.#panel !== "members";
    byId("search-panel").hidden = this.#panel !== "search";
    setText(byId("side-title"), this.#panel === "search" ? "Search" : "Members");
    setAttribute(byId("sidebar-open"), "aria-expanded", String(listOver));
    setAttribute(byId("members-open"), "aria-expanded", String(this.#panel === "members"));
    setAttribute(byId("search-open"), "aria-expanded", String(this.#panel === "search"));
  }
}
