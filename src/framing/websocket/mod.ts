/**
 * WebSockets (RFC 6455) from the server's side: `websocket_decoder.ts` turns bytes into messages and control frames,
 * `websocket.ts` is the codec that sends each JSON line as a message. The handshake is in `server/web_exchange.ts`.
 * @module
 */

export { WebSocketJson } from "./websocket.ts";
export { WebSocketDecoder } from "./websocket_decoder.ts";
