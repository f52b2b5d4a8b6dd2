/** Sound all the way from a microphone to a loudspeaker, as in a call, without a server: with marks that are found again. */

import type { Loudspeaker, Microphone, SoundBlock } from "../../src/client/calls/call_ports.ts";
import type { Clock } from "../../src/client/clock.ts";
import { BlockTimes, levelOf, VoiceGate, VoiceMixer } from "../../src/client/voice/mod.ts";
import { openVoiceDecoder, openVoiceEncoder } from "../../src/sound/mod.ts";

export interface SoundPathOptions {
  readonly microphone: Microphone;
  readonly loudspeaker: Loudspeaker;
  readonly clock: Clock;
  /** How long the next packet is on its way. Packets keep their order. */
  readonly delayMs?: () => number;
}

export interface SoundMarks {
  /** When each tone came from the microphone. */
  readonly said: readonly number[];
  /** When the loudspeaker asked for each. */
  readonly heard: readonly number[];
  readonly packets: number;
  readonly bytes: number;
}

/** Lasts until the microphone ends. */
export async function runSoundPath(options: SoundPathOptions): Promise<SoundMarks> {
  const { microphone, loudspeaker, clock } = options;
  const path = new SoundPath(options);
  const stop = new AbortController();
  using mixer = new VoiceMixer();
  mixer.add(0, await openVoiceDecoder());
  const encoder = await openVoiceEncoder();
  const playing = loudspeaker.play(() => path.heard(mixer.next(clock.now())), stop.signal);
  try {
    for await (const block of microphone.blocks(stop.signal)) {
      for (const sent of path.said(block)) {
        encoder.encode(sent.block, (packet) => path.carry(packet, (now) => mixer.push(0, sent.time, packet, now)));
      }
    }
    await path.arrived(500);
  } finally {
    stop.abort();
    encoder.close();
    await playing;
  }
  return path.marks;
}

/** When a loud block follows a quiet one. */
class MarkFinder {
  readonly times: number[] = [];
  #wasLoud = false;

  add(block: SoundBlock, now: number): void {
    const isLoud = levelOf(block) > 0.6;
    if (isLoud && !this.#wasLoud) this.times.push(now);
    this.#wasLoud = isLoud;
  }
}

class SoundPath {
  readonly #options: SoundPathOptions;
  readonly #times = new BlockTimes();
  readonly #gate = new VoiceGate();
  readonly #said = new MarkFinder();
  readonly #heard = new MarkFinder();
  #packets = 0;
  #bytes = 0;
  /** When the last packet arrives. */
  #last = 0;

  constructor(options: SoundPathOptions) {
    this.#options = options;
  }

  get marks(): SoundMarks {
    return { said: this.#said.times, heard: this.#heard.times, packets: this.#packets, bytes: this.#bytes };
  }

  said(block: SoundBlock): ReturnType<VoiceGate["pass"]> {
    const now = this.#options.clock.now();
    this.#said.add(block, now);
    return this.#gate.pass({ time: this.#times.next(now), block });
  }

  heard(block: SoundBlock): SoundBlock {
    this.#heard.add(block, this.#options.clock.now());
    return block;
  }

  carry(packet: Uint8Array, arrive: (now: number) => void): void {
    const { clock, delayMs } = this.#options;
    this.#packets++;
    this.#bytes += packet.length;
    const now = clock.now();
    this.#last = Math.max(this.#last, now + (delayMs?.() ?? 0));
    if (this.#last === now) arrive(now);
    else clock.after(this.#last - now, () => arrive(clock.now()));
  }

  /** Resolves when all that is on its way has arrived, and so long after. */
  arrived(ms: number): Promise<void> {
    const { clock } = this.#options;
    return new Promise((resolve) => clock.after(Math.max(0, this.#last - clock.now()) + ms, resolve));
  }
}
