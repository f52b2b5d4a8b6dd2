/** Pictures as of a camera, for measurements: a person's shape that moves a little, before a still background, with noise. */

import type { PixelPicture } from "../../src/terminal/pictures/color_codes.ts";

/** Differences of a pixel between two pictures of a still scene, of 256. */
const NOISE = 3;

export function cameraPictures(width: number, height: number, count: number): PixelPicture[] {
  let seed = 1;
  const noise = () => {
    seed = Math.imul(seed, 1_103_515_245) + 12_345 | 0;
    return (seed >>> 16) % (2 * NOISE + 1) - NOISE;
  };
  return Array.from({ length: count }, (_, nth) => {
    const bytes = new Uint8Array(3 * width * height);
    const middle = 0.5 + 0.05 * Math.sin(nth / 5);
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at += 3) {
        const [across, down] = [x / width, y / height];
        const inside = ((across - middle) / 0.22) ** 2 + ((down - 0.6) / 0.45) ** 2 < 1;
        const light = inside
          ? 200 - 120 * Math.abs(across - middle) / 0.22
          : 60 + 80 * down + 40 * Math.sin(9 * across);
        const spot = noise();
        bytes[at] = Math.max(0, Math.min(255, light + spot));
        bytes[at + 1] = Math.max(0, Math.min(255, light * (inside ? 0.8 : 1) + spot));
        bytes[at + 2] = Math.max(0, Math.min(255, light * (inside ? 0.7 : 1.1) + spot));
      }
    }
    return { width, height, bytes };
  });
}
