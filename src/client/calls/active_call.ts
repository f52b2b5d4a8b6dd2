import type { MediaFrame, VideoForm, VideoPicture } from "../../protocol/calls/media_frame.ts";
import { MEDIA_STATE_MS } from "../../protocol/limits.ts";
import type { CallEvent } from "../../protocol/messages/messages.ts";
import type { Clock } from "../clock.ts";
import type { CallDevices, OpenMediaSocket } from "./call_ports.ts";
import { CallSound } from "./call_sound.ts";
import { CallVideo } from "./call_video.ts";
import { MediaLink } from "./media_link.ts";

export interface ActiveCallOptions {
  readonly devices: CallDevices;
  readonly open: OpenMediaSocket;
  readonly clock: Clock;
  /** Called when a member's state, or the link, has changed. */
  readonly changed: () => void;
  /** Called with each picture of a member by stream, and of one's own camera without one. */
  readonly picture: (stream: number | undefined, picture: VideoPicture) => void;
  /** Called with a sentence when a device has stopped. */
  readonly failed: (text: string) => void;
}

/** What is known of a member in the call, beside their name. */
export interface SeatState {
  /** Whether the camera and the microphone are on; `undefined` until their client has said so. */
  readonly camera: boolean | undefined;
  readonly microphone: boolean | undefined;
  /** From 0 to 1. */
  readonly level: number;
  readonly speaks: boolean;
}

/** The call that this client is in. */
export class ActiveCall {
  readonly id: string;
  readonly #options: ActiveCallOptions;
  readonly #life = new AbortController();
  readonly #began: number;
  readonly #link: MediaLink;
  readonly #video: CallVideo;
  readonly #sound: CallSound;
  /** The others, by stream. */
  readonly #states = new Map<number, { readonly camera: boolean; readonly microphone: boolean }>();
  /** The ids of those in the call, by stream. */
  #members = new Map<number, string>();
  #demand: VideoForm = { width: 0, height: 0, rate: 0 };

  constructor(options: ActiveCallOptions, { call, token }: { readonly call: string; readonly token: string }) {
    const { open, clock, devices, failed, picture } = options;
    this.id = call;
    this.#options = options;
    this.#began = clock.now();
    const link = () => this.#link;
    const time = () => clock.now() - this.#began;
    const stopped = (text: string) => {
      failed(text);
      this.#tellState();
    };
    this.#video = new CallVideo({ camera: devices.camera, link, time, picture, failed: stopped });
    this.#sound = new CallSound({ devices, link, clock, time, failed: stopped });
    const changed = (isUp: boolean) => this.#linked(isUp);
    this.#link = new MediaLink({ call, open, clock, changed, received: (frame) => this.#take(frame) }, token);
    this.#repeatState();
  }

  /** Whether the media connection is up. */
  get isUp(): boolean {
    return this.#link.isUp;
  }

  get own(): SeatState {
    return { camera: this.#video.isOn, microphone: this.#sound.isOn, ...levels(this.#sound.own) };
  }

  /** The state of another member by stream. */
  seat(stream: number): SeatState {
    const state = this.#states.get(stream);
    return { camera: state?.camera, microphone: state?.microphone, ...levels(this.#sound.meter(stream)) };
  }

  /** Takes a new token, after the chat's connection was lost. */
  renew(token: string): void {
    this.#link.renew(token);
  }

  /** Takes who is in the call. */
  update({ members }: CallEvent): void {
    const present = new Map(members.flatMap(({ id, stream }) => stream === undefined ? [] : [[stream, id] as const]));
    for (const [stream, id] of this.#members) if (present.get(stream) !== id) this.#forget(stream);
    this.#members = present;
  }

  /** Throws a `DeviceError` if there is no camera. */
  setCamera(on: boolean): void {
    this.#video.switch(on);
    this.#tellState();
  }

  /** Throws a `DeviceError` if there is no microphone. */
  setMicrophone(on: boolean): void {
    this.#sound.switch(on);
    this.#tellState();
  }

  get pushToTalk(): boolean {
    return this.#sound.pushToTalk;
  }

  set pushToTalk(on: boolean) {
    this.#sound.pushToTalk = on;
  }

  get pressed(): boolean {
    return this.#sound.pressed;
  }

  set pressed(pressed: boolean) {
    this.#sound.pressed = pressed;
  }

  /** Asks the others for pictures of this form: what can be drawn of each. A rate of 0 asks for none. */
  show(form: VideoForm): void {
    const { width, height, rate } = this.#demand;
    if (form.width === width && form.height === height && form.rate === rate) return;
    this.#demand = form;
    for (const stream of this.#states.keys()) this.#ask(stream);
  }

  /** Ends the devices and the link. */
  close(): void {
    this.#life.abort();
    this.#video.switch(false);
    this.#sound.close();
    this.#link.close();
  }

  #linked(isUp: boolean): void {
    this.#states.clear();
    if (isUp) {
      this.#video.reset();
      this.#tellState();
    }
    this.#options.changed();
  }

  #take(frame: MediaFrame): void {
    switch (frame.kind) {
      case "video":
        return this.#video.received(frame);
      case "sound":
        return this.#sound.received(frame);
      case "demand":
        return this.#video.demanded(frame.stream, frame);
      case "state":
        return this.#stated(frame.stream, frame);
      case "got":
        return;
      default:
        return frame satisfies never;
    }
  }

  #stated(stream: number, { camera, microphone }: { readonly camera: boolean; readonly microphone: boolean }): void {
    const before = this.#states.get(stream);
    this.#states.set(stream, { camera, microphone });
    if (before === undefined) {
      // A member who has connected again knows nothing of this one.
      this.#ask(stream);
      this.#tellState();
    } else if (before.camera === camera && before.microphone === microphone) return;
    this.#options.changed();
  }

  #forget(stream: number): void {
    this.#states.delete(stream);
    this.#video.demanded(stream, undefined);
    this.#sound.forget(stream);
  }

  #ask(stream: number): void {
    this.#link.send({ kind: "demand", stream, time: 0, ...this.#demand });
  }

  #tellState(): void {
    this.#link.send({ kind: "state", stream: 0, time: 0, camera: this.#video.isOn, microphone: this.#sound.isOn });
    this.#options.changed();
  }

  /** Says that this client is still there, and what it can draw: a member who has connected again may not know. */
  #repeatState(): void {
    this.#options.clock.after(MEDIA_STATE_MS, () => {
      this.#link.send({ kind: "state", stream: 0, time: 0, camera: this.#video.isOn, microphone: this.#sound.isOn });
      for (const stream of this.#states.keys()) this.#ask(stream);
      this.#repeatState();
    }, this.#life.signal);
  }
}

function levels(meter: { readonly level: number; readonly speaks: boolean } | undefined) {
  return { level: meter?.level ?? 0, speaks: meter?.speaks === true };
}
