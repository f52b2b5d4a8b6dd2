/** The browser's sound: one audio context for the microphone and the loudspeaker of a call. */

import { DeviceError } from "../../../client/calls/call_ports.ts";
import { NEEDS_HTTPS } from "./device_faults.ts";

const SAMPLES_PER_SECOND = 48_000;

export class SoundGraph {
  #context: Promise<AudioContext> | undefined;
  #users = 0;

  /** Each user closes it once, also if this rejects. Throws a `DeviceError`. */
  async open(): Promise<AudioContext> {
    this.#users++;
    return await (this.#context ??= openContext());
  }

  /** Ends the sound with its last user. */
  close(): void {
    if (--this.#users > 0) return;
    void this.#context?.then((context) => context.close(), () => {});
    this.#context = undefined;
  }
}

async function openContext(): Promise<AudioContext> {
  if (!("AudioWorklet" in globalThis)) throw new DeviceError(NEEDS_HTTPS);
  const context = new AudioContext({ sampleRate: SAMPLES_PER_SECOND, latencyHint: "interactive" });
  try {
    const { WORKLET_ADDRESS } = await import("./sound_worklet.ts");
    await context.audioWorklet.addModule(WORKLET_ADDRESS);
  } catch (cause) {
    void context.close();
    throw new DeviceError("The sound of this page cannot be loaded: reload the page", { cause });
  }
  // Browsers wait with it for the first click or key on the page.
  void context.resume();
  return context;
}
