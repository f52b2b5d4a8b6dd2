/** What the first byte of a WebSocket's frame says that it is: RFC 6455, section 5.2. Control frames begin with `CLOSE`. */

export const CONTINUATION = 0;
export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;
