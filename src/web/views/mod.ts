/**
 * The parts of the page. Each view owns some elements of `index.html`, updates them from the model, and reports the user's
 * actions by calling functions that it is given. Views know no client and no commands.
 *
 * Read `dom.ts` first: text enters the document only there. Then `messages_view.ts` with `message_row.ts` and
 * `message_parts.ts`, which draw the timeline, and `text/`, which draws the texts in it; the other views are independent of each other.
 *
 * @module
 */

export { byId, el, setText, syncList } from "./dom.ts";
