/** The microphone and the loudspeaker that the user has chosen. */

import type { Loudspeaker, Microphone, SoundBlock } from "../../client/calls/call_ports.ts";
import type { Clock } from "../../client/clock.ts";
import type { AttachedDevice } from "../camera/device_parsers.ts";
import { openSpeakerFile } from "./file_loudspeaker.ts";
import { knownMicrophones } from "./microphone_list.ts";
import { openLoudspeaker } from "./program_loudspeaker.ts";
import { openMicrophone, openSoundFile } from "./program_microphone.ts";
import { openTestTone } from "./tone_microphone.ts";

/**
 * The microphone that the option names, or without it the system's choice; `undefined` for none. Nothing is opened before its first
 * block.
 */
export function chosenMicrophone(word: string | undefined, clock: Clock): Microphone | undefined {
  switch (word) {
    case "none":
      return undefined;
    case "test":
      return openTestTone(clock);
    case undefined:
      return openMicrophone();
    default:
      return { blocks: (signal) => namedBlocks(word, signal) };
  }
}

/** The system's loudspeaker, or the file that the option names; `undefined` for none. */
export function chosenLoudspeaker(word: string | undefined, clock: Clock): Loudspeaker | undefined {
  if (word === "none") return undefined;
  return word === undefined ? openLoudspeaker(clock) : openSpeakerFile(word, clock);
}

async function* namedBlocks(word: string, signal: AbortSignal): AsyncGenerator<SoundBlock> {
  if (await isFile(word)) return yield* openSoundFile(word, { again: true }).blocks(signal);
  const device = findMicrophone(await knownMicrophones(signal), word);
  yield* openMicrophone(device?.id ?? word).blocks(signal);
}

/** By its id, or a part of its name in any case. */
export function findMicrophone(list: readonly AttachedDevice[], word: string): AttachedDevice | undefined {
  const lower = word.toLowerCase();
  return list.find(({ id }) => id === word) ?? list.find(({ name }) => name.toLowerCase().includes(lower));
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}
