/** What the browser has for calls. */

import type { CallDevices } from "../../client/calls/call_ports.ts";
import { NEEDS_HTTPS, NEEDS_NEWER_BROWSER } from "./devices/device_faults.ts";
import { PageCamera } from "./devices/page_camera.ts";
import { PageLoudspeaker } from "./devices/page_loudspeaker.ts";
import { PageMicrophone } from "./devices/page_microphone.ts";
import { PageVoiceDecoder } from "./devices/page_voice_decoder.ts";
import { PageVoiceEncoder } from "./devices/page_voice_encoder.ts";
import { SoundGraph } from "./devices/sound_graph.ts";

export interface PageDevices extends CallDevices {
  /** Shows what the own camera sees, while it is on. */
  readonly preview: HTMLVideoElement;
}

export function pageDevices(): PageDevices {
  const camera = new PageCamera();
  const sound = new SoundGraph();
  const codecs = { makeEncoder, makeDecoder };
  const { preview } = camera;
  if (!globalThis.isSecureContext) {
    return { ...codecs, preview, camera: NEEDS_HTTPS, microphone: NEEDS_HTTPS, loudspeaker: NEEDS_HTTPS };
  }
  if (!("AudioEncoder" in globalThis && "AudioDecoder" in globalThis)) {
    return { ...codecs, preview, camera, microphone: NEEDS_NEWER_BROWSER, loudspeaker: NEEDS_NEWER_BROWSER };
  }
  return { ...codecs, preview, camera, microphone: new PageMicrophone(sound), loudspeaker: new PageLoudspeaker(sound) };
}

function makeEncoder(): Promise<PageVoiceEncoder> {
  return Promise.resolve(new PageVoiceEncoder());
}

function makeDecoder(): Promise<PageVoiceDecoder> {
  return Promise.resolve(new PageVoiceDecoder());
}
