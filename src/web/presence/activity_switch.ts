import type { JsonStore } from "../model/browser_storage.ts";
import { byId, on, setAttribute } from "../views/dom.ts";

const KEY = "activity";

/** The button by which the user lets others see what they do. It is on unless the user turns it off. */
export class ActivitySwitch {
  readonly #store: JsonStore;
  readonly #button = byId("activity");
  #isOn: boolean;

  constructor(store: JsonStore) {
    this.#store = store;
    this.#isOn = store.read(KEY) !== false;
    on(this.#button, "click", () => this.#toggle());
    this.#show();
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  #toggle(): void {
    this.#isOn = !this.#isOn;
    this.#store.write(KEY, this.#isOn ? undefined : false);
    this.#show();
  }

  #show(): void {
    setAttribute(this.#button, "aria-pressed", String(this.#isOn));
  }
}
