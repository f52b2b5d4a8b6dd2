/** Colours of pixels as codes of the terminal (SGR, ECMA-48, section 8.3.117). Pure. */

/** 24 bits, or xterm's 256 or 16 colours. */
export type ColorDepth = "true" | "256" | "16";

/** Red, green and blue in 24 bits. */
export type Rgb = number;

/** Rows of pixels from the top: red, green and blue of each. */
export interface PixelPicture {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

/** First codes of colours: of characters, and of their background. */
export const TEXT_COLOR = 38;
export const BACKGROUND_COLOR = 48;

export function colorAt({ width, bytes }: PixelPicture, x: number, y: number): Rgb {
  const at = 3 * (y * width + x);
  return bytes[at]! << 16 | bytes[at + 1]! << 8 | bytes[at + 2]!;
}

const DECIMALS: readonly string[] = Array.from({ length: 256 }, (_, value) => `;${value}`);

/** The colour that a terminal shows for one: its number in a palette, or `rgb` itself in true colour. */
export function shownColor(depth: ColorDepth, rgb: Rgb): number {
  switch (depth) {
    case "true":
      return rgb;
    case "256":
      return cubeIndex(rgb);
    case "16":
      return nearestOf16(rgb);
    default:
      return depth satisfies never;
  }
}

/** The code of a colour that `shownColor` has returned. */
export function shownColorCode(
  depth: ColorDepth,
  color: number,
  base: typeof TEXT_COLOR | typeof BACKGROUND_COLOR,
): string {
  switch (depth) {
    case "true":
      return `${base};2${DECIMALS[color >> 16]}${DECIMALS[color >> 8 & 255]}${DECIMALS[color & 255]}`;
    case "256":
      return `${base};5;${color}`;
    case "16":
      return String(base - 8 + (color < 8 ? color : 60 + color - 8));
    default:
      return depth satisfies never;
  }
}

/** The code of a colour, or of the nearest one that the terminal has. */
export function colorCode(depth: ColorDepth, rgb: Rgb, base: typeof TEXT_COLOR | typeof BACKGROUND_COLOR): string {
  return shownColorCode(depth, shownColor(depth, rgb), base);
}

/** The nearest colour of xterm's cube of 6 × 6 × 6, or of its 24 greys. */
function cubeIndex(rgb: Rgb): number {
  const [red, green, blue] = [rgb >> 16, rgb >> 8 & 255, rgb & 255];
  if (Math.max(red, green, blue) - Math.min(red, green, blue) < 8) {
    const grey = Math.round((red - 8) / 10);
    if (grey >= 0 && grey < 24) return 232 + grey;
  }
  return 16 + 36 * cubeStep(red) + 6 * cubeStep(green) + cubeStep(blue);
}

function cubeStep(value: number): number {
  return value < 48 ? 0 : value < 115 ? 1 : Math.floor((value - 35) / 40);
}

/** Colours 0 to 7 and 8 to 15 as xterm has them. Their codes are 30 to 37 and 90 to 97. */
const SIXTEEN: readonly Rgb[] = [
  ...[0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5],
  ...[0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff],
];

function nearestOf16(rgb: Rgb): number {
  let nearest = 0;
  for (let nth = 1; nth < SIXTEEN.length; nth++) {
    if (distance(rgb, SIXTEEN[nth]!) < distance(rgb, SIXTEEN[nearest]!)) nearest = nth;
  }
  return nearest;
}

function distance(one: Rgb, other: Rgb): number {
  const red = (one >> 16) - (other >> 16);
  const green = (one >> 8 & 255) - (other >> 8 & 255);
  const blue = (one & 255) - (other & 255);
  return red * red + green * green + blue * blue;
}
