/** The sound of all others in a call: their packets go in, and what the loudspeaker plays comes out. */

import type { SoundBlock, VoiceDecoder } from "../calls/call_ports.ts";
import { JitterBuffer } from "./jitter_buffer.ts";
import { SoundMeter } from "./sound_level.ts";
import { mixBlocks } from "./sound_mix.ts";

interface Voice {
  readonly decoder: VoiceDecoder;
  readonly buffer: JitterBuffer;
  readonly meter: SoundMeter;
}

/** Mixes the streams of a call, each by its number. It closes their decoders. */
export class VoiceMixer implements Disposable {
  readonly #voices = new Map<number, Voice>();

  /** A stream that is there already begins anew. */
  add(stream: number, decoder: VoiceDecoder): void {
    this.remove(stream);
    this.#voices.set(stream, { decoder, buffer: new JitterBuffer(decoder), meter: new SoundMeter() });
  }

  remove(stream: number): void {
    this.#voices.get(stream)?.decoder.close();
    this.#voices.delete(stream);
  }

  /** Takes a packet of a stream. One of a stream that is not there is dropped. */
  push(stream: number, time: number, packet: Uint8Array, now: number): void {
    this.#voices.get(stream)?.buffer.push(time, packet, now);
  }

  /** Returns the next 20 ms of all streams: silence if nobody speaks. */
  next(now: number): SoundBlock {
    const blocks = [...this.#voices.values()].map((voice) => {
      const block = voice.buffer.pull(now);
      voice.meter.add(block);
      return block;
    });
    return mixBlocks(blocks.filter((block) => block !== undefined));
  }

  /** The level of a stream, for a meter and for who speaks. */
  meter(stream: number): Pick<SoundMeter, "level" | "speaks"> | undefined {
    return this.#voices.get(stream)?.meter;
  }

  /** How long the stream's packets wait, in milliseconds; `undefined` for one that is not there. */
  delay(stream: number): number | undefined {
    return this.#voices.get(stream)?.buffer.delay;
  }

  [Symbol.dispose](): void {
    for (const stream of [...this.#voices.keys()]) this.remove(stream);
  }
}
