/**
 * The microphone and the loudspeaker of the terminal: programs of the system, which record and play samples by a pipe. It may
 * not know the call, Opus or the screen.
 *
 * Start with `sound_programs.ts`: which programs those are. `program_microphone.ts` and `program_loudspeaker.ts` run them, and
 * `device_errors.ts` says what is wrong. `tone_microphone.ts` and `file_loudspeaker.ts` need no device. `sound_choice.ts` chooses among all
 * of them by the options.
 *
 * @module
 */

export { openSpeakerFile } from "./file_loudspeaker.ts";
export { listMicrophones } from "./microphone_list.ts";
export { openLoudspeaker } from "./program_loudspeaker.ts";
export { openMicrophone, openSoundFile } from "./program_microphone.ts";
export { chosenLoudspeaker, chosenMicrophone } from "./sound_choice.ts";
export { openTestTone } from "./tone_microphone.ts";
