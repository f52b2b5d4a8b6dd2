import type { Frame } from "../../framing/frame.ts";
import { binaryMessage, closeMessage, pong } from "../../framing/websocket/websocket.ts";
import { LINGER_MS, MAX_LINK_NOTE_BYTES } from "../../protocol/limits.ts";
import type { AcceptedConnection, ConnectionOwner } from "../connection/accepted_connection.ts";
import type { FrameChannel, FrameSink, ServerLinks } from "./server_links.ts";

export interface ClusterLinkHost {
  readonly links: ServerLinks;
  /** Called when the other end has proved to be a server of the cluster: it is no attempt of its address. */
  entered(connection: AcceptedConnection): void;
}

/** Close codes of RFC 6455, section 7.4.1, and of its registry. */
const NORMAL = 1000;
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

/** A WebSocket of another server. It passes whole binary messages on, in both directions, and knows nothing about them. */
export class LinkConnection implements ConnectionOwner {
  readonly #connection: AcceptedConnection;
  readonly #sink: FrameSink | undefined;

  constructor(connection: AcceptedConnection, { links, entered }: ClusterLinkHost) {
    this.#connection = connection;
    connection.outbox.flush();
    this.#sink = links.accept(this.#channel(), () => entered(connection));
    if (this.#sink === undefined) this.#end(TRY_AGAIN_LATER);
  }

  #channel(): FrameChannel {
    const { outbox, source } = this.#connection;
    return {
      address: source.remoteAddress,
      send: (frame) => {
        outbox.push(binaryMessage(frame));
        outbox.flush();
        return outbox.idle();
      },
      close: () => this.#end(NORMAL),
    };
  }

  async receive(frames: readonly Frame[]): Promise<void> {
    for (const frame of frames) {
      if (!this.#connection.listening) return;
      if (typeof frame !== "object" || !("type" in frame)) return this.#end(NORMAL);
      if (frame.type === "binary") await this.#sink?.take(frame.bytes);
      else if (frame.type === "ping") this.#answer(frame.payload);
      else return this.#end(NORMAL);
    }
  }

  /** An end that sends pings and does not read gets no more answers. */
  #answer(payload: Uint8Array): void {
    const { outbox } = this.#connection;
    if (outbox.queuedBytes > MAX_LINK_NOTE_BYTES) return;
    outbox.push(pong(payload));
    outbox.flush();
  }

  /** The link has its own limits of time. */
  checkTimeouts(): void {}

  shutDown(): void {
    this.#end(GOING_AWAY);
  }

  end(): undefined {
    this.#sink?.ended();
  }

  #end(code: number): void {
    if (this.#connection.closing) return;
    this.#connection.outbox.push(closeMessage(code, ""));
    this.#connection.finish(LINGER_MS);
  }
}
