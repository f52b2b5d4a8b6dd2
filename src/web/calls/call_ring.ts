/** Tells the user of a call: with a dialog, a tone, and a notification while the page is hidden. */

import type { CallEvent } from "../../protocol/messages/messages.ts";
import { RingDialog } from "./views/ring_dialog.ts";
import { notifyRing } from "./views/ring_notification.ts";
import { RingTone } from "./views/ring_tone.ts";

export interface CallRingOptions {
  /** Whether the user wants notifications. */
  readonly notifies: () => boolean;
  readonly answer: (id: string, camera: boolean) => void;
  readonly decline: (id: string) => void;
}

export class CallRing {
  readonly #options: CallRingOptions;
  /** The call that rings, and what ends the ring. */
  #shown: { readonly id: string; readonly end: () => void } | undefined;

  constructor(options: CallRingOptions) {
    this.#options = options;
  }

  /** Rings for this call; `undefined` ends the ring. */
  update(call: CallEvent | undefined): void {
    if (call?.id === this.#shown?.id) return;
    this.#shown?.end();
    this.#shown = call && { id: call.id, end: this.#begin(call) };
  }

  #begin({ id, by: { name }, room, audio }: CallEvent): () => void {
    const { notifies, answer, decline } = this.#options;
    const dialog = new RingDialog({ name, room: room && `#${room}`, audio: audio === true }, {
      answer: (camera) => answer(id, camera),
      decline: () => decline(id),
    });
    const tone = new RingTone();
    const closeNotification = notifies() ? notifyRing(`${name} is calling you`) : () => {};
    return () => {
      dialog.close();
      tone.stop();
      closeNotification();
    };
  }
}
