/** Ending a room is asked for twice in a row, since nothing brings back what was said there. */

import { roomName } from "./naming.ts";

export class RoomRemoval {
  #asked: string | undefined;

  /** What to say before it is done; `undefined` where it was said just now. */
  question(room: string): string | undefined {
    if (this.#asked === room) {
      this.#asked = undefined;
      return undefined;
    }
    this.#asked = room;
    const name = roomName(room);
    return `This ends ${name} for everyone, with all that was said there: write /room remove ${name} again to do it`;
  }

  /** Something else was typed: it was not meant. */
  forget(): void {
    this.#asked = undefined;
  }
}
