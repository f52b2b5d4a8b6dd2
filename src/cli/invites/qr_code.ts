import { encode } from "uqr";
import { readVariable } from "../platform/program.ts";

/** xterm's own black and white, which no theme changes: dark on light, as scanners want it. */
const BLACK_ON_WHITE = "\x1b[38;5;16;48;5;231m";
const END = "\x1b[0m";

/** Modules around it that stay light. Four are prescribed; scanners are content with two, and windows are small. */
const BORDER_MODULES = 2;

/** A QR code in half blocks, two rows of it a line; none where the window has fewer columns than it is wide. */
export function drawQrCode(text: string, columns: number): string[] {
  const { data, size } = encode(text, { border: BORDER_MODULES });
  if (size > columns) return [];
  return data.flatMap((upper, row) => row % 2 === 0 ? [line(upper, data[row + 1] ?? [])] : []);
}

/** The same for the window that the program runs in; none where it is not to draw there. */
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

/** By whether the upper module is dark, and then the lower one. */
const BLOCKS = [[" ", "▄"], ["▀", "█"]] as const;
