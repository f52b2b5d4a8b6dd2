/** The options of a client. */

import type { ClientIdentity } from "../protocol/identity/join_proof.ts";
import type { ClientMemory } from "./client_memory.ts";
import type { Clock } from "./clock.ts";
import type { KeptUploads } from "./delivery/kept_uploads.ts";
import type { VerifySignature } from "./delivery/signature_checker.ts";
import type { LinkCode } from "./devices/link_claim.ts";
import type { Dial } from "./link/dial.ts";
import type { OpenGate } from "./link/line_gate.ts";
import type { ServerRoute } from "./link/server_route.ts";
import type { ClientListener } from "./state/client_state.ts";

export interface ClientOptions {
  /** Opens one connection, or rejects. */
  readonly dial: Dial;
  /** Chooses among the servers of the chat. Without it, the client stays with the address that the user gave. */
  readonly route?: ServerRoute;
  /** The id of the chat at that address, if it is known. Other servers of the route must have it. */
  readonly chat?: string | undefined;
  /**
   * Has each server prove that it hosts the chat, before anything else is sent to it: for a shared chat whose key is known, see
   * `createHostGates`. Default: the `welcome` of each server counts at once.
   */
  readonly openGate?: OpenGate | undefined;
  readonly name: string;
  /** Takes the name that the server suggests if `name` is taken. Otherwise the client closes with cause `refused`. */
  readonly acceptSuggestion: boolean;
  /** At least one. */
  readonly rooms: readonly string[];
  /** Joins the rooms that the member is in on other devices as well. Default: false. */
  readonly followRooms?: boolean;
  /**
   * Asks once, in each room and conversation, for what the member has not read on any device, though an earlier client with this
   * memory has received it. For clients that call `markRead`. Default: false.
   */
  readonly fromMark?: boolean;
  /**
   * Returns the key of the place that the user sees. At the start, the client then asks for what it missed of this conversation
   * alone; of others when `catchUp` names them, or when something new is written there. For views that show one place at a
   * time and count the others by the list of conversations. Default: asks for all at the start.
   */
  readonly openPlace?: () => string | undefined;
  /** The server's password or an invite's secret. Kept in memory only, like all passwords. */
  readonly password?: string;
  /** Called synchronously, in order. Must not throw. */
  readonly onEvent: ClientListener;
  readonly clock?: Clock;
  /** Returns 0 to below 1. */
  readonly random?: () => number;
  /**
   * Returns refs that are unique among all messages this member ever sends. By default UUIDv7s, which are then the ids of
   * the messages, too.
   */
  readonly newRef?: () => string;
  /** Retries a failed first attempt. Otherwise the client closes with cause `unreachable`. Default: false. */
  readonly retryFirst?: boolean;
  /** Proves a key at each join, and signs with it. Without it, or where the server refuses the proof, a token tells who the member is. */
  readonly identity?: ClientIdentity;
  /** Describes this device, such as a `terminal` with the name `Terminal on Linux`. */
  readonly device?: { readonly kind: string; readonly name: string };
  /** Asks another device of the member to admit this one, before the first join. */
  readonly linkCode?: LinkCode;
  /** Checks signatures of others. Without it, none is checked. */
  readonly verify?: VerifySignature;
  /** Remembers the files on their way to the server. Default: they are not remembered. */
  readonly uploads?: KeptUploads | undefined;
  /** The state of an earlier client, which this one continues and saves. The client closes it. Default: none. */
  readonly memory?: ClientMemory;
}
