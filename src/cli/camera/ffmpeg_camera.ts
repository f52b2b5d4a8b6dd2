import { type Camera, DeviceError, type VideoForm, type VideoPicture } from "../../client/calls/call_ports.ts";
import type { Clock } from "../../client/clock.ts";
import { pictureSize } from "../../protocol/files/picture_size.ts";
import { MAX_VIDEO_BYTES } from "../../protocol/limits.ts";
import { type MediaProcess, startMedia } from "../platform/media_program.ts";
import { type CameraSource, sourceName } from "./camera_source.ts";
import { ffmpegArguments, JPEG_QUALITIES } from "./ffmpeg_args.ts";
import { cameraError, notStartedError } from "./ffmpeg_errors.ts";
import { MjpegReader } from "./mjpeg_reader.ts";
import { NewestItem } from "./newest_item.ts";
import { cameraSource } from "./source_choice.ts";

/** Far more than a picture of a call. */
const MAX_READ_BYTES = 4 * 1024 * 1024;
/** How long a camera may give no picture. The system may ask the user for permission first. */
const SILENT_CAMERA_MS = 30_000;

/** A picture is larger than calls allow, in this quality. */
class LargePicture extends Error {}

/** A camera, a file or a pipe that ffmpeg reads. Only the newest picture waits for a slow reader. */
export class FfmpegCamera implements Camera {
  readonly #word: string | undefined;
  readonly #clock: Clock;

  /** `word`: as `--camera` has it; `undefined` for the first camera. */
  constructor(word: string | undefined, clock: Clock) {
    this.#word = word;
    this.#clock = clock;
  }

  async *pictures(form: VideoForm, signal: AbortSignal): AsyncGenerator<VideoPicture> {
    const source = await cameraSource(this.#word, signal);
    for (const quality of JPEG_QUALITIES) {
      try {
        return yield* this.#read(source, ffmpegArguments(source, form, quality), signal);
      } catch (error) {
        if (!(error instanceof LargePicture)) throw error;
      }
    }
    throw new DeviceError(
      `The pictures of ${sourceName(source)} are too large for a call: choose a calmer one with --camera`,
    );
  }

  async *#read(source: CameraSource, args: string[], signal: AbortSignal): AsyncGenerator<VideoPicture> {
    const over = new AbortController();
    const process = startMedia(
      "ffmpeg",
      args,
      { stdin: "null", stdout: "piped" },
      AbortSignal.any([signal, over.signal]),
    );
    const newest = new NewestItem<VideoPicture>();
    const reading = this.#pump(process, newest, source, over.signal);
    try {
      for (let picture = await newest.take(); picture !== undefined; picture = await newest.take()) {
        // One may still wait when the camera is turned off.
        if (signal.aborted) return;
        yield picture;
      }
      if (signal.aborted) return;
      const end = await process.ended;
      throw end.type === "ended" ? cameraError(source, end) : notStartedError(end.type);
    } finally {
      over.abort();
      await reading;
      await process.ended;
    }
  }

  /** Reads all pictures until the program ends. Never rejects. */
  async #pump({ output }: MediaProcess, newest: NewestItem<VideoPicture>, source: CameraSource, over: AbortSignal) {
    const reader = new MjpegReader(MAX_READ_BYTES);
    const watch = new SilenceWatch(this.#clock, over, () => {
      const seconds = SILENT_CAMERA_MS / 1_000;
      newest.end(
        new DeviceError(`No picture came from ${sourceName(source)} for ${seconds} seconds: turn it on again`),
      );
    });
    try {
      for await (const chunk of output) {
        for (const jpeg of reader.push(chunk)) {
          watch.heard();
          newest.put(checked(jpeg));
        }
      }
      newest.end();
    } catch (error) {
      newest.end(error instanceof Error ? error : new Error(String(error)));
    } finally {
      watch.stop();
    }
  }
}

function checked(jpeg: Uint8Array<ArrayBuffer>): VideoPicture {
  const size = pictureSize(jpeg);
  if (size === undefined) {
    throw new DeviceError("ffmpeg writes no JPEG files: install a complete one of version 4.4 or later");
  }
  if (jpeg.length > MAX_VIDEO_BYTES) throw new LargePicture();
  return { ...size, jpeg };
}

/** Calls back if nothing is heard for a time. */
class SilenceWatch {
  readonly #clock: Clock;
  readonly #over: AbortSignal;
  readonly #silent: () => void;
  #timer = new AbortController();

  constructor(clock: Clock, over: AbortSignal, silent: () => void) {
    this.#clock = clock;
    this.#over = over;
    this.#silent = silent;
    this.heard();
  }

  heard(): void {
    this.#timer.abort();
    this.#timer = new AbortController();
    if (!this.#over.aborted) this.#clock.after(SILENT_CAMERA_MS, this.#silent, this.#timer.signal);
  }

  stop(): void {
    this.#timer.abort();
  }
}
