/**
 * The pictures of one camera in the whole window, for `confab mirror`. It knows nothing of where they come from.
 *
 * @module
 */

export { runMirror } from "./mirror_app.ts";
