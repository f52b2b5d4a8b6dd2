/** The first message of each side of a media connection, as JSON text. */

import * as v from "valibot";
import { ProtocolError } from "../errors.ts";
import { MAX_CALL_MEMBERS, MAX_REF_CHARS, MAX_TOKEN_CHARS } from "../limits.ts";

/** Path of the WebSocket that carries the sound and pictures of a call. */
export const MEDIA_PATH = "/call";

const stream = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_CALL_MEMBERS - 1));
/** The client shows the token that its `media` event has brought. */
const hello = v.object({
  type: v.literal("media"),
  call: v.pipe(v.string(), v.maxLength(MAX_REF_CHARS)),
  token: v.pipe(v.string(), v.maxLength(MAX_TOKEN_CHARS)),
});
/** The server's answer: the stream is the client's own. */
const welcome = v.object({ type: v.literal("media"), call: v.string(), stream });

export type MediaHello = v.InferOutput<typeof hello>;
export type MediaWelcome = v.InferOutput<typeof welcome>;

/** Throws `bad_frame` for text that is no such message. */
export function parseMediaHello(text: string): MediaHello {
  return parsed(hello, text);
}

/** Throws `bad_frame` for text that is no such message. */
export function parseMediaWelcome(text: string): MediaWelcome {
  return parsed(welcome, text);
}

function parsed<T>(schema: v.GenericSchema<unknown, T>, text: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw notAGreeting();
  }
  const result = v.safeParse(schema, value);
  if (!result.success) throw notAGreeting();
  return result.output;
}

function notAGreeting(): ProtocolError {
  return new ProtocolError("bad_frame", "The first message must be JSON with the type media, a call and its token");
}
