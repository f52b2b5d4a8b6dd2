import type { Effect, SessionId } from "../../core/effect.ts";
import { incarnationOf } from "../../core/hub_op.ts";
import type { MediaHello } from "../../protocol/calls/media_handshake.ts";
import type { CallNote, ServerLinks } from "../links/server_links.ts";
import { digest, newToken } from "../turn/ids.ts";
import { CallPlaces } from "./call_places.ts";
import type { MediaReceiver, MediaSeat } from "./media_seat.ts";

type Admission = Omit<Extract<Effect, { readonly type: "admit" }>, "type" | "session" | "ref">;

/**
 * Who may connect to which call, and who has, on this server and on others. It knows digests of this server's tokens only. A restart ends
 * all calls.
 */
export class CallRelay {
  readonly #links: Pick<ServerLinks, "send"> | undefined;
  readonly #calls = new Map<string, CallPlaces>();

  /** `links`: absent if the server is in no cluster. */
  constructor(links?: Pick<ServerLinks, "send">) {
    this.#links = links;
  }

  /** Lets the member into the call, and returns their token. An earlier one is void; an earlier connection stays until the next. */
  admit({ call, memberId, stream }: Admission): string {
    const token = newToken();
    this.#placesOf(call).admit(memberId, stream, digest(token));
    return token;
  }

  /** The member is in the call by a session of another server. A connection here ends. */
  admitElsewhere({ call, memberId, stream, session }: Admission & { readonly session: SessionId }): void {
    this.#placesOf(call).admitElsewhere(memberId, stream, incarnationOf(session));
  }

  /** Ends the member's part in the call. */
  dismiss({ call, memberId }: Pick<Admission, "call" | "memberId">): void {
    const places = this.#calls.get(call);
    places?.dismiss(memberId);
    if (places?.isEmpty) this.#calls.delete(call);
  }

  /**
   * The seat that the token is for; `undefined` if there is none. An earlier connection of the member ends. `now` is in milliseconds
   * of a monotonic clock.
   */
  enter({ call, token }: MediaHello, connection: MediaReceiver, now: number): MediaSeat | undefined {
    return this.#calls.get(call)?.enter(digest(token), connection, now);
  }

  /** Takes what another server tells. */
  take(server: number, note: CallNote): void {
    this.#calls.get(note.call)?.take(server, note);
  }

  /** The link to that server has broken. */
  lost(server: number): void {
    for (const places of this.#calls.values()) places.lost(server);
  }

  #placesOf(call: string): CallPlaces {
    const known = this.#calls.get(call);
    if (known !== undefined) return known;
    const places = new CallPlaces(call, (server, note) => this.#links?.send(server, note) ?? false);
    this.#calls.set(call, places);
    return places;
  }
}
