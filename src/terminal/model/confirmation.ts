/** Commands that the user must confirm: the first attempt only shows a warning. */

import { roomName } from "../render/line_style.ts";

/** Asks before quitting if that would affect others. A second attempt confirms it. */
export class QuitConfirmation {
  readonly #question: () => string | undefined;
  #asked: string | undefined;

  /** `question` returns the warning that applies now; `undefined` if none is needed. */
  constructor(question: () => string | undefined = () => undefined) {
    this.#question = question;
  }

  /**
   * The warning to show instead of leaving; `undefined` if the user may leave. A changed warning is shown once more.
   */
  question(): string | undefined {
    const question = this.#question();
    if (question === undefined || question === this.#asked) return undefined;
    return this.#asked = question;
  }

  /** Call it with each typed line. Any line except `/quit` cancels the first attempt. */
  lineTyped(line: string): void {
    if (!/^\s*\/quit\b/i.test(line)) this.#asked = undefined;
  }
}

/**
 * Asks before a room is removed, since its messages cannot be restored. The same command directly after it confirms.
 */
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

  /** Call it when another command is typed. */
  reset(): void {
    this.#asked = undefined;
  }
}
