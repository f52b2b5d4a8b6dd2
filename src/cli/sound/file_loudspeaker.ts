/** A file in place of a loudspeaker: it gets what would be heard, as it would be heard. */

import { DeviceError, type Loudspeaker } from "../../client/calls/call_ports.ts";
import type { Clock } from "../../client/clock.ts";
import { explain } from "../platform/system_errors.ts";
import { BlockPacer } from "./block_pacer.ts";
import { encodePcm, waveHead } from "./pcm.ts";

/** Returns a loudspeaker that writes a WAV file. It replaces a file of that name. */
export function openSpeakerFile(path: string, clock: Clock): Loudspeaker {
  return {
    async play(next, signal) {
      using file = await create(path);
      const pacer = new BlockPacer(clock, 0);
      let blocks = 0;
      await write(file, path, waveHead());
      for (await pacer.next(signal); !signal.aborted; await pacer.next(signal), blocks++) {
        await write(file, path, encodePcm(next()));
      }
      await file.seek(0, Deno.SeekMode.Start);
      await write(file, path, waveHead(blocks));
    },
  };
}

async function create(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { write: true, create: true, truncate: true });
  } catch (error) {
    throw new DeviceError(`Cannot write the sound to ${path}: ${explain(error, path)}`, { cause: error });
  }
}

async function write(file: Deno.FsFile, path: string, bytes: Uint8Array): Promise<void> {
  try {
    for (let left = bytes; left.length > 0; left = left.subarray(await file.write(left)));
  } catch (error) {
    throw new DeviceError(`Cannot write the sound to ${path}: ${explain(error, path)}`, { cause: error });
  }
}
