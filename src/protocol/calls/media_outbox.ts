import { isLater } from "./media_frame.ts";
import {
  LATE_SOUND_MS,
  MAX_SOUND_IN_FLIGHT_MS,
  MAX_SOUND_WAITING_MS,
  MAX_VIDEOS_IN_FLIGHT,
  SOUND_PACKET_MS,
} from "../limits.ts";

/** A frame as it is written. All receivers share its bytes. */
export interface MediaChunk {
  readonly kind: "video" | "sound";
  readonly stream: number;
  readonly time: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** How much of a kind may be on its way, and how much may wait, in frames of one stream. */
const BOUNDS = {
  video: { flying: MAX_VIDEOS_IN_FLIGHT, waiting: 1 },
  sound: { flying: MAX_SOUND_IN_FLIGHT_MS / SOUND_PACKET_MS, waiting: MAX_SOUND_WAITING_MS / SOUND_PACKET_MS },
};

/** Unconfirmed packets of one stream for which pictures wait. */
const LATE_SOUND_PACKETS = LATE_SOUND_MS / SOUND_PACKET_MS;

/**
 * What the other end of a media connection has not taken yet. The system buffers megabytes of a link that is slow, so the receiver confirms
 * what it has taken, and only a little more is written. Of what waits, the newest stays: one picture, and 200 ms of sound. Sound
 * goes before pictures: while much of it is on its way, no picture is written.
 */
export class MediaOutbox {
  readonly #write: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly #lanes = new Map<string, Lane>();
  #dropped = 0;

  constructor(write: (bytes: Uint8Array<ArrayBuffer>) => void) {
    this.#write = write;
  }

  /** Whether a picture of the stream can be written at once. */
  takesVideo(stream: number): boolean {
    return !this.#soundIsLate && (this.#lanes.get(`video ${stream}`)?.flying.length ?? 0) < BOUNDS.video.flying;
  }

  /** Frames that were dropped because the receiver was too slow. */
  get dropped(): number {
    return this.#dropped;
  }

  add(chunk: MediaChunk): void {
    const lane = this.#lane(chunk.kind, chunk.stream);
    lane.waiting.push(chunk);
    this.#advance(chunk.kind, lane);
    while (lane.waiting.length > BOUNDS[chunk.kind].waiting) {
      lane.waiting.shift();
      this.#dropped++;
    }
  }

  /** The receiver has taken all frames of the kind and stream up to this time. */
  confirm(kind: MediaChunk["kind"], stream: number, time: number): void {
    const lane = this.#lanes.get(`${kind} ${stream}`);
    if (lane === undefined) return;
    lane.flying = lane.flying.filter((each) => isLater(each, time));
    this.#advance(kind, lane);
    if (kind === "video") return;
    for (const each of this.#lanes.values()) if (each.kind === "video") this.#advance("video", each);
  }

  /** Whether so much sound is on its way that pictures must wait for it. */
  get #soundIsLate(): boolean {
    for (const { kind, flying } of this.#lanes.values()) {
      if (kind === "sound" && flying.length >= LATE_SOUND_PACKETS) return true;
    }
    return false;
  }

  /** Forgets a stream: its member has left, or has connected again. */
  forget(stream: number): void {
    for (const kind of ["video", "sound"]) this.#lanes.delete(`${kind} ${stream}`);
  }

  #lane(kind: MediaChunk["kind"], stream: number): Lane {
    const key = `${kind} ${stream}`;
    const lane = this.#lanes.get(key) ?? { kind, flying: [], waiting: [] };
    this.#lanes.set(key, lane);
    return lane;
  }

  #advance(kind: MediaChunk["kind"], lane: Lane): void {
    while (lane.waiting.length > 0 && lane.flying.length < BOUNDS[kind].flying) {
      if (kind === "video" && this.#soundIsLate) return;
      const { time, bytes } = lane.waiting.shift()!;
      lane.flying.push(time);
      this.#write(bytes);
    }
  }
}

/** The frames of one kind and stream. */
interface Lane {
  readonly kind: MediaChunk["kind"];
  /** The times of those that were written and are not confirmed, oldest first. */
  flying: number[];
  readonly waiting: MediaChunk[];
}
