import { el } from "./dom.ts";

/**
 * An empty element, which the QR code of the text replaces once the browser has loaded the code that draws it.
 * It stays empty if that fails: the page shows each such text as well.
 */
export function qrPlaceholder(text: string): HTMLElement {
  const placeholder = el("span");
  void import("./qr_image.ts").then(({ qrImage }) => {
    const image = qrImage(text, "QR code of the address");
    if (image !== undefined) placeholder.replaceWith(image);
  }, () => {});
  return placeholder;
}
