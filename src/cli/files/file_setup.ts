import { systemClock } from "../../client/clock.ts";
import type { OpenFileLink, ScalePicture } from "../../client/files/file_ports.ts";
import type { StraightPorts } from "../../client/direct/straight_ports.ts";
import type { FileSetup } from "../../terminal/files/local_files.ts";
import { DiskFiles } from "./disk_files.ts";
import { sha256Hash } from "./disk_hash.ts";

/** Files of this machine, and links to the server for them. */
export function fileSetup(openLink: OpenFileLink): FileSetup {
  const ports = { local: new DiskFiles(), openLink, makeHash: sha256Hash, scalePicture };
  return { ...ports, straight, clock: systemClock, random: Math.random };
}

/** TLS servers are rarely needed. */
const straight: StraightPorts = {
  listen: async () => await (await import("./direct_listener.ts")).straightPorts.listen(),
  dial: async (...place) => await (await import("./direct_listener.ts")).straightPorts.dial(...place),
};

/** The decoders are loaded with the first picture. */
const scalePicture: ScalePicture = async (...picture) => {
  const pictures = await import("../../pictures/picture_scaler.ts");
  return await pictures.scalePicture(...picture);
};
