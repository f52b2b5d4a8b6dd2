import type { CheckedMediaType } from "../../protocol/files/media_types.ts";

/** Extensions of the kinds of media that are opened, the usual one first. */
const EXTENSIONS: Readonly<Record<CheckedMediaType, readonly [string, ...string[]]>> = {
  "image/png": [".png"],
  "image/jpeg": [".jpg", ".jpeg"],
  "image/gif": [".gif"],
  "image/webp": [".webp"],
  "audio/mpeg": [".mp3"],
  "audio/ogg": [".ogg", ".opus", ".oga"],
  "audio/wav": [".wav"],
  "video/mp4": [".mp4", ".m4v"],
  "video/webm": [".webm"],
  "application/pdf": [".pdf"],
};

/**
 * The name with an extension of its kind: systems choose the program by the extension, and `photo.exe` must not be run because
 * its first bytes are those of a picture. Other kinds keep their name.
 */
export function nameForMedia(name: string, media: string): string {
  const extensions = new Map<string, readonly [string, ...string[]]>(Object.entries(EXTENSIONS)).get(media);
  if (extensions === undefined || extensions.some((extension) => name.toLowerCase().endsWith(extension))) return name;
  return name + extensions[0];
}
