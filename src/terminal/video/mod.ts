/**
 * Streams of pictures in a part of the window: up to four, in a grid with names. It knows neither the chat nor where pictures come
 * from.
 *
 * Read `video_screen.ts` first: it knows what is on the screen, and writes what has changed. `video_grid.ts` says where pictures are,
 * `pixel_cells.ts` holds their pixels, and `half_blocks.ts` or `character_cells.ts` draw those into a `cell_output.ts`.
 * `frame_pacer.ts` asks the terminal when it is ready for the next frame.
 *
 * @module
 */

export { FramePacer } from "./frame_pacer.ts";
export { VideoScreen } from "./video_screen.ts";
