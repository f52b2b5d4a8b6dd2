/** An animation that shows one picture behind the other: all stand side by side, and one style rule moves them past a window. */

import { indexAt, type Moment } from "./recorder.ts";

/** Between two pictures, so that no edge of one shows through in the next where a reader's screen scales them. */
const GAP = 20;

export interface Filmstrip {
  /** Of the rules; one for each filmstrip of a file. */
  readonly name: string;
  /** Of a picture, and of the window. */
  readonly width: number;
  readonly height: number;
  readonly x: number;
  readonly y: number;
  /** Each with what is drawn within it. */
  readonly moments: readonly Moment<string>[];
}

export interface Playing {
  readonly lengthMs: number;
  /** What is shown where nothing may move. */
  readonly stillAt: number;
}

export function drawFilmstrip({ width, height, x, y, name, moments }: Filmstrip): string {
  const pictures = moments.map(({ shown }, index) =>
    `<g transform="translate(${round(index * (width + GAP))})">${shown}</g>`
  );
  return [
    `<svg x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}">`,
    `<g class="film ${name}">`,
    ...pictures,
    "</g></svg>",
  ].join("\n");
}

/** The rule that moves it. Without animations the picture of `stillAt` stays. */
export function filmstripRule({ name, width, moments }: Filmstrip, { lengthMs, stillAt }: Playing): string {
  const at = (index: number) => `transform:translateX(${round(-index * (width + GAP))}px)`;
  const frames = moments.map((moment, index) => `${round(moment.at / lengthMs * 100)}%{${at(index)}}`);
  return [
    `.${name}{${at(indexAt(moments, stillAt))};animation-name:${name}}`,
    `@keyframes ${name}{${frames.join("")}}`,
  ].join("\n");
}

/** What all filmstrips of a file have in common. */
export function filmRule({ lengthMs }: Playing): string {
  return [
    `.film{animation:${lengthMs}ms step-end infinite}`,
    "@media (prefers-reduced-motion:reduce){.film{animation:none}}",
  ].join("\n");
}

/** Thousandths are more than a screen can show. */
export function round(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
