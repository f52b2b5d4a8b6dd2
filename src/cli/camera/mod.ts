/**
 * Cameras: what `--camera` names becomes a `Camera` of calls. It knows neither calls nor the screen.
 *
 * Start with `camera_choice.ts`. `test_camera.ts` makes its pictures itself; all others come from ffmpeg (`ffmpeg_camera.ts`):
 * `camera_source.ts` finds the file or device, `ffmpeg_args.ts` says how to read it, `mjpeg_reader.ts` cuts the output into pictures,
 * and `ffmpeg_errors.ts` explains what went wrong. `device_list.ts` lists devices.
 *
 * @module
 */

export { chosenCamera } from "./camera_choice.ts";
export { listMediaDevices } from "./device_list.ts";
