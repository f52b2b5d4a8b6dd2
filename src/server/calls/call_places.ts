import { binaryMessage } from "../../framing/websocket/websocket.ts";
import {
  decodeMediaFrame,
  encodeMediaFrame,
  type MediaFrame,
  restamp,
  type StateFrame,
} from "../../protocol/calls/media_frame.ts";
import type { MediaChunk } from "../../protocol/calls/media_outbox.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import type { CallNote } from "../links/server_links.ts";
import { DistantMembers, type SendNote } from "./distant_members.ts";
import type { MediaReceiver, MediaSeat } from "./media_seat.ts";
import { MediaQuota } from "./media_quota.ts";

type MediaState = Pick<StateFrame, "camera" | "microphone">;

interface Place {
  readonly memberId: string;
  readonly stream: number;
  /** `undefined` if the member is on another server. */
  tokenDigest: string | undefined;
  /** The server on which the member is; `undefined` for this one. */
  server: number | undefined;
  quota?: MediaQuota;
  connection?: MediaReceiver | undefined;
  state?: MediaState | undefined;
}

/** The members of one call, on this server and on others, and what goes from each to the others. */
export class CallPlaces {
  readonly #call: string;
  readonly #send: SendNote;
  readonly #places = new Map<string, Place>();
  /** The other servers with members in the call. */
  readonly #servers = new Map<number, DistantMembers>();

  constructor(call: string, send: SendNote) {
    this.#call = call;
    this.#send = send;
  }

  get isEmpty(): boolean {
    return this.#places.size === 0;
  }

  /** Lets a member in who shows this token here. */
  admit(memberId: string, stream: number, tokenDigest: string): void {
    const place = this.#placeOf(memberId, stream);
    place.tokenDigest = tokenDigest;
    place.server = undefined;
    this.#findServers();
  }

  /** The member has a place on that server, and none here any more. */
  admitElsewhere(memberId: string, stream: number, server: number): void {
    const place = this.#placeOf(memberId, stream);
    place.server = server;
    place.tokenDigest = undefined;
    this.#disconnect(place, "You have connected to the call again");
    this.#forget(place);
    this.#findServers();
  }

  /** Ends the member's part in the call. */
  dismiss(memberId: string): void {
    const place = this.#places.get(memberId);
    if (place === undefined) return;
    this.#places.delete(memberId);
    this.#disconnect(place, "You have left the call");
    this.#forget(place);
    this.#findServers();
  }

  /** The seat that the token is for; `undefined` if there is none. An earlier connection of the member ends. */
  enter(tokenDigest: string, connection: MediaReceiver, now: number): MediaSeat | undefined {
    const place = [...this.#places.values()].find((each) => each.tokenDigest === tokenDigest);
    if (place === undefined) return undefined;
    place.connection?.dismiss("You have connected to the call again");
    this.#forget(place);
    place.connection = connection;
    this.#tellServers({ type: "entered", call: this.#call, stream: place.stream });
    return this.#seat(place, connection, now);
  }

  #seat(place: Place, connection: MediaReceiver, now: number): MediaSeat {
    const { memberId, stream } = place;
    return {
      ...{ call: this.#call, memberId, stream },
      quota: place.quota ??= new MediaQuota(now),
      spread: (kind, time, bytes) => this.#spread(place, kind, time, bytes),
      tell: (frame, bytes) => this.#tellState(place, frame, bytes),
      demand: (to, bytes) => this.#demand(place, to, bytes),
      states: () =>
        this.#others(place).flatMap((each) => each.state === undefined ? [] : { stream: each.stream, ...each.state }),
      leave: () => {
        if (place.connection !== connection) return;
        place.connection = undefined;
        this.#forget(place);
        this.#tellServers({ type: "left", call: this.#call, stream });
      },
    };
  }

  /** Takes what another server tells. What does not suit the members there is dropped. */
  take(server: number, note: CallNote): void {
    switch (note.type) {
      case "media":
        return this.#takeFrame(server, note.bytes);
      case "demand":
        return this.#takeDemand(server, note.to, note.bytes);
      case "got":
        return this.#servers.get(server)?.confirm(note.of, note.stream, note.time);
      case "entered":
        return this.#takeEntry(server, note.stream);
      case "left":
        return this.#takeLeave(server, note.stream);
      default:
        return note satisfies never;
    }
  }

  /** The link to that server has broken: what was on its way is lost. */
  lost(server: number): void {
    this.#servers.get(server)?.reset();
  }

  #takeFrame(server: number, bytes: Uint8Array<ArrayBuffer>): void {
    const frame = frameOf(bytes);
    const place = frame && this.#distant(server, frame.stream);
    if (frame === undefined || place === undefined) return;
    const { stream, time } = frame;
    switch (frame.kind) {
      case "video":
      case "sound":
        this.#servers.get(server)?.acknowledge(frame.kind, stream, time);
        return this.#deliver(place, { kind: frame.kind, stream, time, bytes: binaryMessage(bytes) });
      case "state":
        place.state = { camera: frame.camera, microphone: frame.microphone };
        return this.#control(place, binaryMessage(bytes));
      case "demand":
      case "got":
        return;
      default:
        return frame satisfies never;
    }
  }

  #takeDemand(server: number, to: number, bytes: Uint8Array<ArrayBuffer>): void {
    const frame = frameOf(bytes);
    if (frame?.kind !== "demand" || this.#distant(server, frame.stream) === undefined) return;
    this.#at(to)?.connection?.control(binaryMessage(bytes));
  }

  /** A member has connected there. Their server does not know what the members here have on. */
  #takeEntry(server: number, stream: number): void {
    const place = this.#distant(server, stream);
    if (place === undefined) return;
    place.state = undefined;
    this.#forget(place);
    for (const { connection, state, stream: own } of this.#places.values()) {
      if (connection === undefined || state === undefined) continue;
      const bytes = encodeMediaFrame({ kind: "state", stream: own, time: 0, ...state });
      this.#servers.get(server)?.tell({ type: "media", call: this.#call, bytes });
    }
  }

  #takeLeave(server: number, stream: number): void {
    const place = this.#distant(server, stream);
    if (place === undefined) return;
    place.state = undefined;
    this.#forget(place);
  }

  /** One chunk for all receivers here, and one frame for each other server. */
  #spread(place: Place, kind: MediaChunk["kind"], time: number, bytes: Uint8Array<ArrayBuffer>): void {
    const { stream } = place;
    restamp(bytes, stream);
    this.#deliver(place, { kind, stream, time, bytes: binaryMessage(bytes) });
    for (const server of this.#servers.values()) server.deliver({ kind, stream, time, bytes });
  }

  #deliver(from: Place, chunk: MediaChunk): void {
    for (const { connection } of this.#others(from)) connection?.deliver(chunk);
  }

  #tellState(place: Place, { camera, microphone }: MediaState, bytes: Uint8Array<ArrayBuffer>): void {
    place.state = { camera, microphone };
    restamp(bytes, place.stream);
    this.#control(place, binaryMessage(bytes));
    this.#tellServers({ type: "media", call: this.#call, bytes });
  }

  #control(from: Place, bytes: Uint8Array): void {
    for (const { connection } of this.#others(from)) connection?.control(bytes);
  }

  #demand(place: Place, to: number, bytes: Uint8Array<ArrayBuffer>): void {
    restamp(bytes, place.stream);
    const receiver = this.#at(to);
    if (receiver === undefined || receiver === place) return;
    if (receiver.server === undefined) receiver.connection?.control(binaryMessage(bytes));
    else this.#servers.get(receiver.server)?.tell({ type: "demand", call: this.#call, to, bytes });
  }

  #tellServers(note: CallNote): void {
    for (const server of this.#servers.values()) server.tell(note);
  }

  #placeOf(memberId: string, stream: number): Place {
    const known = this.#places.get(memberId);
    if (known !== undefined) return known;
    const place = { memberId, stream, tokenDigest: undefined, server: undefined };
    this.#places.set(memberId, place);
    return place;
  }

  #others(place: Place): Place[] {
    return [...this.#places.values()].filter((each) =>
      each !== place && (each.connection ?? each.server) !== undefined
    );
  }

  #at(stream: number): Place | undefined {
    for (const place of this.#places.values()) if (place.stream === stream) return place;
  }

  /** The place with this stream, if its member is on that server. */
  #distant(server: number, stream: number): Place | undefined {
    const place = this.#at(stream);
    return place?.server === server ? place : undefined;
  }

  #disconnect(place: Place, reason: string): void {
    const { connection } = place;
    place.connection = undefined;
    connection?.dismiss(reason);
  }

  /** Has all receivers forget the frames of the stream, which begins again or has ended. */
  #forget({ stream }: Place): void {
    for (const each of this.#places.values()) if (each.stream !== stream) each.connection?.forget(stream);
    for (const server of this.#servers.values()) server.forget(stream);
  }

  /** Servers without members in the call get nothing. */
  #findServers(): void {
    const wanted = new Set<number>();
    for (const { server } of this.#places.values()) if (server !== undefined) wanted.add(server);
    for (const server of this.#servers.keys()) if (!wanted.has(server)) this.#servers.delete(server);
    for (const server of wanted) {
      if (!this.#servers.has(server)) this.#servers.set(server, new DistantMembers(server, this.#call, this.#send));
    }
  }
}

/** `undefined` for bytes that are no frame. */
function frameOf(bytes: Uint8Array<ArrayBuffer>): MediaFrame | undefined {
  try {
    return decodeMediaFrame(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
