import type { Effect } from "../../core/effect.ts";
import type { StateFrame } from "../../protocol/calls/media_frame.ts";
import type { MediaHello } from "../../protocol/calls/media_handshake.ts";
import { digest, newToken } from "../turn/ids.ts";
import type { MediaChunk } from "../../protocol/calls/media_outbox.ts";
import { MediaQuota } from "./media_quota.ts";

type Admission = Omit<Extract<Effect, { readonly type: "admit" }>, "type" | "session" | "ref">;

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

/** A member's place in a call. */
export interface MediaSeat {
  readonly call: string;
  readonly memberId: string;
  readonly stream: number;
  /** What the member may send, on all connections one after the other. */
  readonly quota: MediaQuota;
  /** The other members' connections. */
  readonly others: () => Iterable<MediaReceiver>;
  /** The connection of the member with this stream. */
  readonly at: (stream: number) => MediaReceiver | undefined;
  /** The last states of the others. */
  readonly states: () => Iterable<Omit<StateFrame, "kind" | "time">>;
  /** Notes the member's state, for those who come later. */
  readonly note: (state: Pick<StateFrame, "camera" | "microphone">) => void;
  /** Frees the seat, unless another connection has it by now. */
  readonly leave: () => void;
}

interface Place {
  readonly memberId: string;
  readonly stream: number;
  tokenDigest: string;
  quota?: MediaQuota;
  connection?: MediaReceiver | undefined;
  state?: Pick<StateFrame, "camera" | "microphone">;
}

/** Who may connect to which call, and who has. It knows digests of tokens only. A restart ends all calls. */
export class CallRelay {
  readonly #calls = new Map<string, Map<string, Place>>();

  /** Lets the member into the call, and returns their token. An earlier one is void; an earlier connection stays until the next. */
  admit({ call, memberId, stream }: Admission): string {
    const places = this.#calls.get(call) ?? new Map<string, Place>();
    this.#calls.set(call, places);
    const token = newToken();
    const known = places.get(memberId);
    if (known !== undefined) known.tokenDigest = digest(token);
    else places.set(memberId, { memberId, stream, tokenDigest: digest(token) });
    return token;
  }

  /** Ends the member's part in the call. */
  dismiss({ call, memberId }: Pick<Admission, "call" | "memberId">): void {
    const places = this.#calls.get(call);
    const place = places?.get(memberId);
    if (places === undefined || place === undefined) return;
    places.delete(memberId);
    if (places.size === 0) this.#calls.delete(call);
    place.connection?.dismiss("You have left the call");
    this.#forget(places, place.stream);
  }

  /**
   * The seat that the token is for; `undefined` if there is none. An earlier connection of the member ends. `now` is in milliseconds
   * of a monotonic clock.
   */
  enter({ call, token }: MediaHello, connection: MediaReceiver, now: number): MediaSeat | undefined {
    const places = this.#calls.get(call);
    const wanted = digest(token);
    const place = [...places?.values() ?? []].find(({ tokenDigest }) => tokenDigest === wanted);
    if (places === undefined || place === undefined) return undefined;
    place.connection?.dismiss("You have connected to the call again");
    this.#forget(places, place.stream);
    place.connection = connection;
    const others = () => [...places.values()].filter((each) => each !== place && each.connection !== undefined);
    return {
      call,
      memberId: place.memberId,
      stream: place.stream,
      quota: place.quota ??= new MediaQuota(now),
      others: () => others().map((each) => each.connection!),
      at: (stream) => others().find((each) => each.stream === stream)?.connection,
      states: () => others().flatMap((each) => each.state === undefined ? [] : { stream: each.stream, ...each.state }),
      note: ({ camera, microphone }) => place.state = { camera, microphone },
      leave: () => {
        if (place.connection !== connection) return;
        place.connection = undefined;
        this.#forget(places, place.stream);
      },
    };
  }

  #forget(places: Map<string, Place>, stream: number): void {
    for (const each of places.values()) if (each.stream !== stream) each.connection?.forget(stream);
  }
}
