/**
 * The keyboard: from the bytes of a terminal in raw mode to the line that the user sends.
 * `key_source.ts` reads, `key_decoder.ts` decodes escape sequences into keys, `line_editor.ts` applies keys to the line,
 * `input_line.ts` keeps a line for each room and asks for passwords. All except `key_source.ts` and `input_line.ts` is pure.
 * `console_lines.ts` reads lines where a console cannot edit them.
 * It draws nothing and knows no server. Read `key_table.ts` first, then `editor_state.ts` and `editor_actions.ts`.
 *
 * @module
 */

export { InputLine } from "./input_line.ts";
export { KeyDecoder } from "./key_decoder.ts";
export { editLine } from "./line_editor.ts";
