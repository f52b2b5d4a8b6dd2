/** Draws a picture as lines of the scrollback. All bytes that reach the terminal are made here, from decoded pixels. */

import { INDENT } from "../render/line_style.ts";
import { BACKGROUND_COLOR, colorAt, colorCode, type ColorDepth, type PixelPicture, TEXT_COLOR } from "./color_codes.ts";

/**
 * How the terminal shows pictures. `kitty`: https://sw.kovidgoyal.net/kitty/graphics-protocol/; `iterm2`:
 * https://iterm2.com/documentation-images.html; else half blocks in true colour (24 bits), 256 or 16 colours.
 */
export type PictureDisplay = "kitty" | "iterm2" | ColorDepth;

/** A picture that fits: for `iterm2` the bytes are a JPEG file. */
export type DrawnPicture = PixelPicture;

/** Cells of the largest picture. */
const MAX_COLUMNS = 40;
const MAX_ROWS = 12;
/** Rows of the window that a picture leaves free. */
const FREE_ROWS = 4;
/** Pixels of a cell that graphics are sent with: the terminal scales them to its own. */
const CELL_WIDTH = 8;
const CELL_HEIGHT = 16;
/** Base64 characters in one sequence of kitty. */
const KITTY_CHUNK_CHARS = 4_096;

export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

/** The box in pixels into which a picture must fit to be drawn in a window; `undefined` if that is too small. */
export function pictureBox(
  display: PictureDisplay,
  window: WindowSize,
): { readonly width: number; readonly height: number } | undefined {
  const columns = Math.min(MAX_COLUMNS, window.columns - INDENT.length - 1);
  const rows = Math.min(MAX_ROWS, window.rows - FREE_ROWS);
  if (columns < 2 || rows < 2) return undefined;
  const [across, down] = isGraphics(display) ? [CELL_WIDTH, CELL_HEIGHT] : [1, 2];
  return { width: columns * across, height: rows * down };
}

export function pictureLines(display: PictureDisplay, picture: DrawnPicture): string[] {
  if (!isGraphics(display)) return blockLines(display, picture);
  const columns = Math.ceil(picture.width / CELL_WIDTH);
  const rows = Math.ceil(picture.height / CELL_HEIGHT);
  const sequence = display === "kitty" ? kittySequence(picture, columns, rows) : itermSequence(picture, columns, rows);
  // The rows scroll the screen first. Then the cursor goes up to draw, and comes back.
  const up = rows > 1 ? `\x1b[${rows - 1}A` : "";
  return [...Array.from({ length: rows - 1 }, () => ""), `\x1b7${up}\r\x1b[${INDENT.length}C${sequence}\x1b8`];
}

export function isGraphics(display: PictureDisplay): display is "kitty" | "iterm2" {
  return display === "kitty" || display === "iterm2";
}

/** `a=T`: transmit and show; `f=24`: red, green and blue; `C=1`: leave the cursor; `q=2`: no answer, which would be keys. */
function kittySequence({ width, height, bytes }: DrawnPicture, columns: number, rows: number): string {
  const chunks = bytes.toBase64().match(new RegExp(`.{1,${KITTY_CHUNK_CHARS}}`, "g")) ?? [];
  const about = `a=T,f=24,s=${width},v=${height},c=${columns},r=${rows},C=1,q=2,`;
  return chunks
    .map((chunk, nth) => `\x1b_G${nth === 0 ? about : ""}m=${nth < chunks.length - 1 ? 1 : 0};${chunk}\x1b\\`)
    .join("");
}

function itermSequence({ bytes }: DrawnPicture, columns: number, rows: number): string {
  const about = `inline=1;size=${bytes.length};width=${columns};height=${rows};preserveAspectRatio=1`;
  return `\x1b]1337;File=${about}:${bytes.toBase64()}\x07`;
}

/** Each character is an upper pixel in its own colour and a lower one in that of its background. */
function blockLines(colors: ColorDepth, picture: DrawnPicture): string[] {
  const { width, height } = picture;
  return Array.from({ length: Math.ceil(height / 2) }, (_, row) => {
    let line = INDENT;
    let last = "";
    for (let column = 0; column < width; column++) {
      const upper = colorCode(colors, colorAt(picture, column, 2 * row), TEXT_COLOR);
      const lower = 2 * row + 1 < height
        ? colorCode(colors, colorAt(picture, column, 2 * row + 1), BACKGROUND_COLOR)
        : "49";
      const code = `${upper};${lower}`;
      line += code === last ? "▀" : `\x1b[${code}m▀`;
      last = code;
    }
    return `${line}\x1b[0m`;
  });
}
