/** The strip above the messages while the user is in a call: the others in a grid, the own picture small, and the buttons. */

import { byId, el, setAttribute, setText, syncList } from "../../views/dom.ts";
import { type CallControlActions, CallControls } from "./call_controls.ts";
import { CallTile } from "./call_tile.ts";
import { removeFocused } from "./focused_removal.ts";
import { MembershipNews } from "./membership_news.ts";
import type { ShownCall, ShownCallMember } from "./shown_call.ts";
import { SpeakerTurns } from "./speaker_turns.ts";

/** The width of a tile, in pixels of the style sheet, from which on small pictures look coarse. */
const ROOMY_PIXELS = 200;

export class CallStrip {
  readonly #others = el("ul", { class: "call-others", "aria-label": "Others in the call" });
  readonly #self = el("ul", { class: "call-self", "aria-label": "You" });
  readonly #status = el("p", { class: "call-status" });
  readonly #controls: CallControls;
  /** For screen readers. */
  readonly #news = el("p", { class: "visually-hidden", role: "status" });
  readonly #turns = new SpeakerTurns();
  readonly #membership = new MembershipNews();
  readonly #element: HTMLElement;
  readonly #tiles = new Map<string, CallTile>();
  readonly #preview: HTMLVideoElement;

  /** `preview` shows the own camera. */
  constructor(actions: CallControlActions, preview: HTMLVideoElement) {
    this.#preview = preview;
    this.#controls = new CallControls(actions);
    this.#element = el(
      "section",
      { id: "call-strip", class: "call" },
      ...[this.#others, el("div", { class: "call-side" }, this.#self, this.#controls.element)],
      ...[this.#status, this.#news],
    );
    byId("log").before(this.#element);
  }

  update(call: ShownCall): void {
    setAttribute(this.#element, "aria-label", call.title);
    const own = call.members.filter(({ isOwn }) => isOwn);
    const others = call.members.filter(({ isOwn }) => !isOwn);
    setAttribute(this.#others, "data-count", String(others.length));
    this.#show(this.#others, others);
    this.#show(this.#self, own);
    const [you] = own;
    if (you !== undefined) {
      this.#controls.update(you);
      this.tile(you.id)?.showVideo(you.camera ? this.#preview : undefined);
    }
    setText(this.#status, call.connected ? "" : "Connecting the call…");
    const comings = this.#membership.next(others);
    const speaker = this.#turns.next(others, performance.now());
    if (comings !== undefined && !call.isOpen) setText(this.#news, comings);
    else if (speaker !== undefined) setText(this.#news, `${speaker} speaks`);
  }

  /** The tile of a member. */
  tile(id: string): CallTile | undefined {
    return this.#tiles.get(id);
  }

  /** Whether a tile of another member is large enough for large pictures. */
  get isRoomy(): boolean {
    return (this.#others.firstElementChild?.clientWidth ?? 0) >= ROOMY_PIXELS;
  }

  close(): void {
    removeFocused(this.#element);
  }

  #show(list: HTMLElement, items: readonly ShownCallMember[]): void {
    syncList(list, {
      items,
      key: ({ id }) => id,
      create: ({ id }) => {
        const tile = new CallTile();
        this.#tiles.set(id, tile);
        return tile.element;
      },
      update: (_element, member) => this.#tiles.get(member.id)!.update(member),
    });
  }
}
