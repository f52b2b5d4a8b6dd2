/**
 * Calls on the page. Everything here is loaded when the first call begins. `devices/` is the camera, the microphone, the
 * loudspeaker and Opus of the browser.
 *
 * @module
 */

export { PageCamera, PageLoudspeaker, PageMicrophone } from "./devices/mod.ts";
