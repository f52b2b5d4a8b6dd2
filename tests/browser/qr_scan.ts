import type { Page } from "playwright-core";
import { readQrImage } from "../helpers/read_qr_code.ts";

/** Reads the QR code of an address from the screen, as a camera does. */
export async function scanQrCode(page: Page): Promise<string> {
  const svg = page.getByRole("img", { name: "QR code of the address" });
  await svg.waitFor();
  const { pixels, size } = await svg.evaluate(async (element) => {
    // Four pixels for each module: more would take long to read.
    const size = 4 * (element as unknown as SVGSVGElement).viewBox.baseVal.width;
    const image = new Image();
    const copy = element.cloneNode(true) as Element;
    for (const side of ["width", "height"]) copy.setAttribute(side, String(size));
    image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = size;
    const context = canvas.getContext("2d")!;
    context.fillStyle = getComputedStyle(element).backgroundColor;
    context.fillRect(0, 0, size, size);
    context.drawImage(image, 0, 0);
    return { pixels: Array.from(context.getImageData(0, 0, size, size).data), size };
  });
  return readQrImage(pixels, size, size)!;
}
