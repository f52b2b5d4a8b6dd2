/** Decides which blocks of the microphone are sent: silence is not, nor anything while the microphone is off. */

import type { SoundBlock } from "../calls/call_ports.ts";
import { BLOCK_MS } from "./sound_block.ts";
import { decibelsOf } from "./sound_level.ts";

/** A block with the time at which it began, in milliseconds modulo 2^32. */
export interface TimedBlock {
  readonly time: number;
  readonly block: SoundBlock;
}

/** Voice is louder than the room by so much; the gate closes again 5 dB below that. */
const OPENS_ABOVE_ROOM_DB = 10;
const CLOSES_BELOW_DB = 5;
/** The room is at least so loud: nothing below -55 dB is a voice. */
const QUIETEST_ROOM_DB = -65;
/** The room is at most so loud, so that a long note is not taken for it. */
const LOUDEST_ROOM_DB = -30;
/** The level of the room follows louder sound so slowly, and quieter sound at once. */
const ROOM_RISE_DB = 1 / 1_000 * BLOCK_MS;
/** Pauses between words are sent. */
const HANGOVER_BLOCKS = 300 / BLOCK_MS;
/** The soft beginning of a word, before the gate opens, is sent as well. */
const LEAD_IN_BLOCKS = 2;

/** One microphone in a call. */
export class VoiceGate {
  /** False: nothing is sent. */
  on = true;
  /** True: all is sent while `pressed`, and nothing else. */
  pushToTalk = false;
  pressed = false;
  #room = LOUDEST_ROOM_DB;
  /** Blocks until the gate closes. */
  #left = 0;
  #leadIn: TimedBlock[] = [];

  /** Whether the last block was sent. */
  get isOpen(): boolean {
    return this.#left > 0;
  }

  /** Takes the next block, and returns those to send, in order. */
  pass(timed: TimedBlock): readonly TimedBlock[] {
    if (!this.on || this.pushToTalk) return this.#switched(timed);
    const level = decibelsOf(timed.block);
    this.#follow(level);
    const isVoice = level > this.#room + OPENS_ABOVE_ROOM_DB - (this.isOpen ? CLOSES_BELOW_DB : 0);
    this.#left = isVoice ? HANGOVER_BLOCKS : Math.max(0, this.#left - 1);
    return this.isOpen ? this.#withLeadIn(timed) : this.#keep(timed);
  }

  #switched(timed: TimedBlock): readonly TimedBlock[] {
    const sends = this.on && this.pressed;
    this.#left = sends ? 1 : 0;
    this.#leadIn = [];
    return sends ? [timed] : [];
  }

  #follow(level: number): void {
    const room = Math.min(level, this.#room + ROOM_RISE_DB, LOUDEST_ROOM_DB);
    this.#room = Math.max(room, QUIETEST_ROOM_DB);
  }

  #withLeadIn(timed: TimedBlock): readonly TimedBlock[] {
    const blocks = [...this.#leadIn, timed];
    this.#leadIn = [];
    return blocks;
  }

  #keep(timed: TimedBlock): readonly TimedBlock[] {
    this.#leadIn = [...this.#leadIn, timed].slice(-LEAD_IN_BLOCKS);
    return [];
  }
}
