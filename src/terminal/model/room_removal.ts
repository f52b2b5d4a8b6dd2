/** Removing a room takes the same command twice in a row, since its messages cannot be restored. */

import { roomName } from "../render/line_style.ts";

export class RoomRemoval {
  #asked: string | undefined;

  /** The question to show first; `undefined` if it was shown just now. */
  question(room: string): string | undefined {
    if (this.#asked === room) {
      this.#asked = undefined;
      return undefined;
    }
    this.#asked = room;
    const name = roomName(room);
    return `This ends ${name} for everyone, with all that was said there: write /room remove ${name} again to do it`;
  }

  /** To be called when another command is typed. */
  forget(): void {
    this.#asked = undefined;
  }
}
