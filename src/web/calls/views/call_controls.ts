/** The buttons of a call that the user is in. */

import { el, on, setAttribute } from "../../views/dom.ts";

export interface CallControlActions {
  /** Turns the microphone on or off. */
  microphone(on: boolean): void;
  camera(on: boolean): void;
  hangUp(): void;
}

export class CallControls {
  readonly #microphone: HTMLButtonElement;
  readonly #camera: HTMLButtonElement;
  readonly element: HTMLElement;

  constructor(actions: CallControlActions) {
    this.#microphone = toggle("microphone", "Microphone", (on) => actions.microphone(on));
    this.#camera = toggle("camera", "Camera", (on) => actions.camera(on));
    const end = el("button", { type: "button", class: "call-button call-end", "aria-label": "Hang up" }, icon("end"));
    on(end, "click", () => actions.hangUp());
    this.element = el("div", { class: "call-buttons" }, this.#microphone, this.#camera, end);
  }

  update({ camera, microphone }: { readonly camera: boolean; readonly microphone: boolean }): void {
    setAttribute(this.#camera, "aria-pressed", String(camera));
    setAttribute(this.#microphone, "aria-pressed", String(microphone));
  }
}

/** A button that is pressed while the device is on. */
function toggle(kind: string, label: string, turn: (on: boolean) => void): HTMLButtonElement {
  const attributes = { type: "button", class: "call-button", "aria-label": label, "aria-pressed": "false" };
  const button = el("button", attributes, icon(kind));
  on(button, "click", () => turn(button.getAttribute("aria-pressed") !== "true"));
  return button;
}

function icon(kind: string): HTMLElement {
  return el("span", { class: `icon call-icon-${kind}`, "aria-hidden": "true" });
}
