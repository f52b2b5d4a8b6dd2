/**
 * The screen: prints lines into the scrollback and draws the live region below them, without the alternate screen.
 * `terminal_port.ts` is the port to a terminal, `deno_terminal.ts`, `keyboard.ts` and `raw_mode.ts` implement it.
 * `screen.ts` computes what to write, `painter.ts` writes it. `text_width.ts` measures graphemes in cells.
 * It knows nothing of keys or of the chat's rules. Read `painter.ts` first.
 *
 * @module
 */

export { Painter } from "./painter.ts";
export { Scrollback } from "./scrollback.ts";
export type { Terminal } from "./terminal_port.ts";
