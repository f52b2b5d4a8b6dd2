import { assert, assertEquals } from "@std/assert";
import { colorAt, type PixelPicture } from "../../../src/terminal/pictures/color_codes.ts";
import { MONOCHROME } from "../../../src/terminal/render/palette.ts";
import { COLOR_TOLERANCE } from "../../../src/terminal/video/half_blocks.ts";
import { type VideoDisplay, VideoScreen, type VideoTile } from "../../../src/terminal/video/video_screen.ts";
import { cameraPictures } from "../../bench/video_frames.ts";
import { HOSTILE_TEXTS } from "../../helpers/hostile_texts.ts";
import { ColorScreen } from "./color_screen.ts";

function tile(picture?: PixelPicture, more: Partial<VideoTile> = {}): VideoTile {
  return { name: "ada", speaks: false, ...picture && { picture }, ...more };
}

function filled(width: number, height: number, ...color: readonly number[]): PixelPicture {
  return { width, height, bytes: Uint8Array.from({ length: 3 * width * height }, (_, at) => color[at % 3]!) };
}

/** The largest difference of a part of a colour between the screen and a picture that fills it. */
function largestError(screen: ColorScreen, picture: PixelPicture): number {
  let largest = 0;
  for (let row = 0; row < picture.height / 2; row++) {
    for (let column = 0; column < picture.width; column++) {
      for (const [half, shown] of screen.pixels(row, column).entries()) {
        const rgb = colorAt(picture, column, 2 * row + half);
        const parts = [rgb >> 16, rgb >> 8 & 255, rgb & 255];
        for (const [nth, value] of shown.split(",").entries()) {
          largest = Math.max(largest, Math.abs(Number(value) - parts[nth]!));
        }
      }
    }
  }
  return largest;
}

Deno.test("after each picture the screen shows it, within the tolerance, and the cursor is where it was", () => {
  const size = { columns: 40, rows: 13 };
  const video = new VideoScreen("true", MONOCHROME);
  const screen = new ColorScreen(size.columns, size.rows);
  for (const picture of cameraPictures(40, 24, 30)) {
    screen.write(video.draw([tile(picture)], size));
    const error = largestError(screen, picture);
    assert(error <= 2 * COLOR_TOLERANCE, `${error}`);
    assertEquals(screen.cursor, [0, 0]);
  }
});

Deno.test("only cells that have changed are written, and nothing for a picture that is shown already", () => {
  const size = { columns: 10, rows: 6 };
  const video = new VideoScreen("true", MONOCHROME);
  const picture = filled(10, 10, 100, 100, 100);
  video.draw([tile(picture)], size);
  assertEquals(video.draw([tile(picture)], size), "");
  const changed = { ...picture, bytes: picture.bytes.slice() };
  changed.bytes.set([200, 0, 0], 3 * (4 * 10 + 7));
  assertEquals(
    video.draw([tile(changed)], size),
    "\x1b[2B\x1b[8G\x1b[38;2;200;0;0;48;2;100;100;100m▀\x1b[0m\x1b[2A\r",
  );
  const noise = { ...changed, bytes: changed.bytes.map((value) => value === 0 ? 0 : value + COLOR_TOLERANCE) };
  assertEquals(video.draw([tile(noise)], size), "");
});

Deno.test("small changes that add up are drawn", () => {
  const size = { columns: 4, rows: 3 };
  const video = new VideoScreen("true", MONOCHROME);
  const drawn = [0, 5, 10, 15, 20].map((grey) => video.draw([tile(filled(4, 4, grey, grey, grey))], size) !== "");
  assertEquals(drawn, [true, false, true, false, true]);
});

Deno.test("after a reset, another size or another number of pictures everything is drawn", () => {
  const video = new VideoScreen("16", MONOCHROME);
  const size = { columns: 20, rows: 6 };
  const first = video.draw([tile()], size);
  assertEquals(video.draw([tile()], size), "");
  video.reset();
  assertEquals(video.draw([tile()], size), first);
  for (const [count, columns] of [[2, 20], [1, 20], [1, 21]] as const) {
    const text = video.draw(Array.from({ length: count }, () => tile()), { ...size, columns });
    const screen = new ColorScreen(columns, size.rows);
    for (let row = 0; row < size.rows; row++) {
      screen.write(`${"x".repeat(columns)}${row < size.rows - 1 ? "\n" : "\r"}`);
    }
    screen.write(`\x1b[${size.rows - 1}A${text}`);
    assertEquals(screen.text.includes("x"), false, screen.text);
    assertEquals(screen.text.match(/ada/g)?.length, count);
  }
});

Deno.test("names are below their pictures, with a mark for who speaks, and remarks", () => {
  const video = new VideoScreen("characters", MONOCHROME);
  const size = { columns: 31, rows: 10 };
  const screen = new ColorScreen(size.columns, size.rows);
  const tiles = [
    tile(filled(15, 8, 255, 255, 255)),
    tile(filled(15, 8, 120, 120, 120), { name: "bob", speaks: true }),
    tile(undefined, { name: "eve", note: "no camera" }),
    tile(filled(2, 2, 255, 255, 255), { name: "漢".repeat(20) }),
  ];
  screen.write(video.draw(tiles, size));
  assertEquals(
    screen.text.replaceAll("@".repeat(15), "@@").replaceAll("=".repeat(15), "=="),
    [
      ...["@@ ==", "@@ ==", "@@ ==", "@@ =="],
      "      ada            ● bob",
      ...["", `${" ".repeat(22)}@@`, "", ""],
      "eve (no camera) 漢漢漢漢漢漢漢…",
    ].join("\n"),
  );
});

Deno.test("no name draws outside its row, or changes colours", () => {
  for (const { what, text: name } of HOSTILE_TEXTS) {
    const text = new VideoScreen("characters", MONOCHROME).draw([tile(undefined, { name })], { columns: 30, rows: 4 });
    const rest = text.replace(/\p{Cc}\[\d*[ABCG]/gu, "").replaceAll("\r", "");
    assertEquals(/\p{Cc}/u.test(rest), false, `${what}: ${JSON.stringify(text)}`);
  }
});

const DEPTHS: readonly [VideoDisplay, string][] = [
  ["true", "\x1b[38;2;255;0;0;48;2;0;0;255m▀"],
  ["256", "\x1b[38;5;196;48;5;21m▀"],
  ["16", "\x1b[91;44m▀"],
  ["characters", ":"],
];

Deno.test("each kind of terminal gets its own codes", () => {
  const picture = { width: 4, height: 4, bytes: filled(4, 4, 255, 0, 0).bytes };
  for (const row of [1, 3]) {
    for (let column = 0; column < 4; column++) picture.bytes.set([0, 0, 255], 3 * (4 * row + column));
  }
  for (const [display, start] of DEPTHS) {
    const text = new VideoScreen(display, MONOCHROME).draw([tile(picture)], { columns: 4, rows: 3 });
    assertEquals(text.slice(0, start.length), start, display);
    if (display === "characters") assertEquals(text.includes("m"), false);
  }
});

Deno.test("noise does not make characters flicker", () => {
  const video = new VideoScreen("characters", MONOCHROME);
  const size = { columns: 4, rows: 3 };
  const drawn = [100, 104, 99, 105, 130].map((grey) => video.draw([tile(filled(4, 4, grey, grey, grey))], size) !== "");
  assertEquals(drawn, [true, false, false, false, true]);
});
