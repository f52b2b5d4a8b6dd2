import { encode } from "uqr";
import { readVariable } from "../platform/program.ts";

/** Black on white in xterm's fixed colours, which no theme changes: scanners expect dark on light. */
const BLACK_ON_WHITE = "\x1b[38;5;16;48;5;231m";
const END = "\x1b[0m";

/** Light modules around the code. The standard prescribes four; scanners accept two, which saves space. */
const BORDER_MODULES = 2;

/** A QR code in half blocks, two rows per line; no lines if it is wider than `columns`. */
export function drawQrCode(text: string, columns: number): string[] {
  const { data, size } = encode(text, { border: BORDER_MODULES });
  if (size > columns) return [];
  return data.flatMap((upper, row) => row % 2 === 0 ? [line(upper, data[row + 1] ?? [])] : []);
}

/** A QR code that fits this terminal; no lines if the output is not a terminal that can show it. */
export function qrCodeHere(text: string | undefined): string[] {
  if (text === undefined || !Deno.stdout.isTerminal() || readVariable("TERM") === "dumb") return [];
  try {
    return drawQrCode(text, Deno.consoleSize().columns);
  } catch {
    return [];
  }
}

function line(upper: readonly boolean[], lower: readonly boolean[]): string {
  const blocks = upper.map((dark, column) => BLOCKS[dark ? 1 : 0][lower[column] ? 1 : 0]);
  return `${BLACK_ON_WHITE}${blocks.join("")}${END}`;
}

/** Half blocks, indexed by whether the upper and the lower module are dark. */
const BLOCKS = [[" ", "▄"], ["▀", "█"]] as const;
