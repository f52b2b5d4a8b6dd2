/** The options that choose the devices of calls. */

import type { Arguments } from "./arguments.ts";
import type { OptionSpec } from "./command_spec.ts";

export const CAMERA_OPTION: OptionSpec = {
  name: "camera",
  value: "FILE",
  help: "Camera for calls: its name or number, a video, a pipe (MJPEG), test, none",
};

export const MICROPHONE_OPTION: OptionSpec = {
  name: "microphone",
  value: "FILE",
  help: "Microphone for calls: its name, a sound file, test, none",
};

export const SPEAKER_OPTION: OptionSpec = {
  name: "speaker",
  value: "FILE",
  help: "Writes what is heard in calls to this WAV file; none: plays nothing",
};

/** The devices as the user names them; `undefined`: those that the system chooses. */
export interface DeviceChoices {
  readonly camera: string | undefined;
  readonly microphone: string | undefined;
  readonly speaker: string | undefined;
}

export function deviceChoices(args: Arguments): DeviceChoices {
  return { camera: args.text("camera"), microphone: args.text("microphone"), speaker: args.text("speaker") };
}
