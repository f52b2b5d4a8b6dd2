import { assertEquals } from "@std/assert";
import { DEFAULT_VIDEO, VideoPacer } from "../../../src/client/calls/video_pacer.ts";

/** Gives a picture every 100 ms. `isFree` says whether the one before has left. */
function film(pacer: VideoPacer, from: number, ms: number, isFree: (now: number) => boolean): number {
  let taken = 0;
  for (let now = from; now < from + ms; now += 100) if (pacer.take(now, isFree(now))) taken++;
  return taken;
}

Deno.test("a camera sends the largest form that a receiver asks for, and nothing if nobody asks", () => {
  const pacer = new VideoPacer();
  assertEquals(pacer.form, DEFAULT_VIDEO);
  pacer.demand(1, { width: 80, height: 48, rate: 5 });
  pacer.demand(2, { width: 320, height: 90, rate: 2 });
  assertEquals(pacer.form, { width: 320, height: 90, rate: 5 });
  pacer.demand(2, undefined);
  assertEquals(pacer.form, { width: 80, height: 48, rate: 5 });
  pacer.demand(1, { width: 0, height: 0, rate: 0 });
  assertEquals([pacer.form.rate, pacer.take(0, true)], [0, false]);
});

Deno.test("pictures that come faster than the rate are skipped", () => {
  const pacer = new VideoPacer();
  pacer.demand(1, { width: 160, height: 90, rate: 5 });
  assertEquals(film(pacer, 0, 10_000, () => true), 50);
});

Deno.test("late pictures halve the rate down to two a second, and then the size", () => {
  const pacer = new VideoPacer();
  const forms: string[] = [];
  for (let now = 0; now < 10_000; now += 100) {
    pacer.take(now, false);
    const { width, height, rate } = pacer.form;
    const form = `${width}x${height} ${rate}`;
    if (forms.at(-1) !== form) forms.push(form);
  }
  assertEquals(forms, ["160x90 5", "160x90 2.5", "160x90 2", "80x48 2"]);
});

Deno.test("a link that is free again gets back to the whole rate, step by step", () => {
  const pacer = new VideoPacer();
  film(pacer, 0, 10_000, () => false);
  film(pacer, 10_000, 6_000, () => true);
  assertEquals(pacer.form, { width: 160, height: 90, rate: 2 });
  film(pacer, 16_000, 20_000, () => true);
  assertEquals(pacer.form, DEFAULT_VIDEO);
});

Deno.test("a link that takes only half is not tried ever again at short intervals", () => {
  const pacer = new VideoPacer();
  let tries = 0;
  for (let now = 0; now < 120_000; now += 100) {
    const before = pacer.form.rate;
    pacer.take(now, pacer.form.rate <= 5);
    if (pacer.form.rate > before) tries++;
  }
  assertEquals(tries <= 5, true, `${tries} tries`);
});

Deno.test("a new link begins with the whole rate", () => {
  const pacer = new VideoPacer();
  film(pacer, 0, 6_000, () => false);
  pacer.reset();
  assertEquals(pacer.form, DEFAULT_VIDEO);
});
