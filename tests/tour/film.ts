/** Films desks: records what each shows and when, on a clock of its own that no one waits for. */

import { poll } from "../helpers/process_lines.ts";
import type { Camera, Desk } from "./desk.ts";
import type { Moment, Screen } from "./recorder.ts";

const KEY_MS = 45;

export class Film implements Camera {
  readonly #moments = new Map<Desk, Moment<Screen>[]>();
  readonly #captions: Moment<string>[] = [];
  #now = 0;

  get now(): number {
    return this.#now;
  }

  get captions(): readonly Moment<string>[] {
    return this.#captions;
  }

  momentsOf(desk: Desk): readonly Moment<Screen>[] {
    return this.#moments.get(desk) ?? [];
  }

  /** Adds a desk to the film. */
  async add(desk: Desk): Promise<void> {
    this.#moments.set(desk, []);
    await this.#note(desk);
  }

  caption(text: string): void {
    this.#captions.push({ at: this.#now, shown: text });
  }

  async key(desk: Desk): Promise<void> {
    await this.#note(desk);
    this.#now += KEY_MS;
  }

  async rest(milliseconds: number): Promise<void> {
    await Promise.all(Array.from(this.#moments.keys(), (desk) => this.#note(desk)));
    this.#now += milliseconds;
  }

  async #note(desk: Desk): Promise<void> {
    const moments = this.#moments.get(desk)!;
    const shown = await settled(desk);
    const last = moments.at(-1);
    if (JSON.stringify(last?.shown) === JSON.stringify(shown)) return;
    if (last?.at === this.#now) moments.pop();
    moments.push({ at: this.#now, shown });
  }
}

/** Returns a screen that was equal twice in a row, so that no half-drawn one is filmed. */
async function settled(desk: Desk): Promise<Screen> {
  let screen = await desk.screen();
  await poll(async () => {
    const next = await desk.screen();
    const same = JSON.stringify(next) === JSON.stringify(screen);
    screen = next;
    return same;
  }, () => `rest at ${desk.options.name}`);
  return screen;
}
