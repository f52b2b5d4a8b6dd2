/** The cameras of this machine, and on macOS and Windows its microphones: ffmpeg lists those together. */

import { DeviceError } from "../../client/calls/call_ports.ts";
import { startMedia } from "../platform/media_program.ts";
import { SHELL } from "../platform/text_editor.ts";
import {
  type AttachedDevice,
  type AttachedDevices,
  parseAvFoundation,
  parseDirectShow,
  parseVideo4Linux,
} from "./device_parsers.ts";
import { notStartedError } from "./ffmpeg_errors.ts";

/** How Linux describes its cameras. */
const DESCRIPTIONS = "/sys/class/video4linux";

/**
 * Prints path, index and name of each. A camera has several entries: the first one gives pictures, the others data about them. It
 * is a script because Deno reads nothing in that folder without all rights.
 */
const SCRIPT = `for folder in "$1"/video*; do
  [ -r "$folder/name" ] || continue
  printf '/dev/%s\\t%s\\t%s\\n' "\${folder##*/}" "$(cat "$folder/index" 2>/dev/null)" "$(cat "$folder/name")"
done`;

/** Rejects with a `DeviceError` if ffmpeg is needed and does not start. */
export async function listAttachedDevices(signal: AbortSignal, os: string = Deno.build.os): Promise<AttachedDevices> {
  switch (os) {
    case "darwin":
      return parseAvFoundation(await ffmpegList(["-f", "avfoundation", "-list_devices", "true", "-i", ""], signal));
    case "windows":
      return parseDirectShow(await ffmpegList(["-f", "dshow", "-list_devices", "true", "-i", "dummy"], signal));
    default:
      return { cameras: await linuxCameras(), microphones: [] };
  }
}

/** `folder` is for tests. */
export async function linuxCameras(folder = DESCRIPTIONS): Promise<readonly AttachedDevice[]> {
  if (Deno.permissions.querySync({ name: "run", command: SHELL }).state !== "granted") {
    throw new DeviceError(`Cannot look for cameras: run Deno with --allow-run=${SHELL}`);
  }
  const streams = { stdin: "null", stdout: "piped", stderr: "null" } as const;
  const { stdout } = await new Deno.Command(SHELL, { args: ["-c", SCRIPT, "sh", folder], ...streams }).output();
  return parseVideo4Linux(new TextDecoder().decode(stdout));
}

/** ffmpeg lists devices among its complaints, and then fails. */
async function ffmpegList(args: readonly string[], signal: AbortSignal): Promise<string> {
  const all = ["-hide_banner", "-nostdin", ...args];
  const end = await startMedia("ffmpeg", all, { stdin: "null", stdout: "null" }, signal).ended;
  if (end.type !== "ended") throw notStartedError(end.type);
  return end.complaint;
}
