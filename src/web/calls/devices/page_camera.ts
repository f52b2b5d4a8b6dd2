/** The camera of the browser, as pictures for a call. */

import { type Camera, DeviceError } from "../../../client/calls/call_ports.ts";
import type { VideoForm, VideoPicture } from "../../../protocol/calls/media_frame.ts";
import { MAX_VIDEO_HEIGHT, MAX_VIDEO_WIDTH } from "../../../protocol/limits.ts";
import { deviceStopped } from "./device_faults.ts";
import { openDevice } from "./device_opener.ts";
import { PictureEncoder } from "./picture_encoder.ts";

/** A camera that is asked for pictures of another form stays on meanwhile. */
const LINGER_MS = 500;

export class PageCamera implements Camera {
  /** Shows what the camera sees, while it is on. */
  readonly preview = document.createElement("video");
  #track: Promise<MediaStreamTrack> | undefined;
  #users = 0;
  #closing: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    Object.assign(this.preview, { muted: true, playsInline: true });
  }

  async *pictures(form: VideoForm, signal: AbortSignal): AsyncGenerator<VideoPicture> {
    this.#users++;
    clearTimeout(this.#closing);
    try {
      const track = await (this.#track ??= this.#open());
      const encoder = new PictureEncoder();
      for (let due = performance.now(); !signal.aborted; due = Math.max(due + 1_000 / form.rate, performance.now())) {
        await waitUntil(due, track, signal);
        if (signal.aborted) return;
        if (track.readyState === "ended") throw new DeviceError(deviceStopped("camera"));
        const picture = await encoder.encode(this.preview, form);
        if (picture !== undefined && !signal.aborted) yield picture;
      }
    } catch (error) {
      this.#close();
      throw error;
    } finally {
      if (--this.#users === 0) this.#closing = setTimeout(() => this.#close(), LINGER_MS);
    }
  }

  async #open(): Promise<MediaStreamTrack> {
    const track = await openDevice("camera", {
      width: { ideal: MAX_VIDEO_WIDTH },
      height: { ideal: MAX_VIDEO_HEIGHT },
      facingMode: "user",
    });
    this.preview.srcObject = new MediaStream([track]);
    // It rejects if the camera is closed before its first picture.
    await this.preview.play().catch(() => {});
    return track;
  }

  #close(): void {
    clearTimeout(this.#closing);
    const track = this.#track;
    this.#track = undefined;
    this.preview.srcObject = null;
    void track?.then((open) => open.stop(), () => {});
  }
}

/** Resolves at that time of `performance.now`, or when the track or the signal ends. */
function waitUntil(due: number, track: MediaStreamTrack, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, due - performance.now());
  const ended = () => resolve();
  signal.addEventListener("abort", ended);
  track.addEventListener("ended", ended);
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", ended);
    track.removeEventListener("ended", ended);
  });
}
