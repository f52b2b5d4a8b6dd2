/** The pictures of a call: one's own camera on the way out, and those of the others on the way in. */

import type { VideoForm, VideoFrame, VideoPicture } from "../../protocol/calls/media_frame.ts";
import { type Camera, DeviceError, isDevice } from "./call_ports.ts";
import { MAX_VIDEOS_PER_SECOND } from "../../protocol/limits.ts";
import type { MediaLink } from "./media_link.ts";
import { VideoPacer } from "./video_pacer.ts";

export interface CallVideoOptions {
  readonly camera: Camera | string | undefined;
  readonly link: () => Pick<MediaLink, "send" | "takesVideo">;
  /** Milliseconds of the call. */
  readonly time: () => number;
  /** Called with each picture, also of one's own camera, which has no stream. */
  readonly picture: (stream: number | undefined, picture: VideoPicture) => void;
  /** Called with a sentence when the camera has stopped, and is off. */
  readonly failed: (text: string) => void;
}

export class CallVideo {
  readonly #options: CallVideoOptions;
  readonly #pacer = new VideoPacer();
  /** By stream: the second of the last picture, and the pictures in it. */
  readonly #counts = new Map<number, { readonly second: number; pictures: number }>();
  #running: AbortController | undefined;
  /** What the camera was asked for. */
  #form: VideoForm | undefined;

  constructor(options: CallVideoOptions) {
    this.#options = options;
  }

  get isOn(): boolean {
    return this.#running !== undefined;
  }

  /** Switches the camera on or off. Throws a `DeviceError` if there is none. */
  switch(on: boolean): void {
    const { camera } = this.#options;
    if (on && !isDevice(camera)) throw new DeviceError(camera ?? "You have chosen no camera");
    if (on === this.isOn) return;
    this.#running?.abort();
    this.#running = on ? new AbortController() : undefined;
    if (this.#running !== undefined) void this.#run(camera as Camera, this.#running);
  }

  /** Another member can draw this, or has left. */
  demanded(stream: number, form: VideoForm | undefined): void {
    this.#pacer.demand(stream, form);
  }

  /** The link is new. */
  reset(): void {
    this.#pacer.reset();
  }

  /** Confirms a picture of another member, and passes it on, unless there are too many to decode them all. */
  received(frame: VideoFrame): void {
    const { stream, time, width, height, jpeg } = frame;
    this.#options.link().send({ kind: "got", stream, time, of: "video" });
    if (this.#count(stream) <= MAX_VIDEOS_PER_SECOND) this.#options.picture(stream, { width, height, jpeg });
  }

  #count(stream: number): number {
    const second = Math.floor(this.#options.time() / 1_000);
    const known = this.#counts.get(stream);
    if (known?.second === second) return ++known.pictures;
    this.#counts.set(stream, { second, pictures: 1 });
    return 1;
  }

  async #run(camera: Camera, running: AbortController): Promise<void> {
    try {
      while (!running.signal.aborted) await this.#film(camera, running.signal);
    } catch (error) {
      if (running.signal.aborted) return;
      this.#running = undefined;
      this.#options.failed(error instanceof DeviceError ? error.message : `The camera has stopped: ${error}`);
    }
  }

  /** Takes pictures until another size is wanted, or the signal is aborted. A lower rate only skips pictures. */
  async #film(camera: Camera, off: AbortSignal): Promise<void> {
    const asked = this.#form = this.#pacer.form;
    const rate = asked.rate === 0 ? 1 : asked.rate;
    const stop = new AbortController();
    const end = () => stop.abort();
    off.addEventListener("abort", end, { once: true });
    try {
      for await (const picture of camera.pictures({ ...asked, rate }, stop.signal)) {
        if (off.aborted) return;
        this.#send(picture);
        if (isOther(this.#pacer.form, asked)) return;
      }
      if (!off.aborted && !isOther(this.#pacer.form, asked)) throw new DeviceError("The camera gives no more pictures");
    } finally {
      stop.abort();
      off.removeEventListener("abort", end);
    }
  }

  #send(picture: VideoPicture): void {
    const { link, time, picture: show } = this.#options;
    show(undefined, picture);
    if (this.#pacer.take(time(), link().takesVideo)) {
      link().send({ kind: "video", stream: 0, time: Math.floor(time()) % 2 ** 32, ...picture });
    }
  }
}

/** Whether the camera must begin anew: for another size, or for a higher rate. */
function isOther(form: VideoForm, asked: VideoForm): boolean {
  return form.rate > 0 && (form.width !== asked.width || form.height !== asked.height || form.rate > asked.rate);
}
