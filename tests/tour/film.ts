/** Films desks: notes when which of them shows what, on a clock of its own on which nobody waits. */

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

  /** From now on this desk is filmed, too. */
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

/** What is shown twice running: nothing that is only half drawn. */
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
