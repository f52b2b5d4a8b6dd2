/** The browser's sound: one audio context, which is open while it is used. */

import { DeviceError } from "../../../client/calls/call_ports.ts";
import { SAMPLE_RATE } from "../../../client/voice/sound_block.ts";
import { NEEDS_HTTPS } from "./device_faults.ts";

export class SoundGraph {
  readonly #rate: number | "device";
  #context: Promise<AudioContext> | undefined;
  #users = 0;

  /** `rate`: samples in a second, or as many as the device has. */
  constructor(rate: number | "device" = SAMPLE_RATE) {
    this.#rate = rate;
  }

  /** Each user closes it once, also if this rejects. Throws a `DeviceError`. */
  async open(): Promise<AudioContext> {
    this.#users++;
    return await (this.#context ??= openContext(this.#rate));
  }

  /** Ends the sound with its last user. */
  close(): void {
    if (--this.#users > 0) return;
    void this.#context?.then((context) => context.close(), () => {});
    this.#context = undefined;
  }
}

async function openContext(rate: number | "device"): Promise<AudioContext> {
  if (!("AudioWorklet" in globalThis)) throw new DeviceError(NEEDS_HTTPS);
  const context = new AudioContext({ latencyHint: "interactive", ...rate === "device" ? {} : { sampleRate: rate } });
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
