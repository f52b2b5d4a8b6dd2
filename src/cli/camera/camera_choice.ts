import type { Camera } from "../../client/calls/call_ports.ts";
import type { Clock } from "../../client/clock.ts";
import { FfmpegCamera } from "./ffmpeg_camera.ts";
import { TestCamera } from "./test_camera.ts";

/**
 * The camera that the option names, or without it the first one of this machine; `undefined` for none. Nothing is opened before its
 * first picture.
 */
export function chosenCamera(word: string | undefined, clock: Clock): Camera | undefined {
  switch (word) {
    case "none":
      return undefined;
    case "test":
      return new TestCamera(clock);
    default:
      return new FfmpegCamera(word, clock);
  }
}
