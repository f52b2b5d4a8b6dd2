/** The ports of calls in the terminal. */

import type { CallDevices, OpenMediaSocket, VideoPicture } from "../../client/calls/call_ports.ts";
import type { Clock } from "../../client/clock.ts";
import type { PixelPicture } from "../pictures/color_codes.ts";

/** A size in pixels. */
export interface PixelBox {
  readonly width: number;
  readonly height: number;
}

/** Decodes the pictures of one member, which may be hostile. Disposing ends it. */
export interface PictureStream extends Disposable {
  /**
   * Makes a picture as large as the box, in its own shape. `undefined` if a newer one came before its turn. Rejects with an Error
   * for a picture that cannot be shown.
   */
  decode(picture: VideoPicture, box: PixelBox): Promise<PixelPicture | undefined>;
}

export interface CallSetup {
  readonly devices: CallDevices;
  readonly open: OpenMediaSocket;
  readonly openStream: () => PictureStream;
  readonly clock: Clock;
}
