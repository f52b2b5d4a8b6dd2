/** Commands that the user must confirm: the first time, only a warning is shown. */

import { roomName } from "../render/line_style.ts";

/** Leaving, when it would matter to others. It is confirmed by leaving again. */
export class QuitConfirmation {
  readonly #question: () => string | undefined;
  #asked: string | undefined;

  /** `question` returns the warning that applies now; `undefined` if none is needed. */
  constructor(question: () => string | undefined = () => undefined) {
    this.#question = question;
  }

  /** The warning to show instead of leaving; `undefined` if the user may leave. Returns a warning that has changed again. */
  question(): string | undefined {
    const question = this.#question();
    if (question === undefined || question === this.#asked) return undefined;
    return this.#asked = question;
  }

  /** To be called with each typed line. Anything but `/quit` takes the first attempt back. */
  lineTyped(line: string): void {
    if (!/^\s*\/quit\b/i.test(line)) this.#asked = undefined;
  }
}

/** Removing a room, whose messages cannot be restored. It is confirmed by the same command in a row. */
export class RoomRemovalConfirmation {
  #asked: string | undefined;

  /** The warning to show instead of removing the room; `undefined` if it was shown just now. */
  question(room: string): string | undefined {
    if (this.#asked === room) {
      this.#asked = undefined;
      return undefined;
    }
    this.#asked = room;
    const name = roomName(room);
    return `This removes ${name} for everyone and deletes its messages: write /room remove ${name} again to do it`;
  }

  /** To be called when another command is typed. */
  reset(): void {
    this.#asked = undefined;
  }
}
