/** The microphones of this machine, as the programs list them. */

import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { type MediaProgram, startMedia } from "../platform/media_program.ts";
import { type SoundSystem, soundSystem } from "./sound_programs.ts";

export interface MicrophoneEntry {
  /** What chooses it: `confab call --microphone ID`. */
  readonly id: string;
  /** For people. */
  readonly name: string;
}

interface Listing {
  readonly program: MediaProgram;
  readonly args: readonly string[];
  readonly read: (text: string) => MicrophoneEntry[];
}

const LISTINGS: Readonly<Record<SoundSystem, readonly Listing[]>> = {
  linux: [
    { program: "ffmpeg", args: ["-hide_banner", "-nostdin", "-sources", "pulse"], read: readPulseSources },
    { program: "arecord", args: ["-l"], read: readAlsaCards },
  ],
  darwin: [{
    program: "ffmpeg",
    args: ["-hide_banner", "-nostdin", "-f", "avfoundation", "-list_devices", "true", "-i", ""],
    read: readAvFoundation,
  }],
  windows: [{
    program: "ffmpeg",
    args: ["-hide_banner", "-nostdin", "-list_devices", "true", "-f", "dshow", "-i", "dummy"],
    read: readDirectShow,
  }],
};
/** A program that lists devices ends by itself. */
const MAX_LIST_MS = 5_000;
const MAX_ENTRIES = 50;

/** Returns all microphones that the installed programs know; none if none is installed. */
export async function listMicrophones(system = soundSystem()): Promise<MicrophoneEntry[]> {
  const lists = await Promise.all(
    LISTINGS[system].map(async ({ program, args, read }) => read(await textOf(program, args))),
  );
  return lists.flat().slice(0, MAX_ENTRIES);
}

/** What the program writes, to standard output first. Empty if it cannot start. */
async function textOf(program: MediaProgram, args: readonly string[]): Promise<string> {
  const signal = AbortSignal.timeout(MAX_LIST_MS);
  const { output, ended } = startMedia(program, args, { stdin: "null", stdout: "piped" }, signal);
  const text = await new Response(output).text();
  const end = await ended;
  return end.type === "ended" ? `${text}\n${end.complaint}` : "";
}

/** Lines such as `* alsa_input.pci-0000_00_1f.3.analog-stereo [Built-in Audio Analog Stereo] (none)`; monitors record what is played. */
export function readPulseSources(text: string): MicrophoneEntry[] {
  return entriesOf(text, /^\*? +(\S+) \[(.*)\](?: \(.*\))?$/gm).filter(({ id }) => !id.endsWith(".monitor"));
}

/** Lines such as `card 1: Device [USB Audio Device], device 0: USB Audio [USB Audio]`. */
export function readAlsaCards(text: string): MicrophoneEntry[] {
  const lines = text.matchAll(/^card \d+: (\S+) \[(.*?)\], device (\d+): .*?\[(.*)\]$/gm);
  return [...lines].map(([, card, name, device, kind]) => entry(`plughw:${card},${device}`, `${name}, ${kind}`));
}

/** The lines after `AVFoundation audio devices:`, such as `[AVFoundation indev @ 0x7f] [0] MacBook Pro Microphone`. */
export function readAvFoundation(text: string): MicrophoneEntry[] {
  const [, audio = ""] = text.split("AVFoundation audio devices:");
  return [...audio.matchAll(/^\[AVFoundation .*?\] \[\d+\] (.+)$/gm)].map(([, name]) => entry(name!, name!));
}

/** Lines such as `"Microphone (Realtek Audio)" (audio)`, and before version 5 those after `DirectShow audio devices`. */
export function readDirectShow(text: string): MicrophoneEntry[] {
  const tagged = [...text.matchAll(/^\[.*?\]\s+"(.+)" \(audio\)\s*$/gm)];
  const [, audio = ""] = text.split("DirectShow audio devices");
  const listed = [...audio.matchAll(/^\[.*?\]\s+"(.+)"\s*$/gm)].filter(([line]) => !line.includes("Alternative name"));
  return [...tagged, ...listed].map(([, name]) => entry(name!, name!));
}

function entriesOf(text: string, lines: RegExp): MicrophoneEntry[] {
  return [...text.matchAll(lines)].map(([, id, name]) => entry(id!, name!));
}

function entry(id: string, name: string): MicrophoneEntry {
  return { id, name: sanitizeLine(name) };
}
