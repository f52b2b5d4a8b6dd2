/** A WebSocket from the client's side: RFC 6455, sections 4.1 and 5. `websocket.ts` has the server's. */

import type { HttpReply } from "../http/http_reply.ts";
import { hasToken } from "../http/http_request.ts";
import { ACCEPT_SUFFIX } from "./websocket.ts";

const FIN = 0x80;
const MASKED = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MASK_BYTES = 4;
const ENCODER = new TextEncoder();

/** Returns the head of the request that opens a WebSocket. `nonce` has 16 random bytes. `hasOrigin`: as a page of that host does. */
export function openingRequest(path: string, host: string, nonce: Uint8Array, hasOrigin = false): Uint8Array {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    ...(hasOrigin ? [`Origin: http://${host}`] : []),
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${nonce.toBase64()}`,
  ];
  return ENCODER.encode([...lines, "", ""].join("\r\n"));
}

/** Whether the server has opened the WebSocket that was asked for with this nonce. */
export async function isOpened(reply: HttpReply, nonce: Uint8Array): Promise<boolean> {
  const digest = await crypto.subtle.digest("SHA-1", ENCODER.encode(nonce.toBase64() + ACCEPT_SUFFIX));
  return reply.status === 101 && hasToken(reply, "upgrade", "websocket") &&
    reply.headers.get("sec-websocket-accept") === new Uint8Array(digest).toBase64();
}

/** Packs a message of one frame, or a control frame of at most 125 bytes, masked with four random bytes. */
export function clientMessage(opcode: number, payload: Uint8Array, mask: Uint8Array): Uint8Array {
  const extra = payload.length < LENGTH_16 ? 0 : payload.length < 65_536 ? 2 : 8;
  const start = 2 + extra + MASK_BYTES;
  const frame = new Uint8Array(start + payload.length);
  const view = new DataView(frame.buffer);
  frame[0] = FIN | opcode;
  frame[1] = MASKED | (extra === 0 ? payload.length : extra === 2 ? LENGTH_16 : LENGTH_64);
  if (extra === 2) view.setUint16(2, payload.length);
  if (extra === 8) view.setBigUint64(2, BigInt(payload.length));
  frame.set(mask, 2 + extra);
  for (let index = 0; index < payload.length; index++) frame[start + index] = payload[index]! ^ mask[index & 3]!;
  return frame;
}
