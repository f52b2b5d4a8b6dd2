import { DeviceError } from "../../client/calls/call_ports.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { explain } from "../platform/system_errors.ts";
import { listAttachedDevices } from "./attached_devices.ts";
import type { CameraSource } from "./camera_source.ts";
import type { AttachedDevice } from "./device_parsers.ts";

/** The name of standard input in other programs. */
const STANDARD_INPUT = "-";

/**
 * The source that a word of the command line names: a file, a pipe, the path, number or name of a device, or without a word the
 * first device. Rejects with a `DeviceError` if there is none.
 */
export async function cameraSource(
  word: string | undefined,
  signal: AbortSignal,
  os: string = Deno.build.os,
): Promise<CameraSource> {
  if (word === STANDARD_INPUT) {
    throw new DeviceError("Standard input is for what you type: write the pictures to a named pipe, for --camera PIPE");
  }
  if (word !== undefined && word.startsWith("/dev/")) return { type: "device", id: word, name: word };
  const named = word === undefined ? undefined : await fileSource(word);
  if (named !== undefined) return named;
  const { cameras } = await listAttachedDevices(signal, os);
  const camera = word === undefined ? cameras[0] : findDevice(cameras, word, os);
  if (camera !== undefined) return { type: "device", id: camera.id, name: camera.name };
  if (word === undefined) {
    throw new DeviceError("This machine has no camera: plug one in, or send a file with --camera FILE");
  }
  const shown = JSON.stringify(sanitizeLine(word));
  throw new DeviceError(`No camera and no file is called ${shown}: call --devices lists the cameras`);
}

async function fileSource(path: string): Promise<CameraSource | undefined> {
  try {
    const { isFifo, isDirectory } = await Deno.stat(path);
    if (isDirectory) throw new DeviceError(`${sanitizeLine(path)} is a folder: name a file or a camera`);
    return { type: isFifo ? "stream" : "file", path };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof DeviceError) throw error;
    throw new DeviceError(`Cannot read ${sanitizeLine(path)}: ${explain(error)}`, { cause: error });
  }
}

/** By its id, its number, or a part of its name in any case. */
function findDevice(devices: readonly AttachedDevice[], word: string, os: string): AttachedDevice | undefined {
  const lower = word.toLowerCase();
  const id = os === "linux" && /^\d+$/.test(word) ? `/dev/video${word}` : word;
  return devices.find((device) => device.id === id) ??
    devices.find(({ name }) => name.toLowerCase().includes(lower));
}
