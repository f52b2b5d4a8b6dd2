/**
 * The commands and events of shared chats, which several members may host: see `hosts/mod.ts`. Copies of the chat go from host
 * to host on connections of their own.
 */

import * as v from "valibot";
import { fromBase64Url } from "../identity/base64url.ts";
import { MAX_HOST_NONCE_BYTES, MIN_HOST_NONCE_BYTES } from "../limits.ts";
import { memberRef } from "./entry_schemas.ts";
import { anyRef, number } from "./fields.ts";
import { key } from "./key_fields.ts";

/** With which the other end is asked for a proof. */
export const hostNonce = v.pipe(
  v.string(),
  v.check(
    isHostNonce,
    `is not a nonce: expected ${MIN_HOST_NONCE_BYTES} to ${MAX_HOST_NONCE_BYTES} bytes in base64url`,
  ),
);

export const HOST_COMMANDS = {
  /**
   * Asks the server to prove that it hosts the chat, once on a connection and before `join`. The reply is `hosting`, whose
   * signature covers the `nonce`.
   */
  prove: v.object({ type: v.literal("prove"), ref: anyRef, nonce: hostNonce }),
  /** Asks who hosts the chat, and who could. The reply is a `hosts`. */
  hosts: v.object({ type: v.literal("hosts"), ref: anyRef }),
  /** Hands the chat over to another host: a member, or a device by its key. For owners, and for the host. */
  host: v.object({ type: v.literal("host"), ref: anyRef, to: v.union([key, memberRef]) }),
};

/** A device that hosts, or could, and the name of its member. */
const host = v.object({ key: v.string(), name: v.string() });

/** In `welcome`: the chat's key, and its host. Nothing of it is proved: see `hosting`. */
export const hosted = v.object({ key: v.string(), term: number, host });

/** See `RosterStatement`. */
export const rosterStatement = v.object({
  number,
  action: v.picklist(["add", "remove"]),
  role: v.picklist(["owner", "host"]),
  key: v.string(),
  member: v.string(),
  name: v.string(),
  time: v.string(),
  by: v.string(),
  signature: v.string(),
});

export const HOST_EVENTS = {
  /** The reply to `prove`: `signature` is that of `hostText` by the key of `host`, which the roster lists. `key` is the chat's. */
  hosting: v.object({
    type: v.literal("hosting"),
    ref: anyRef,
    chat: v.string(),
    ...hosted.entries,
    /** The fingerprint of the certificate, where TLS ends at the host. */
    tls: v.optional(v.string()),
    signature: v.string(),
    roster: v.array(rosterStatement),
  }),
  /**
   * Who hosts the chat, and who follows if the host leaves, in that order: after the `joined` of a session, at each change, and
   * with a `ref` as the reply. `copies` is the number of followers that have all of the chat.
   */
  hosts: v.object({
    type: v.literal("hosts"),
    ref: anyRef,
    term: number,
    host,
    candidates: v.array(v.object({
      ...host.entries,
      member: v.string(),
      addresses: v.array(v.string()),
      state: v.picklist(["ready", "unreachable", "behind", "refused"]),
    })),
    copies: number,
  }),
  /**
   * Two halves of the chat were merged: all messages and changes of the room or conversation whose seq was `from` or more have
   * another one now. Their ids have not changed.
   */
  renumbered: v.object({
    type: v.literal("renumbered"),
    room: v.optional(v.string()),
    with: v.optional(v.object({ id: v.string(), name: v.string() })),
    from: number,
  }),
};

function isHostNonce(text: string): boolean {
  const bytes = fromBase64Url(text)?.length ?? 0;
  return bytes >= MIN_HOST_NONCE_BYTES && bytes <= MAX_HOST_NONCE_BYTES;
}
