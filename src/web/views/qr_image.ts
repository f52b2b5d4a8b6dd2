/** A QR code as an SVG image, made of nodes. */

import { encode } from "uqr";

const SVG = "http://www.w3.org/2000/svg";
/** Light modules around the code, as the standard prescribes (ISO/IEC 18004). */
const BORDER_MODULES = 4;

/** A hostile server may name longer codes: drawing them would take long, or fail. In UTF-8 a QR code holds 2,953 bytes. */
const MAX_QR_CHARS = 700;

/** `undefined` if the text is longer than `MAX_QR_CHARS`. */
export function qrImage(text: string, label: string): SVGSVGElement | undefined {
  if (text.length > MAX_QR_CHARS) return undefined;
  const { data, size } = encode(text, { border: BORDER_MODULES });
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of [["viewBox", `0 0 ${size} ${size}`], ["role", "img"], ["aria-label", label]] as const) {
    svg.setAttribute(name, value);
  }
  const path = document.createElementNS(SVG, "path");
  // Without this, gaps may show between the modules.
  path.setAttribute("shape-rendering", "crispEdges");
  path.setAttribute("d", data.flatMap((row, y) => row.map((dark, x) => dark ? `M${x} ${y}h1v1h-1z` : "")).join(""));
  svg.append(path);
  return svg;
}
