/**
 * The part of the sound that runs in the browser's audio thread. The page imports this module for its address alone, and an
 * audio context runs it: so it names nothing of the page, whose scripts do not exist in that thread.
 */

import { BlockCutter } from "./block_cutter.ts";
import { BlockPlayer } from "./block_player.ts";
import { Resampler } from "./resampler.ts";

/** The address of this script. */
export const WORKLET_ADDRESS = import.meta.url;

/** What the audio thread has beside the names of all scripts. */
interface AudioThread {
  /** Samples in a second. */
  readonly sampleRate: number;
  readonly AudioWorkletProcessor: new () => { readonly port: MessagePort };
  registerProcessor(name: string, processor: new () => unknown): void;
}

const thread = globalThis as unknown as AudioThread;
if ("registerProcessor" in thread) register(thread);

/** Registers the two processors. Each ends when it gets the message `end`. */
function register({ AudioWorkletProcessor, registerProcessor, sampleRate }: AudioThread): void {
  class Processor extends AudioWorkletProcessor {
    ended = false;

    constructor() {
      super();
      this.port.onmessage = ({ data }) => {
        if (data === "end") this.ended = true;
        else this.take(data);
      };
    }

    take(_block: Float32Array): void {}
  }

  registerProcessor(
    "confab-microphone",
    class extends Processor {
      readonly resampler = new Resampler(sampleRate);
      readonly cutter = new BlockCutter((block) => this.port.postMessage(block, [block.buffer]));

      process([input]: readonly (readonly Float32Array[])[]): boolean {
        const [channel] = input!;
        if (channel !== undefined) this.cutter.add(this.resampler.resample(channel));
        return !this.ended;
      }
    },
  );

  registerProcessor(
    "confab-loudspeaker",
    class extends Processor {
      readonly player = new BlockPlayer(() => this.port.postMessage("next"));

      override take(block: Float32Array): void {
        this.player.add(block);
      }

      process(_inputs: unknown, [output]: readonly (readonly Float32Array[])[]): boolean {
        this.player.fill(output![0]!);
        return !this.ended;
      }
    },
  );
}
