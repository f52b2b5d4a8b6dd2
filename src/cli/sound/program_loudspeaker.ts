/** A loudspeaker that a program plays. */

import type { Loudspeaker, SoundBlock } from "../../client/calls/call_ports.ts";
import type { Clock } from "../../client/clock.ts";
import { silentBlock } from "../../client/voice/mod.ts";
import { type MediaProcess, startMedia } from "../platform/media_program.ts";
import { BlockPacer, waitFor } from "./block_pacer.ts";
import { hasStopped, notOpened, type ProgramEnd } from "./device_errors.ts";
import { encodePcm, waveHead } from "./pcm.ts";
import { players, type SoundProgram, soundSystem } from "./sound_programs.ts";

/** So much sound is handed over before its time. The pipe to the program would take 700 ms. */
const AHEAD_MS = 40;
/** A program opens its device in that time. Sound that it got meanwhile would be late for ever. */
const OPENING_MS = 600;
/** A program that ends sooner than that has found no device. */
const STARTED_MS = 2_000;
/**
 * A device that took long to open, or whose clock is slow, would stay behind: one silent block in so many is left out, so that
 * it catches up by 1 % while nobody speaks.
 */
const SILENT_BLOCKS_PER_GAP = 100;

/** Returns the system's loudspeaker. `programs`: those to try. */
export function openLoudspeaker(clock: Clock, programs: readonly SoundProgram[] = players(soundSystem())): Loudspeaker {
  return {
    async play(next, signal) {
      const ends: ProgramEnd[] = [];
      for (const program of programs) {
        const started = clock.now();
        const end = { program: program.program, end: await playOn(program, next, { clock, signal }) };
        if (signal.aborted) return;
        if (clock.now() - started >= STARTED_MS) throw hasStopped("loudspeaker", end);
        ends.push(end);
      }
      throw notOpened("loudspeaker", soundSystem(), ends);
    },
  };
}

interface Playing {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Resolves when the program has ended: at the latest after the signal. */
async function playOn({ program, args, head }: SoundProgram, next: () => SoundBlock, { clock, signal }: Playing) {
  const process = startMedia(program, args, { stdin: "piped", stdout: "null" }, signal);
  const over = new AbortController();
  void process.ended.then(() => over.abort());
  await feed(process, head === true, new SpokenBlocks(next), { clock, signal: over.signal });
  return await process.ended;
}

/** Writes blocks at their time until the program has ended. */
async function feed(process: MediaProcess, head: boolean, blocks: SpokenBlocks, { clock, signal }: Playing) {
  const writer = process.input.getWriter();
  const pacer = new BlockPacer(clock, AHEAD_MS);
  try {
    if (head) await writer.write(waveHead());
    await writer.write(encodePcm(silentBlock()));
    await waitFor(clock, OPENING_MS, signal);
    for (await pacer.next(signal); !signal.aborted; await pacer.next(signal)) {
      const block = blocks.next();
      if (block !== undefined) await writer.write(encodePcm(block));
    }
  } catch {
    // The program has ended, and says why elsewhere.
  }
  await writer.abort().catch(() => {});
}

/** Leaves out a silent block now and then. */
class SpokenBlocks {
  readonly #next: () => SoundBlock;
  #silent = 0;

  constructor(next: () => SoundBlock) {
    this.#next = next;
  }

  next(): SoundBlock | undefined {
    const block = this.#next();
    if (block.some((sample) => sample !== 0)) return block;
    this.#silent = (this.#silent + 1) % SILENT_BLOCKS_PER_GAP;
    return this.#silent === 0 ? undefined : block;
  }
}
