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

/** The largest box of the same shape that fits into `box`, at least one pixel wide and high. */
export function filling(
  { width, height }: Omit<Pixels, "data">,
  box: Omit<Pixels, "data">,
): { readonly width: number; readonly height: number } {
  const scale = Math.min(box.width / width, box.height / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * Makes an opaque picture smaller or larger: 3 bytes for each pixel, red, green and blue. Each is the average of those that it
 * stands for. It takes integers and no objects, because a call has 45 pictures a second.
 */
export function opaquePixels({ width, height, data }: Pixels, size: Omit<Pixels, "data">): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(3 * size.width * size.height);
  for (let y = 0, to = 0; y < size.height; y++) {
    const top = Math.floor(y * height / size.height);
    const bottom = Math.max(top + 1, Math.floor((y + 1) * height / size.height));
    for (let x = 0; x < size.width; x++, to += 3) {
      const left = Math.floor(x * width / size.width);
      const right = Math.max(left + 1, Math.floor((x + 1) * width / size.width));
      const half = (bottom - top) * (right - left) >> 1;
      let [red, green, blue] = [half, half, half];
      for (let row = top; row < bottom; row++) {
        for (let at = 4 * (row * width + left), end = 4 * (row * width + right); at < end; at += 4) {
          red += data[at]!;
          green += data[at + 1]!;
          blue += data[at + 2]!;
        }
      }
      const count = (bottom - top) * (right - left);
      bytes[to] = red / count;
      bytes[to + 1] = green / count;
      bytes[to + 2] = blue / count;
    }
  }
  return bytes;
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
