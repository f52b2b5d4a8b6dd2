/** The events of a client: the messages of the server, the state of the link, and the fate of our own messages. */

import type { LinkClaimEvent, LinkOfferEvent } from "../protocol/identity/link_steps.ts";
import type { AckEvent, Entry, ErrorEvent, MemberInfo, ServerEvent } from "../protocol/messages/messages.ts";
import type { SignatureRecord } from "./delivery/signature_checker.ts";
import type { PendingMessage } from "./delivery/message_intent.ts";

/** The state of the link. Nothing follows `closed`. */
export type Status =
  | { readonly kind: "connecting"; readonly attempt: number }
  | { readonly kind: "online" }
  /** `retryAt` in milliseconds of `Clock.now`; `reason` is a sentence for users. */
  | { readonly kind: "waiting"; readonly retryAt: number; readonly reason: string }
  | { readonly kind: "closed"; readonly cause: CloseCause; readonly reason: string };

/**
 * `left`: by `close`. `unreachable`: the first attempt failed. `refused`: the server does not admit us.
 * `lost`: the link was lost and is given up. `untrusted`: the server's identity is not the expected one.
 */
export type CloseCause = "left" | "unreachable" | "refused" | "lost" | "untrusted";

/** Events arrive in the order in which they happened. */
export type ClientEvent =
  | { readonly type: "status"; readonly status: Status }
  /** A line from the server, with its event if this version knows it. Messages received before are not repeated. */
  | { readonly type: "received"; readonly line: string; readonly event: ServerEvent | undefined }
  | { readonly type: "pending"; readonly message: PendingMessage }
  | { readonly type: "acknowledged"; readonly message: PendingMessage; readonly ack: AckEvent }
  /** The user dropped the message before it was sent. */
  | { readonly type: "dropped"; readonly message: PendingMessage }
  /** A step of linking another device, or this one. */
  | { readonly type: "linkOffer"; readonly offer: LinkOfferEvent }
  | { readonly type: "linkClaim"; readonly claim: LinkClaimEvent }
  /** The server refused the message. It is not sent again. */
  | { readonly type: "failed"; readonly message: PendingMessage; readonly error: ErrorEvent }
  /** The signature of a message or change that was received is not its author's: the text, or another part, is not what they signed. */
  | { readonly type: "falseSignature"; readonly entry: Entry }
  /** Follows the reply to `whois`: whether the member's last messages were signed. */
  | { readonly type: "signatures"; readonly member: MemberInfo; readonly record: SignatureRecord };
