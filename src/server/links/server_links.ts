/** The port of the links to the other servers of a cluster. A server is named by its incarnation, a number that is never used again. */

import type { SessionId } from "../../core/effect.ts";
import type { BlobInfo } from "../../files/file_store.ts";
import type { TypingEvent } from "../../protocol/messages/messages.ts";

/** Path of the WebSocket that links two servers of one cluster. */
export const CLUSTER_PATH = "/cluster";

/** Whole binary messages to the other end, in order. */
export interface FrameChannel {
  /** IP address of the other end, without a port; absent if it has none. */
  readonly address?: string | undefined;
  /** Resolves when the system has taken the frame, or when the channel is lost. One call at a time. */
  send(frame: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Ends the channel. Never throws; a second call does nothing. */
  close(): void;
}

/** Takes what arrives on a channel. */
export interface FrameSink {
  /** Takes one frame. Resolves when the next one may be read: this is the backpressure. One call at a time. Never rejects. */
  take(frame: Uint8Array<ArrayBuffer>): Promise<void>;
  /** The channel is closed or lost. A second call does nothing. */
  ended(): void;
}

/** A note of one server to another about a call, so that the members of both see and hear each other. */
export type CallNote =
  /** A picture, sound or a state of the member with the stream that the frame names, for all members who are there. */
  | { readonly type: "media"; readonly call: string; readonly bytes: Uint8Array<ArrayBuffer> }
  /** A frame for the member with the stream `to` only. */
  | { readonly type: "demand"; readonly call: string; readonly to: number; readonly bytes: Uint8Array<ArrayBuffer> }
  /** Pictures or sound of the stream up to this time have arrived. */
  | {
    readonly type: "got";
    readonly call: string;
    readonly of: "video" | "sound";
    readonly stream: number;
    readonly time: number;
  }
  /** The media connection of the stream has begun or ended. After `entered` the other server tells the states of its own members. */
  | { readonly type: "entered" | "left"; readonly call: string; readonly stream: number };

/** A message without an answer. It may be lost. Sessions are the receiver's own. */
export type LinkNote =
  | { readonly type: "signal"; readonly sessions: readonly SessionId[]; readonly event: TypingEvent }
  | CallNote;

/** The outcome of fetching a blob. `unreachable`: a server that may have it does not answer now. */
export type FetchOutcome = "stored" | "missing" | "unreachable";

/** The copies of blobs on the other servers. */
export interface DistantBlobs {
  /** Fetches the blob into this server's store. `size` is that of its message. Rejects with the errors of the store. */
  fetch(sha256: string, size: number): Promise<FetchOutcome>;
  /** Asks one other server for a copy. Resolves when it is stored there, with false if no server has taken it. Never rejects. */
  copy(blob: Pick<BlobInfo, "sha256" | "size">): Promise<boolean>;
}

export interface ServerLinks {
  /**
   * Takes over a channel that another end has opened. `proven` is called when that end has proved to be a server of the cluster.
   * `undefined` if there are too many already: the caller ends the channel.
   */
  accept(channel: FrameChannel, proven: () => void): FrameSink | undefined;
  /** Sends a note to that server; false if it was dropped, because there is no link or too much waits. */
  send(server: number, note: LinkNote): boolean;
  /** Says who takes the notes of others from now on. `lost` is called when a link has ended: what was on its way is lost. */
  attach(receiver: NoteReceiver): void;
  readonly blobs: DistantBlobs;
}

export interface NoteReceiver {
  take(server: number, note: LinkNote): void;
  lost(server: number): void;
}
