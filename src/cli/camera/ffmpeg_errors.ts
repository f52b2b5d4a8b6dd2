/** Complaints of ffmpeg, each as one sentence with the next step. Pure. */

import { DeviceError } from "../../client/calls/call_ports.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { SHELL } from "../platform/text_editor.ts";
import { type CameraSource, sourceName } from "./camera_source.ts";

const INSTALL: Readonly<Record<string, string>> = {
  darwin: "brew install ffmpeg",
  windows: "winget install ffmpeg",
  linux: "sudo apt install ffmpeg, or as your system installs programs",
};

/** ffmpeg is not installed, or Deno may not start it. */
export function notStartedError(type: "missing" | "forbidden", os: string = Deno.build.os): DeviceError {
  if (type === "missing") {
    return new DeviceError(`ffmpeg reads cameras, and it is not installed: ${INSTALL[os] ?? INSTALL["linux"]}`);
  }
  return new DeviceError(`Cannot start ffmpeg: run Deno with --allow-run=${os === "windows" ? "ffmpeg.exe" : SHELL}`);
}

interface Complaint {
  readonly pattern: RegExp;
  readonly sentence: (what: string, os: string) => string;
}

const LIST = "call --devices lists the cameras";

/** The first one that matches counts. ffmpeg's words, and those of the systems. */
const COMPLAINTS: readonly Complaint[] = [
  {
    // Before the others: it may name any error of a device that was there.
    pattern: /VIDIOC_DQBUF/,
    sentence: (what) => `${what} has stopped, as if it was unplugged: plug it in and turn the camera on again`,
  },
  {
    pattern: /resource busy|in use by|already in use|in use by another|Could not run graph/i,
    sentence: (what) => `${what} is in use by another program: close that, or choose another one with --camera`,
  },
  {
    pattern: /Permission denied|Operation not permitted|not authorized|access.*denied/i,
    sentence: (what, os) => `You may not use ${what}: ${PERMISSION[os] ?? PERMISSION["linux"]}`,
  },
  {
    pattern: /Failed to create AV capture input device/i,
    sentence: (what) => `macOS does not give ${what} away: close programs that use it, and ${PERMISSION["darwin"]}`,
  },
  {
    pattern: /No such (device|file)|Video device not found|Could not find video device|Invalid device index/i,
    sentence: (what) => `${what} does not exist: ${LIST}`,
  },
  {
    pattern: /Unknown (input format|encoder|decoder)|Unrecognized option|Option \S* ?not found|No such filter/i,
    sentence: () => "This ffmpeg lacks what a camera needs: install a complete one of version 4.4 or later",
  },
  {
    pattern:
      /Invalid data found|does not contain any stream|matches no streams|could not find codec|moov atom not found/i,
    sentence: (what) => `${what} is no video or picture that ffmpeg can read: choose another one with --camera`,
  },
  {
    pattern: /Inappropriate ioctl|Not a video capture device/i,
    sentence: (what) => `${what} is no camera: ${LIST}`,
  },
];

const PERMISSION: Readonly<Record<string, string>> = {
  darwin: "allow your terminal to use the camera in System Settings, Privacy & Security, Camera",
  windows: "allow desktop apps to use the camera in Settings, Privacy, Camera",
  linux: "let an administrator add you to its group, with: sudo usermod -aG video $USER",
};

/** UTF-16 units of ffmpeg's own words that a sentence shows. */
const MAX_SHOWN_CHARS = 120;

/** Why ffmpeg ended although nobody had told it to. */
export function cameraError(
  source: CameraSource,
  end: { readonly code: number; readonly complaint: string },
  os: string = Deno.build.os,
): DeviceError {
  const what = sourceName(source);
  const known = COMPLAINTS.find(({ pattern }) => pattern.test(end.complaint));
  if (known !== undefined) return new DeviceError(capital(known.sentence(what, os)));
  const last = sanitizeLine(end.complaint.trim().split("\n").at(-1) ?? "").slice(0, MAX_SHOWN_CHARS).toWellFormed();
  const reason = last === "" ? `ffmpeg ended with ${end.code}` : `ffmpeg says: ${last}`;
  return new DeviceError(capital(`${what} gives no more pictures (${reason}): turn the camera on again`));
}

/** A path keeps its case. */
function capital(sentence: string): string {
  return /^the /.test(sentence) ? sentence[0]!.toUpperCase() + sentence.slice(1) : sentence;
}
