/** An animation that shows pictures one after the other: they are side by side, and one style rule moves them past a window. */

import { indexAt, type Moment } from "./recorder.ts";

/** Distance between two pictures, so that the edge of one never shows in the next when a screen scales them. */
const GAP = 20;

export interface Filmstrip {
  /** The name of the style rules; unique in a file. */
  readonly name: string;
  /** The size of a picture, and of the window. */
  readonly width: number;
  readonly height: number;
  readonly x: number;
  readonly y: number;
  /** The pictures as SVG. */
  readonly moments: readonly Moment<string>[];
}

export interface Playing {
  readonly lengthMs: number;
  /** The time of the picture that is shown if the viewer turned animations off. */
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

/** The rule that moves a filmstrip. Without animations the picture of `stillAt` stays. */
export function filmstripRule({ name, width, moments }: Filmstrip, { lengthMs, stillAt }: Playing): string {
  const at = (index: number) => `transform:translateX(${round(-index * (width + GAP))}px)`;
  const frames = moments.map((moment, index) => `${round(moment.at / lengthMs * 100)}%{${at(index)}}`);
  return [
    `.${name}{${at(indexAt(moments, stillAt))};animation-name:${name}}`,
    `@keyframes ${name}{${frames.join("")}}`,
  ].join("\n");
}

/** The rule that all filmstrips of a file share. */
export function filmRule({ lengthMs }: Playing): string {
  return [
    `.film{animation:${lengthMs}ms step-end infinite}`,
    "@media (prefers-reduced-motion:reduce){.film{animation:none}}",
  ].join("\n");
}

/** Rounds to thousandths, which are finer than a screen shows. */
export function round(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
