/**
 * The ways to connect: `connection.ts` is the port, with frames in and chunks out. `tcp.ts`, `tls.ts` with `tls_listener.ts`, `unix.ts` and
 * `in_process.ts` implement it over `stream_connection.ts`, `stream_listener.ts` and `line_source.ts`, which reads frames.
 * `byte_link.ts` gives a dialed connection as bytes, without frames.
 * This folder knows nothing of the chat.
 * @module
 */

export type { Connection, Listener } from "./connection.ts";
