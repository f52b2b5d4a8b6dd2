import type { CallSeat } from "../../client/calls/client_calls.ts";
import type { VideoPicture } from "../../client/calls/call_ports.ts";
import type { PixelPicture } from "../pictures/color_codes.ts";
import type { VideoTile } from "../video/video_screen.ts";
import type { CallSetup, PictureStream, PixelBox } from "./call_setup.ts";

export interface CallPicturesOptions {
  readonly openStream: CallSetup["openStream"];
  /** The largest size of a picture; `undefined` while none are shown. */
  readonly box: () => PixelBox | undefined;
  /** Called when there is a new picture. */
  readonly changed: () => void;
}

interface MemberPictures {
  readonly stream: PictureStream;
  picture?: PixelPicture | undefined;
}

/** The newest picture of each member of the call, decoded in the size in which it is drawn. */
export class CallPictures {
  readonly #options: CallPicturesOptions;
  readonly #members = new Map<string, MemberPictures>();

  constructor(options: CallPicturesOptions) {
    this.#options = options;
  }

  /** Takes a picture. One that cannot be shown leaves the one before. */
  take(memberId: string, picture: VideoPicture): void {
    const box = this.#options.box();
    if (box === undefined) return;
    const known = this.#members.get(memberId) ?? { stream: this.#options.openStream() };
    this.#members.set(memberId, known);
    known.stream.decode(picture, box).then((decoded) => {
      if (decoded === undefined || this.#members.get(memberId) !== known) return;
      known.picture = decoded;
      this.#options.changed();
    }, () => {});
  }

  /** A tile for each member: the others first. */
  tiles(seats: readonly CallSeat[]): VideoTile[] {
    return seats.toSorted((one, other) => Number(one.isOwn) - Number(other.isOwn)).map((seat) => {
      const note = noteOf(seat);
      const picture = seat.camera === false ? undefined : this.#members.get(seat.id)?.picture;
      return {
        name: seat.isOwn ? `${seat.name}, you` : seat.name,
        speaks: seat.speaks,
        ...note === "" ? {} : { note },
        ...picture === undefined ? {} : { picture },
      };
    });
  }

  /** Forgets members who are not in the call any more. */
  keep(seats: readonly CallSeat[]): void {
    const ids = new Set(seats.map(({ id }) => id));
    for (const [id, { stream }] of this.#members) {
      if (ids.has(id)) continue;
      stream[Symbol.dispose]();
      this.#members.delete(id);
    }
  }
}

/** A remark about a member, such as `muted, no camera`; empty without one. */
export function noteOf({ state, camera, microphone }: CallSeat): string {
  if (state === "called") return "called";
  const notes = [microphone === false ? "muted" : "", camera === false ? "no camera" : ""];
  return notes.filter((note) => note !== "").join(", ");
}
