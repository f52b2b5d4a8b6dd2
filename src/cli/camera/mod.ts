/**
 * Cameras: what `--camera` names becomes a `Camera` of calls. It knows neither calls nor the screen.
 *
 * Start with `camera_choice.ts`. `test_camera.ts` makes its pictures itself; all others come from ffmpeg (`ffmpeg_camera.ts`):
 * `source_choice.ts` finds the file or device, `ffmpeg_args.ts` says how to read it, `mjpeg_reader.ts` cuts the output into pictures,
 * and `ffmpeg_errors.ts` explains what went wrong. `attached_devices.ts` lists devices.
 *
 * @module
 */

export { chosenCamera } from "./camera_choice.ts";
export { listAttachedDevices } from "./attached_devices.ts";
