/** The sound of a call: one's own microphone on the way out, and the voices of the others on the way in. */

import type { SoundFrame } from "../../protocol/calls/media_frame.ts";
import { SOUND_CONFIRM_MS, SOUND_PACKET_MS } from "../../protocol/limits.ts";
import type { Clock } from "../clock.ts";
import { BlockTimes } from "../voice/block_times.ts";
import { BLOCK_MS } from "../voice/sound_block.ts";
import { SoundMeter } from "../voice/sound_level.ts";
import { VoiceGate } from "../voice/voice_gate.ts";
import { VoiceMixer } from "../voice/voice_mixer.ts";
import {
  type CallDevices,
  DeviceError,
  isDevice,
  type Loudspeaker,
  type Microphone,
  type VoiceEncoder,
} from "./call_ports.ts";
import type { MediaLink } from "./media_link.ts";

export interface CallSoundOptions {
  readonly devices: Omit<CallDevices, "camera">;
  readonly link: () => Pick<MediaLink, "send">;
  readonly clock: Clock;
  /** Milliseconds of the call. */
  readonly time: () => number;
  /** Called with a sentence when the microphone or the loudspeaker has stopped. */
  readonly failed: (text: string) => void;
}

const CONFIRM_PACKETS = SOUND_CONFIRM_MS / SOUND_PACKET_MS;

export class CallSound {
  readonly #options: CallSoundOptions;
  readonly #life = new AbortController();
  readonly #mixer = new VoiceMixer();
  readonly #gate = new VoiceGate();
  readonly #meter = new SoundMeter();
  /** Packets of each stream since the last confirmation. The streams whose decoder is there, or on its way. */
  readonly #streams = new Map<number, number>();
  #recording: AbortController | undefined;

  constructor(options: CallSoundOptions) {
    this.#options = options;
    void this.#play();
  }

  /** Whether the microphone is on. With push to talk it may still be silent. */
  get isOn(): boolean {
    return this.#recording !== undefined;
  }

  /** How loud the user is. */
  get own(): Pick<SoundMeter, "level" | "speaks"> {
    return this.#meter;
  }

  get pushToTalk(): boolean {
    return this.#gate.pushToTalk;
  }

  /** With push to talk the microphone is heard only while it is `pressed`. */
  set pushToTalk(on: boolean) {
    this.#gate.pushToTalk = on;
    this.#gate.pressed = false;
  }

  get pressed(): boolean {
    return this.#gate.pressed;
  }

  set pressed(pressed: boolean) {
    this.#gate.pressed = pressed;
  }

  /** Switches the microphone on or off. Throws a `DeviceError` if there is none. */
  switch(on: boolean): void {
    const { microphone } = this.#options.devices;
    if (on && !isDevice(microphone)) throw new DeviceError(microphone ?? "You have chosen no microphone");
    if (on === this.isOn) return;
    this.#recording?.abort();
    this.#recording = on ? new AbortController() : undefined;
    if (this.#recording !== undefined) void this.#record(microphone as Microphone, this.#recording);
    else this.#meter.add(undefined);
  }

  /** How loud another member is. */
  meter(stream: number): Pick<SoundMeter, "level" | "speaks"> | undefined {
    return this.#mixer.meter(stream);
  }

  received({ stream, time, packet }: SoundFrame): void {
    const count = this.#streams.get(stream);
    if (count === undefined) return void this.#open(stream);
    this.#mixer.push(stream, time, packet, this.#options.clock.now());
    this.#streams.set(stream, count + 1);
    if ((count + 1) % CONFIRM_PACKETS === 0) this.#options.link().send({ kind: "got", stream, time, of: "sound" });
  }

  /** Another member has left, or has connected again. */
  forget(stream: number): void {
    this.#streams.delete(stream);
    this.#mixer.remove(stream);
  }

  /** Ends the devices. */
  close(): void {
    this.#recording?.abort();
    this.#recording = undefined;
    this.#life.abort();
    this.#mixer[Symbol.dispose]();
  }

  async #open(stream: number): Promise<void> {
    this.#streams.set(stream, 0);
    try {
      const decoder = await this.#options.devices.makeDecoder();
      if (this.#life.signal.aborted || !this.#streams.has(stream)) decoder.close();
      else this.#mixer.add(stream, decoder);
    } catch (error) {
      this.#options.failed(sentenceOf(error, "Voices cannot be decoded"));
    }
  }

  async #record(microphone: Microphone, recording: AbortController): Promise<void> {
    const { devices, failed } = this.#options;
    let encoder: VoiceEncoder | undefined;
    try {
      encoder = await devices.makeEncoder();
      await this.#transmit(microphone, encoder, recording.signal);
      if (!recording.signal.aborted) throw new DeviceError("The microphone has stopped");
    } catch (error) {
      if (recording.signal.aborted) return;
      this.#recording = undefined;
      failed(sentenceOf(error, "The microphone has stopped"));
    } finally {
      encoder?.close();
    }
  }

  async #transmit(microphone: Microphone, encoder: VoiceEncoder, off: AbortSignal): Promise<void> {
    const { link, time: now } = this.#options;
    const times = new BlockTimes();
    for await (const block of microphone.blocks(off)) {
      if (off.aborted) return;
      const passed = this.#gate.pass({ time: times.next(now()), block });
      this.#meter.add(passed.length > 0 ? block : undefined);
      for (const { time, block } of passed) {
        encoder.encode(block, (packet) => link().send({ kind: "sound", stream: 0, time, packet }));
      }
    }
  }

  async #play(): Promise<void> {
    const { devices: { loudspeaker }, clock, failed } = this.#options;
    const { signal } = this.#life;
    const next = () => this.#mixer.next(clock.now());
    try {
      if (isDevice(loudspeaker)) await loudspeaker.play(next, signal);
    } catch (error) {
      if (!signal.aborted) failed(sentenceOf(error, "The loudspeaker has stopped"));
    }
    // Who speaks is shown without a loudspeaker, too.
    if (!signal.aborted) await playNothing(clock).play(next, signal);
  }
}

/** A loudspeaker that is not heard. */
function playNothing(clock: Clock): Loudspeaker {
  return {
    play(next, signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => resolve(), { once: true });
      const tick = () => {
        next();
        clock.after(BLOCK_MS, tick, signal);
      };
      tick();
      return promise;
    },
  };
}

function sentenceOf(error: unknown, otherwise: string): string {
  return error instanceof DeviceError ? error.message : `${otherwise}: ${error}`;
}
