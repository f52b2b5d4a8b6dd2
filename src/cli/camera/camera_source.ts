import { sanitizeLine } from "../../protocol/text/sanitize.ts";

/** The sources of pictures. */
export type CameraSource =
  /** `id` as ffmpeg knows the device on this system. */
  | { readonly type: "device"; readonly id: string; readonly name: string }
  /** A video or a picture, again and again. */
  | { readonly type: "file"; readonly path: string }
  /** A named pipe of JPEG files. */
  | { readonly type: "stream"; readonly path: string };

/** A camera, a file or a pipe, for a sentence. */
export function sourceName(source: CameraSource): string {
  switch (source.type) {
    case "device":
      return `the camera ${sanitizeLine(source.name)}`;
    case "file":
      return sanitizeLine(source.path);
    case "stream":
      return `the pipe ${sanitizeLine(source.path)}`;
    default:
      return source satisfies never;
  }
}
