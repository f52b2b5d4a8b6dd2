import type { VideoForm } from "../../client/calls/call_ports.ts";
import type { CameraSource } from "./camera_source.ts";

/** Scales of quality of ffmpeg's JPEG files, from 2 (best) to 31. The next one is used if pictures are too large. */
export const JPEG_QUALITIES = [6, 12, 24] as const;

/** Neither keys nor questions, one line for each error, and no threads, each of which would hold a picture back. */
const QUIET = ["-hide_banner", "-nostdin", "-loglevel", "error", "-threads", "1"];

/** Bytes that DirectShow keeps of a camera at most; its default complains at once. */
const DSHOW_BUFFER = "64M";

/** The arguments with which ffmpeg writes a source to its standard output, as JPEG files of at most this form. */
export function ffmpegArguments(
  source: CameraSource,
  { width, height, rate }: VideoForm,
  quality: number = JPEG_QUALITIES[0],
  os: string = Deno.build.os,
): string[] {
  const scale = `scale=w=${width}:h=${height}:force_original_aspect_ratio=decrease:force_divisible_by=2`;
  return [
    ...QUIET,
    ...inputOf(source, os),
    ...["-map", "0:v:0", "-vf", `fps=${rate},${scale},format=yuvj420p`],
    ...["-c:v", "mjpeg", "-threads", "1", "-q:v", `${quality}`],
    ...["-flush_packets", "1", "-f", "mjpeg", "pipe:1"],
  ];
}

function inputOf(source: CameraSource, os: string): string[] {
  switch (source.type) {
    case "device":
      return ["-fflags", "nobuffer", ...deviceInput(source.id, os)];
    case "file":
      // At its own speed, without end. `file:` keeps a name from being an address.
      return ["-re", "-stream_loop", "-1", "-i", `file:${source.path}`];
    case "stream": {
      // JPEG files have no time: that of their arrival counts.
      const live = ["-fflags", "nobuffer", "-use_wallclock_as_timestamps", "1"];
      return [...live, "-f", "mjpeg", "-i", `file:${source.path}`];
    }
    default:
      return source satisfies never;
  }
}

/** A size near the largest of calls: many cameras are slow in their own size. Those that do not have it take the nearest. */
const DEVICE_SIZE = "640x480";

function deviceInput(id: string, os: string): string[] {
  switch (os) {
    case "darwin":
      // Most cameras of Macs have 30 pictures a second and nothing else, and ffmpeg's default is 29.97.
      return ["-f", "avfoundation", "-framerate", "30", "-i", `${id}:none`];
    case "windows":
      return ["-f", "dshow", "-rtbufsize", DSHOW_BUFFER, "-i", `video=${id}`];
    default:
      return ["-f", "v4l2", "-video_size", DEVICE_SIZE, "-i", id];
  }
}
