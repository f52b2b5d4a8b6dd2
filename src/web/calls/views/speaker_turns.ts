import type { ShownCallMember } from "./shown_call.ts";

/** A change of the speaker is told so long after the last one. */
const QUIET_MS = 4_000;

/** Finds out when another member speaks, and is worth telling: not in the middle of a quick exchange. */
export class SpeakerTurns {
  #told: string | undefined;
  #at = -QUIET_MS;

  /** The name of a member who speaks now, if the last one told was another; `now` in milliseconds. */
  next(members: readonly ShownCallMember[], now: number): string | undefined {
    const speaker = members.find(({ speaks }) => speaks);
    if (speaker === undefined || speaker.id === this.#told || now - this.#at < QUIET_MS) return undefined;
    this.#told = speaker.id;
    this.#at = now;
    return speaker.name;
  }
}
