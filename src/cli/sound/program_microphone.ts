/** A microphone that a program records, or a file in its place. */

import type { Microphone, SoundBlock } from "../../client/calls/call_ports.ts";
import { startMedia } from "../platform/media_program.ts";
import { hasStopped, notOpened, type ProgramEnd } from "./device_errors.ts";
import { knownMicrophones } from "./microphone_list.ts";
import { blocksOf } from "./pcm.ts";
import { fileRecorder, recorders, type SoundProgram, soundSystem } from "./sound_programs.ts";

/** Returns the microphone of that id, or the system's choice. */
export function openMicrophone(device?: string): Microphone {
  return {
    async *blocks(signal) {
      const system = soundSystem();
      const chosen = device ?? (system === "windows" ? (await knownMicrophones(signal))[0]?.id : undefined);
      yield* firstThatRecords(recorders(system, chosen), signal);
    },
  };
}

/** Returns a microphone that hears a file, of any kind that ffmpeg knows: once, and then its blocks end, or again and again. */
export function openSoundFile(path: string, { again = false } = {}): Microphone {
  return { blocks: (signal) => firstThatRecords([fileRecorder(path, again)], signal) };
}

/** Tries the programs until one of them gives sound, and throws if that one ends before the signal. */
async function* firstThatRecords(programs: readonly SoundProgram[], signal: AbortSignal): AsyncGenerator<SoundBlock> {
  const ends: ProgramEnd[] = [];
  for (const program of programs) {
    const recording = new Recording(program);
    yield* recording.blocks(signal);
    if (signal.aborted || recording.isComplete) return;
    if (recording.gaveSound) throw hasStopped("microphone", recording.end!);
    ends.push(recording.end!);
  }
  throw notOpened("microphone", soundSystem(), ends);
}

/** One run of a program. It ends with the iteration, whichever way that ends. */
class Recording {
  readonly #program: SoundProgram;
  gaveSound = false;
  end: ProgramEnd | undefined;

  constructor(program: SoundProgram) {
    this.#program = program;
  }

  /** True if a file has ended. A device never ends of itself. */
  get isComplete(): boolean {
    const end = this.end?.end;
    return this.#program.file === true && end?.type === "ended" && end.code === 0;
  }

  async *blocks(signal: AbortSignal): AsyncGenerator<SoundBlock> {
    const { program, args } = this.#program;
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal]);
    const process = startMedia(program, args, { stdin: "null", stdout: "piped" }, both);
    let isOver = false;
    try {
      for await (const block of blocksOf(process.output)) {
        if (signal.aborted) return;
        this.gaveSound = true;
        yield block;
      }
      isOver = true;
    } finally {
      if (!isOver) stop.abort();
      this.end = { program, end: await process.ended };
    }
  }
}
