import type { StateFrame } from "../../protocol/calls/media_frame.ts";
import type { MediaChunk } from "../../protocol/calls/media_outbox.ts";
import type { MediaQuota } from "./media_quota.ts";

/** The connection of a member in a call. */
export interface MediaReceiver {
  /** Takes a picture or a packet of another member. */
  deliver(chunk: MediaChunk): void;
  /** Sends a small frame: a state, or a demand. */
  control(bytes: Uint8Array): void;
  /** Another member has left, or has connected again. */
  forget(stream: number): void;
  /** Ends the connection, because its member has left the call or has connected again. */
  dismiss(reason: string): void;
}

/** A member's place in a call. The bytes of frames get the member's stream, and belong to the seat from then on. */
export interface MediaSeat {
  readonly call: string;
  readonly memberId: string;
  readonly stream: number;
  /** The quota of the member, on all connections one after the other. */
  readonly quota: MediaQuota;
  /** Passes a picture or a packet on to all others, on this server and on others. */
  readonly spread: (kind: MediaChunk["kind"], time: number, bytes: Uint8Array<ArrayBuffer>) => void;
  /** Passes the member's state on to all others, and notes it for those who come later. */
  readonly tell: (state: Pick<StateFrame, "camera" | "microphone">, bytes: Uint8Array<ArrayBuffer>) => void;
  /** Passes a demand on to the member with this stream. */
  readonly demand: (to: number, bytes: Uint8Array<ArrayBuffer>) => void;
  /** The last states of the others. */
  readonly states: () => Iterable<Omit<StateFrame, "kind" | "time">>;
  /** Frees the seat, unless another connection has it by now. */
  readonly leave: () => void;
}
