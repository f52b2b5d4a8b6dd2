/**
 * Makes an even flow of sound of packets that arrive unevenly: it holds them back for 60 to 200 ms, as much as the network
 * needs. Packets keep their order, because the link is a stream of bytes. A gap in their times is silence.
 */

import type { SoundBlock, VoiceDecoder } from "../calls/call_ports.ts";
import { ArrivalDelays } from "./arrival_delays.ts";
import { BLOCK_MS } from "./sound_block.ts";
import { crossFade, fadeOut } from "./sound_mix.ts";

export const MIN_VOICE_DELAY_MS = 60;
export const MAX_VOICE_DELAY_MS = 200;
/** Added to the measured delays: the loudspeaker asks for up to two blocks ahead. */
const MARGIN_MS = 40;
/** More sound than that never waits: the oldest is dropped. */
const MAX_WAITING = MAX_VOICE_DELAY_MS / BLOCK_MS;
/** A late packet is concealed for so long; what comes then is silence until the next packet. */
const MAX_CONCEALED = 3;
/** Packets that are so near follow each other. Senders keep silent for longer than that, or not at all. */
const NEXT_WITHIN_MS = MAX_CONCEALED * BLOCK_MS;
/** The sound may be so much later than it should be before it is played faster. */
const TOLERANCE_MS = 30;
/** A sender or a clock that jumps so far has started again. */
const RESTART_MS = 2_000;
/** After so much silence the clocks may have moved apart: their difference is measured again. */
const FORGET_MS = 30_000;

interface WaitingPacket {
  readonly time: number;
  readonly packet: Uint8Array;
}

/** All times are in milliseconds; `now` is of any clock that does not jump. Whoever gave the decoder closes it. */
export class JitterBuffer {
  readonly #decoder: VoiceDecoder;
  readonly #delays = new ArrivalDelays();
  #waiting: WaitingPacket[] = [];
  /** The sender's time of the newest packet, which does not wrap. */
  #newest: number | undefined;
  /** The sender's time of the block that was played last. */
  #position = 0;
  #playing = false;
  #concealed = 0;
  /** How much later than the fastest packets could be played the sound is, smoothed. */
  #lag = 0;
  #hurried = false;

  constructor(decoder: VoiceDecoder) {
    this.#decoder = decoder;
  }

  /** How long after the fastest packets' arrival sound shall be played. */
  get delay(): number {
    return Math.min(Math.max(this.#delays.spread + MARGIN_MS, MIN_VOICE_DELAY_MS), MAX_VOICE_DELAY_MS);
  }

  /** Number of packets that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Takes a packet that has arrived. `time` is the sender's, modulo 2^32. */
  push(time: number, packet: Uint8Array, now: number): void {
    const sent = this.#arrived(time, now);
    this.#newest = sent;
    this.#delays.add(now - sent);
    this.#waiting.push({ time: sent, packet });
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
  }

  /** Returns the next 20 ms. `undefined`: silence. */
  pull(now: number): SoundBlock | undefined {
    const [next] = this.#waiting;
    if (next === undefined || !this.#isDue(next, now)) return this.#conceal();
    const block = this.#play();
    this.#measure(now);
    if (this.#lag <= this.delay + TOLERANCE_MS) return block;
    return this.#hurry(block);
  }

  /** Returns the time of a packet without wrapping. A sender that has started again is a new one. */
  #arrived(time: number, now: number): number {
    if (this.#newest === undefined) return time;
    const step = (time - this.#newest) | 0;
    const sent = this.#newest + step;
    if (step > FORGET_MS) this.#delays.clear();
    else if (step < 0 || Math.abs(now - sent - this.#delays.fastest) > RESTART_MS) return this.#restart(time);
    return sent;
  }

  #restart(time: number): number {
    this.#delays.clear();
    this.#waiting = [];
    this.#playing = false;
    return time;
  }

  #isDue({ time }: WaitingPacket, now: number): boolean {
    if (this.#playing && time - this.#position <= NEXT_WITHIN_MS) return true;
    if (this.#waiting.length === MAX_WAITING) return true;
    return now - this.#delays.fastest - time >= this.delay;
  }

  #play(): SoundBlock {
    const { time, packet } = this.#waiting.shift()!;
    this.#position = time;
    this.#concealed = 0;
    return this.#decode(packet);
  }

  /** A packet that is none is as good as lost. */
  #decode(packet: Uint8Array): SoundBlock {
    try {
      return this.#decoder.decode(packet);
    } catch {
      return this.#decoder.decode(undefined);
    }
  }

  #measure(now: number): void {
    const lag = now - this.#delays.fastest - this.#position;
    this.#lag = this.#playing ? this.#lag + (lag - this.#lag) / 8 : lag;
    this.#playing = true;
  }

  /** Plays two blocks in the time of one, every other time. */
  #hurry(block: SoundBlock): SoundBlock {
    this.#hurried = !this.#hurried;
    const [next] = this.#waiting;
    if (!this.#hurried || next === undefined || next.time - this.#position > NEXT_WITHIN_MS) return block;
    this.#lag -= BLOCK_MS;
    return crossFade(block, this.#play());
  }

  #conceal(): SoundBlock | undefined {
    if (!this.#playing) return undefined;
    const block = this.#decoder.decode(undefined);
    if (++this.#concealed < MAX_CONCEALED) return block;
    this.#playing = false;
    this.#concealed = 0;
    return fadeOut(block);
  }
}
