/** Which programs record and play sound on each system, best first, and with which arguments. */

import type { MediaProgram } from "../platform/media_program.ts";

/** A program and its arguments. It writes or reads sound as `pcm.ts` has it. */
export interface SoundProgram {
  readonly program: MediaProgram;
  readonly args: readonly string[];
  /** True if it reads the head of a file first. */
  readonly head?: true;
  /** True if it reads a file, which has an end. */
  readonly file?: true;
}

/** The systems that Confab knows; any other one is taken for Linux. */
export type SoundSystem = "linux" | "darwin" | "windows";

export function soundSystem(os: string = Deno.build.os): SoundSystem {
  return os === "darwin" || os === "windows" ? os : "linux";
}

const QUIET = ["-hide_banner", "-nostdin", "-loglevel", "error"];
/** Sound is passed on as it comes. */
const AT_ONCE = ["-fflags", "nobuffer", "-probesize", "32", "-analyzeduration", "0"];
const TO_PIPE = ["-vn", "-ac", "1", "-ar", "48000", "-f", "s16le", "-flush_packets", "1", "pipe:1"];
/** 20 ms of what PulseAudio records, which is of two channels. */
const FRAGMENT = ["-fragment_size", "3840"];
const ALSA = ["-q", "-t", "raw", "-f", "S16_LE", "-r", "48000", "-c", "1", "--period-time=20000"];
const PIPEWIRE = ["--raw", "--rate", "48000", "--channels", "1", "--format", "s16", "--latency", "20ms"];

function ffmpeg(...input: readonly string[]): SoundProgram {
  return { program: "ffmpeg", args: [...QUIET, ...AT_ONCE, ...input, ...TO_PIPE] };
}

/** Returns the programs to try for a microphone. `device`: an id of `listMicrophones`; without one, the system's choice. */
export function recorders(system: SoundSystem, device?: string): SoundProgram[] {
  switch (system) {
    case "linux":
      return device === undefined || !isAlsa(device) ? pulseRecorders(device) : alsaRecorders(device);
    case "darwin":
      return [ffmpeg("-f", "avfoundation", "-i", `:${device ?? "default"}`)];
    case "windows":
      // DirectShow knows no default: without a device, ffmpeg says so.
      return [ffmpeg("-f", "dshow", "-audio_buffer_size", "40", "-i", `audio=${device ?? "default"}`)];
    default:
      return system satisfies never;
  }
}

function isAlsa(device: string): boolean {
  return /^(?:plug)?hw:/.test(device);
}

function alsaRecorders(device: string): SoundProgram[] {
  return [
    { program: "arecord", args: [...ALSA, "-D", device] },
    ffmpeg("-f", "alsa", "-i", device),
  ];
}

/** Only programs that know the named device. Older versions of pw-cat know no `--raw`, and end. */
function pulseRecorders(device: string | undefined): SoundProgram[] {
  const target = device === undefined ? [] : ["--target", device];
  const pulse = ffmpeg("-f", "pulse", ...FRAGMENT, "-i", device ?? "default");
  const pipeWire: SoundProgram = { program: "pw-cat", args: ["--record", ...PIPEWIRE, ...target, "-"] };
  if (device !== undefined) return [pulse, pipeWire];
  return [pipeWire, pulse, { program: "arecord", args: ALSA }, ffmpeg("-f", "alsa", "-i", "default")];
}

/** Reads a file as fast as it would be heard: once, or again and again. */
export function fileRecorder(path: string, again = false): SoundProgram {
  const loop = again ? ["-stream_loop", "-1"] : [];
  // `file:` keeps a name from being an option or an address.
  return { program: "ffmpeg", args: [...QUIET, "-re", ...loop, "-i", `file:${path}`, ...TO_PIPE], file: true };
}

/** Returns the programs to try for a loudspeaker. */
export function players(system: SoundSystem): SoundProgram[] {
  const ffplay: SoundProgram = {
    program: "ffplay",
    args: [
      "-hide_banner",
      "-loglevel",
      "error",
      "-nodisp",
      "-autoexit",
      ...AT_ONCE,
      "-flags",
      "low_delay",
      "-f",
      "wav",
      "-i",
      "pipe:0",
    ],
    head: true,
  };
  if (system !== "linux") return [ffplay];
  return [
    { program: "pw-cat", args: ["--playback", ...PIPEWIRE, "-"] },
    { program: "aplay", args: [...ALSA, "--buffer-time=60000"] },
    ffplay,
  ];
}
