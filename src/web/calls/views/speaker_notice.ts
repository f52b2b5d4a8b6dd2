/** Tells screen readers who speaks: each time that another member does, but not in the middle of a quick exchange. */

import { el, setText } from "../../views/dom.ts";
import type { ShownCallMember } from "./shown_call.ts";

/** A change of the speaker is told so long after the last one. */
const QUIET_MS = 4_000;

export class SpeakerNotice {
  readonly element = el("p", { class: "visually-hidden", role: "status" });
  readonly #now: () => number;
  #told: string | undefined;
  #at = -QUIET_MS;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  update(members: readonly ShownCallMember[]): void {
    const speaker = members.find(({ speaks }) => speaks);
    if (speaker === undefined || speaker.id === this.#told || this.#now() - this.#at < QUIET_MS) return;
    this.#told = speaker.id;
    this.#at = this.#now();
    setText(this.element, `${speaker.name} speaks`);
  }
}
