/** A media socket over a byte link, for clients that are no browser. */

import { openMessageSocket } from "../../framing/websocket/message_socket.ts";
import { MEDIA_PATH } from "../../protocol/calls/media_handshake.ts";
import { MAX_LINE_BYTES, MAX_MEDIA_QUEUED_BYTES } from "../../protocol/limits.ts";
import type { OpenFileLink } from "../files/file_ports.ts";
import type { MediaSocket } from "./call_ports.ts";

/** Fills bytes with random ones. */
type Random = (bytes: Uint8Array<ArrayBuffer>) => void;

/** Opens a link and makes it a WebSocket. Rejects with an Error if the server refuses. */
export async function openRawMediaSocket(
  openLink: OpenFileLink,
  random: Random,
  signal: AbortSignal,
): Promise<MediaSocket> {
  const link = await openLink(signal);
  const close = () => link.close();
  signal.addEventListener("abort", close, { once: true });
  try {
    const socket = await openMessageSocket(link, {
      ...{ path: MEDIA_PATH, hasOrigin: true, random },
      ...{ maxMessageBytes: MAX_LINE_BYTES, maxPongQueueBytes: MAX_MEDIA_QUEUED_BYTES },
    });
    signal.throwIfAborted();
    return socket;
  } catch (error) {
    link.close();
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
}
