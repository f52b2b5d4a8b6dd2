/**
 * The cost of drawing a picture of a call in a terminal. Usage: deno run tests/bench/video_bench.ts.
 * Prints one JSON object for each way of drawing and size: bytes and microseconds of a whole picture, and of the ones that follow.
 */

import { MONOCHROME } from "../../src/terminal/render/palette.ts";
import type { PixelPicture } from "../../src/terminal/pictures/color_codes.ts";
import type { GridSize } from "../../src/terminal/video/video_grid.ts";
import { type VideoDisplay, VideoScreen } from "../../src/terminal/video/video_screen.ts";
import { cameraPictures } from "./video_frames.ts";

const DISPLAYS: readonly VideoDisplay[] = ["true", "256", "16", "characters"];
const SIZES = [{ columns: 100, rows: 30 }, { columns: 200, rows: 60 }];
const PICTURES = 100;
/** Rounds before the one that counts: the compiler needs them. */
const ROUNDS = 5;

const encoder = new TextEncoder();

function measure(display: VideoDisplay, size: GridSize, pictures: readonly PixelPicture[], isWhole: boolean) {
  let [bytes, ms] = [0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    const screen = new VideoScreen(display, MONOCHROME);
    const draw = (picture: PixelPicture) => screen.draw([{ name: "ada", speaks: false, picture }], size);
    draw(pictures[0]!);
    [bytes, ms] = [0, 0];
    for (const picture of pictures.slice(1)) {
      if (isWhole) screen.reset();
      const start = performance.now();
      const text = draw(picture);
      ms += performance.now() - start;
      bytes += encoder.encode(text).length;
    }
  }
  const count = pictures.length - 1;
  return { bytes: Math.round(bytes / count), microseconds: Math.round(1_000 * ms / count) };
}

for (const size of SIZES) {
  const pictures = cameraPictures(size.columns, 2 * (size.rows - 1), PICTURES);
  for (const display of DISPLAYS) {
    const whole = measure(display, size, pictures, true);
    const next = measure(display, size, pictures, false);
    console.log(JSON.stringify({ display, ...size, whole, next }));
  }
}
