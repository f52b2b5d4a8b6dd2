/** Reads the lists of devices that the system and ffmpeg print. Pure. */

import { sanitizeLine } from "../../protocol/text/sanitize.ts";

export interface AttachedDevice {
  /** The word that opens it: a path on Linux, a number on macOS, a name on Windows. */
  readonly id: string;
  /** For people: one line, sanitised. */
  readonly name: string;
}

export interface AttachedDevices {
  readonly cameras: readonly AttachedDevice[];
  /** Empty on Linux: other programs list those. */
  readonly microphones: readonly AttachedDevice[];
}

/** Lines of path, index and name with tabs between. The index is 0 for the entry of a camera that gives pictures. */
export function parseVideo4Linux(text: string): AttachedDevice[] {
  return text.split("\n").flatMap((line) => {
    const [id, index, name] = line.split("\t");
    if (id === undefined || name === undefined || (index !== "0" && index !== "")) return [];
    return [{ id, name: sanitizeLine(name) }];
  }).sort((a, b) => a.id.localeCompare(b.id, "en", { numeric: true }));
}

const AV_HEADING = /^\[AVFoundation [^\]]*\] AVFoundation (video|audio) devices:/;
const AV_DEVICE = /^\[AVFoundation [^\]]*\] \[(\d+)\] (.+)$/;
/** AVFoundation lists screens among cameras. */
const AV_SCREEN = /^Capture screen \d+$/;

/** Parses the output of ffmpeg for `-f avfoundation -list_devices true`, of any version. */
export function parseAvFoundation(text: string): AttachedDevices {
  const list = { video: [] as AttachedDevice[], audio: [] as AttachedDevice[] };
  let kind: keyof typeof list = "video";
  for (const line of text.split(/\r?\n/)) {
    const heading = AV_HEADING.exec(line)?.[1];
    if (heading === "video" || heading === "audio") kind = heading;
    const [, id, name = ""] = AV_DEVICE.exec(line) ?? [];
    if (id !== undefined && !AV_SCREEN.test(name)) list[kind].push({ id, name: sanitizeLine(name) });
  }
  return { cameras: list.video, microphones: list.audio };
}

/** Until version 4 there is a heading for each kind, since 5 the kind is after each name. */
const DSHOW_HEADING = /^\[dshow [^\]]*\] DirectShow (video|audio) devices/;
const DSHOW_DEVICE = /^\[dshow [^\]]*\]\s+"(.+)"(?: \((video|audio|none|video, audio|audio, video)\))?\s*$/;

/** Parses the output of ffmpeg for `-f dshow -list_devices true`, of any version. */
export function parseDirectShow(text: string): AttachedDevices {
  const list = { video: [] as AttachedDevice[], audio: [] as AttachedDevice[] };
  let kind: keyof typeof list = "video";
  for (const line of text.split(/\r?\n/)) {
    const heading = DSHOW_HEADING.exec(line)?.[1];
    if (heading === "video" || heading === "audio") kind = heading;
    const [, id, said] = DSHOW_DEVICE.exec(line) ?? [];
    if (id === undefined) continue;
    // Some virtual cameras do not say their kind.
    const own = said === undefined ? kind : said.startsWith("audio") ? "audio" : "video";
    list[own].push({ id, name: sanitizeLine(id) });
  }
  return { cameras: list.video, microphones: list.audio };
}
