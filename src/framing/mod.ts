/**
 * Bytes ↔ frames ↔ commands and events. `frame.ts` and `codec.ts` are the two ports: a `Decoder` turns bytes into frames, and
 * a `Codec` turns text frames into commands and events into text. `frame_decoder.ts` detects the dialect of the first line.
 * Then come `line_decoder.ts` and `json_lines.ts`, `http/`, `websocket/`, `plain/` for people on `nc` and telnet, and `proxy/` for the
 * header that a proxy sends first.
 * This folder knows the protocol. It knows neither sockets nor rooms.
 * @module
 */

export type { Codec, Format } from "./codec.ts";
export type { Decoder, Frame } from "./frame.ts";
