/** Opens cameras and microphones of the browser. */

import { DeviceError } from "../../../client/calls/call_ports.ts";
import { deviceFault, type DeviceKind, NEEDS_HTTPS } from "./device_faults.ts";

/** Asks the browser, which may ask the user. Throws a `DeviceError`. The caller stops the tracks. */
export async function openDevice(kind: DeviceKind, constraints: MediaTrackConstraints): Promise<MediaStreamTrack> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) throw new DeviceError(NEEDS_HTTPS);
  try {
    const stream = await devices.getUserMedia({ [kind === "camera" ? "video" : "audio"]: constraints });
    return stream.getTracks()[0]!;
  } catch (cause) {
    throw new DeviceError(deviceFault(kind, (cause as Error).name), { cause });
  }
}
