/** Pixels in rows from the top: four bytes each, red, green, blue and opacity. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** The largest box of the same shape that fits into `box`, at least one pixel wide and high, and no larger than the picture. */
export function fitted(
  { width, height }: Omit<Pixels, "data">,
  box: Omit<Pixels, "data">,
): { readonly width: number; readonly height: number } {
  const scale = Math.min(1, box.width / width, box.height / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * Makes a picture smaller. Each pixel is the average of those that it stands for, upon a grey of `background` where they are
 * transparent. All are opaque.
 */
export function scaled(picture: Pixels, size: Omit<Pixels, "data">, background: number): Pixels {
  const { width, height } = size;
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      const area = {
        left: Math.floor(x * picture.width / width),
        right: Math.ceil((x + 1) * picture.width / width),
        top: Math.floor(y * picture.height / height),
        bottom: Math.ceil((y + 1) * picture.height / height),
      };
      data.set(averageOf(picture, area, background), at);
    }
  }
  return { width, height, data };
}

interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function averageOf({ width, data }: Pixels, { left, right, top, bottom }: Area, background: number): number[] {
  let [red, green, blue] = [0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (let at = 4 * (y * width + left); at < 4 * (y * width + right); at += 4) {
      const opacity = data[at + 3]! / 255;
      const behind = background * (1 - opacity);
      red += data[at]! * opacity + behind;
      green += data[at + 1]! * opacity + behind;
      blue += data[at + 2]! * opacity + behind;
    }
  }
  const count = (right - left) * (bottom - top);
  return [red / count, green / count, blue / count, 255];
}
