/** The microphones of this machine, as the programs list them. */

import { DeviceError } from "../../client/calls/call_ports.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { listAttachedDevices } from "../camera/attached_devices.ts";
import type { AttachedDevice } from "../camera/device_parsers.ts";
import { type MediaProgram, startMedia } from "../platform/media_program.ts";
import { type SoundSystem, soundSystem } from "./sound_programs.ts";

interface Listing {
  readonly program: MediaProgram;
  readonly args: readonly string[];
  readonly read: (text: string) => AttachedDevice[];
}

const LINUX_LISTINGS: readonly Listing[] = [
  { program: "ffmpeg", args: ["-hide_banner", "-nostdin", "-sources", "pulse"], read: readPulseSources },
  { program: "arecord", args: ["-l"], read: readAlsaCards },
];
const MAX_ENTRIES = 50;

/**
 * Returns all microphones that the programs know. On Linux these are none if no program is installed; on other systems it
 * rejects with a `DeviceError` then.
 */
export async function listMicrophones(
  signal: AbortSignal,
  system: SoundSystem = soundSystem(),
): Promise<readonly AttachedDevice[]> {
  if (system !== "linux") return (await listAttachedDevices(signal, system)).microphones;
  const lists = LINUX_LISTINGS.map(async ({ program, args, read }) => read(await textOf(program, args, signal)));
  return (await Promise.all(lists)).flat().slice(0, MAX_ENTRIES);
}

/** As `listMicrophones`, but none if the list cannot be had: the program that records will say why. */
export async function knownMicrophones(signal: AbortSignal): Promise<readonly AttachedDevice[]> {
  try {
    return await listMicrophones(signal);
  } catch (error) {
    if (error instanceof DeviceError) return [];
    throw error;
  }
}

/** What the program writes, to standard output first. Empty if it cannot start. */
async function textOf(program: MediaProgram, args: readonly string[], signal: AbortSignal): Promise<string> {
  const { output, ended } = startMedia(program, args, { stdin: "null", stdout: "piped" }, signal);
  const text = await new Response(output).text();
  const end = await ended;
  return end.type === "ended" ? `${text}\n${end.complaint}` : "";
}

/**
 * Reads lines such as `* alsa_input.pci-0000_00_1f.3.analog-stereo [Built-in Audio Analog Stereo] (none)`, without monitors,
 * which record what is played.
 */
export function readPulseSources(text: string): AttachedDevice[] {
  const lines = text.matchAll(/^\*? +(\S+) \[(.*)\](?: \(.*\))?$/gm);
  return [...lines].map(([, id, name]) => named(id!, name!)).filter(({ id }) => !id.endsWith(".monitor"));
}

/** Reads lines such as `card 1: Device [USB Audio Device], device 0: USB Audio [USB Audio]`. */
export function readAlsaCards(text: string): AttachedDevice[] {
  const lines = text.matchAll(/^card \d+: (\S+) \[(.*?)\], device (\d+): .*?\[(.*)\]$/gm);
  return [...lines].map(([, card, name, device, kind]) => named(`plughw:${card},${device}`, `${name}, ${kind}`));
}

function named(id: string, name: string): AttachedDevice {
  return { id, name: sanitizeLine(name) };
}
