import { openRawMediaSocket } from "../../client/calls/raw_media_socket.ts";
import { systemClock } from "../../client/clock.ts";
import type { OpenFileLink } from "../../client/files/file_ports.ts";
import { JpegStream } from "../../pictures/jpeg_stream.ts";
import type { CallSetup } from "../../terminal/calls/call_setup.ts";
import type { DeviceChoices } from "../args/call_options.ts";
import { chosenCamera } from "../camera/camera_choice.ts";
import { chosenLoudspeaker, chosenMicrophone } from "../sound/sound_choice.ts";

/** The devices of this machine that the user has chosen, and media connections to the server. Nothing is opened before a call. */
export function callSetup(openLink: OpenFileLink, { camera, microphone, speaker }: DeviceChoices): CallSetup {
  const clock = systemClock;
  const random = (bytes: Uint8Array<ArrayBuffer>) => void crypto.getRandomValues(bytes);
  return {
    devices: {
      camera: chosenCamera(camera, clock),
      microphone: chosenMicrophone(microphone, clock),
      loudspeaker: chosenLoudspeaker(speaker, clock),
      makeEncoder: async () => await (await import("../../sound/voice_codec.ts")).openVoiceEncoder(),
      makeDecoder: async () => await (await import("../../sound/voice_codec.ts")).openVoiceDecoder(),
    },
    open: (signal) => openRawMediaSocket(openLink, random, signal),
    openStream: () => new JpegStream(clock),
    clock,
  };
}
