/** What the programs of sound complain of, as one sentence for the user with the next step. */

import { DeviceError } from "../../client/calls/call_ports.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { MediaEnd, MediaProgram } from "../platform/media_program.ts";
import type { SoundSystem } from "./sound_programs.ts";

export type SoundDevice = "microphone" | "loudspeaker";

export interface ProgramEnd {
  readonly program: MediaProgram;
  readonly end: MediaEnd;
}

/** How to get a program for sound on each system. */
const INSTALL: Readonly<Record<SoundSystem, string>> = {
  linux: "install alsa-utils, pipewire-bin or ffmpeg",
  darwin: "install ffmpeg, such as with: brew install ffmpeg",
  windows: "install ffmpeg, such as with: winget install ffmpeg",
};

const PRIVACY: Readonly<Record<SoundSystem, string>> = {
  linux: "add yourself to the group audio",
  darwin: "allow your terminal to use it in System Settings, Privacy & Security, Microphone",
  windows: "allow desktop apps to use it in Settings, Privacy & security, Microphone",
};

const ACTIVITY: Readonly<Record<SoundDevice, string>> = { microphone: "records", loudspeaker: "plays" };
const MAX_REASON_CHARS = 160;

const DENIED = /permission denied|operation not permitted|access is denied|not authorized/i;
const BUSY = /resource busy|in use|device or resource busy|cannot be opened/i;
const ABSENT = new RegExp(
  [
    "no such (?:file|device|entity)|not found|could not find|no soundcards|cannot find card|unknown pcm|host is down",
    "connection refused|no such process|input/output error|cannot open audio device|no available audio device",
    "could not enumerate|can't connect|failed to connect",
  ].join("|"),
  "i",
);

/** The error for a device that no program could open. `ends` has what came of each, in the order of trying. */
export function notOpened(device: SoundDevice, system: SoundSystem, ends: readonly ProgramEnd[]): DeviceError {
  const tried = ends.filter(({ end }) => end.type !== "missing");
  if (tried.some(({ end }) => end.type === "forbidden")) return notAllowed(device, tried[0]!.program);
  const texts = tried.map(({ end }) => end.type === "ended" ? end.complaint : "");
  const says = (pattern: RegExp) => texts.some((text) => pattern.test(text));
  if (tried.length === 0) {
    return new DeviceError(`No program that ${ACTIVITY[device]} sound was found: ${INSTALL[system]}`);
  }
  if (says(DENIED)) return new DeviceError(`The ${device} is not allowed: ${PRIVACY[system]}`);
  if (says(BUSY)) return new DeviceError(`The ${device} is busy: end the other program that uses it`);
  if (says(ABSENT)) return new DeviceError(`No ${device} was found: plug one in, or ${choice(device)}`);
  return new DeviceError(`The ${device} does not start: ${reasonOf(tried.at(-1)!)}`);
}

/** The error for a device that has worked and stopped. */
export function hasStopped(device: SoundDevice, end: ProgramEnd): DeviceError {
  return new DeviceError(`The ${device} has stopped: ${reasonOf(end)}`);
}

function notAllowed(device: SoundDevice, program: MediaProgram): DeviceError {
  return new DeviceError(
    `The ${device} needs the program ${program}, which may not be started here: add --allow-run, or use the executable`,
  );
}

function choice(device: SoundDevice): string {
  return device === "microphone"
    ? "choose one that confab call --devices lists"
    : "check the sound settings of the system";
}

function reasonOf({ program, end }: ProgramEnd): string {
  if (end.type !== "ended") return `${program} is ${end.type}`;
  const lines = end.complaint.split("\n").map((line) => sanitizeLine(line).trim()).filter((line) => line !== "");
  const last = lines.at(-1)?.slice(0, MAX_REASON_CHARS);
  return last === undefined ? `${program} has ended with code ${end.code}` : `${program} says "${last}"`;
}
