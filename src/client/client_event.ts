/** What a client tells its view. This folder knows neither Deno nor the DOM, so that terminal and browser share it. */

import type { AckEvent, ErrorEvent, ServerEvent } from "../protocol/messages/messages.ts";
import type { PendingMessage } from "./delivery/outgoing_message.ts";

/** The life of the link. After `closed` nothing follows. */
export type Status =
  | { readonly kind: "connecting"; readonly attempt: number }
  | { readonly kind: "online" }
  /** `retryAt` in milliseconds of the client's clock; `reason` is a sentence for people. */
  | { readonly kind: "waiting"; readonly retryAt: number; readonly reason: string }
  | { readonly kind: "closed"; readonly cause: CloseCause; readonly reason: string };

/**
 * `left`: by our own wish. `unreachable`: the first attempt failed. `refused`: the server does not want us. `lost`: given up.
 * `untrusted`: it is not the server that it should be.
 */
export type CloseCause = "left" | "unreachable" | "refused" | "lost" | "untrusted";

/** In the order in which things happened. */
export type ClientEvent =
  | { readonly type: "status"; readonly status: Status }
  /** A line from the server, and what it says where this version knows it. Messages seen before do not come again. */
  | { readonly type: "received"; readonly line: string; readonly event: ServerEvent | undefined }
  | { readonly type: "pending"; readonly message: PendingMessage }
  | { readonly type: "acknowledged"; readonly message: PendingMessage; readonly ack: AckEvent }
  /** The sender gave the message up before it went. */
  | { readonly type: "dropped"; readonly message: PendingMessage }
  /** The message will not be sent again. */
  | { readonly type: "failed"; readonly message: PendingMessage; readonly error: ErrorEvent };
