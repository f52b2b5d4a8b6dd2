/** All fuzz targets. */

import type { Target } from "./target.ts";
import { CALL_PICTURES } from "./targets/call_pictures.ts";
import { LINK_FRAMES, LINK_PROOFS } from "./targets/cluster_links.ts";
import { FILE_NAMES } from "./targets/file_names.ts";
import { FILE_REPLIES } from "./targets/file_replies.ts";
import { FILE_REQUESTS } from "./targets/file_requests.ts";
import { FIRST_BYTES } from "./targets/first_bytes.ts";
import { FORMATTING } from "./targets/formatting.ts";
import { HUB } from "./targets/hub.ts";
import { INVITE } from "./targets/invite.ts";
import { JSON_LINES_TARGET } from "./targets/json_lines.ts";
import { KEYS } from "./targets/keys.ts";
import { LINE_DECODER } from "./targets/line_decoder.ts";
import { MEDIA_FRAMES, MEDIA_GREETINGS } from "./targets/media_frames.ts";
import { MEDIA_CLIENT, MEDIA_SERVER } from "./targets/media_links.ts";
import { MEDIA } from "./targets/media_types.ts";
import { NAMES } from "./targets/names.ts";
import { NEARBY } from "./targets/nearby.ts";
import { PLAIN_TEXT } from "./targets/plain_text.ts";
import { PROXIED } from "./targets/proxied.ts";
import { REPLAY } from "./targets/replay.ts";
import { SANITISER } from "./targets/sanitiser.ts";
import { SEARCH } from "./targets/search.ts";
import { SERVER_LINES } from "./targets/server_lines.ts";
import { VOICE_PACKETS } from "./targets/voice_packets.ts";
import { WEBSOCKET } from "./targets/websocket.ts";

export const TARGETS: readonly Target[] = [
  LINE_DECODER,
  WEBSOCKET,
  FIRST_BYTES,
  PROXIED,
  FILE_REPLIES,
  FILE_REQUESTS,
  JSON_LINES_TARGET,
  PLAIN_TEXT,
  NAMES,
  FILE_NAMES,
  MEDIA,
  VOICE_PACKETS,
  MEDIA_FRAMES,
  MEDIA_GREETINGS,
  MEDIA_SERVER,
  MEDIA_CLIENT,
  CALL_PICTURES,
  LINK_FRAMES,
  LINK_PROOFS,
  NEARBY,
  INVITE,
  KEYS,
  SANITISER,
  FORMATTING,
  SERVER_LINES,
  SEARCH,
  HUB,
  REPLAY,
];

export function targetNamed(name: string): Target {
  const target = TARGETS.find((candidate) => candidate.name === name);
  if (target !== undefined) return target;
  throw new Error(`Unknown target ${name}: use one of ${TARGETS.map(({ name }) => name).join(", ")}`);
}
