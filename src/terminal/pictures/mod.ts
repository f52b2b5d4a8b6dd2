/**
 * Pictures of messages in the terminal, as lines of the scrollback. `preview_loader.ts` gets the bytes of a picture and prints it,
 * `picture_lines.ts` draws it, with the codes of `color_codes.ts`: by kitty's or iTerm2's protocol for graphics, or in half blocks.
 *
 * @module
 */

export { PreviewLoader } from "./preview_loader.ts";
export type { PictureDisplay } from "./picture_lines.ts";
