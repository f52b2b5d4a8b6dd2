/** The digest of the options that decide what the hub does: they must be equal on all servers of a cluster. */

import { digest } from "../../server/turn/ids.ts";
import type { ServerOptions } from "../../server/server.ts";
import type { HostPlan } from "../hosting/host_plan.ts";

/** Returns a digest of the options. */
export function settingsDigest(
  { title, bounds, retention, cluster }: HostPlan,
  { access, files }: Pick<ServerOptions, "access" | "files">,
): string {
  const { rate, maxRooms, roomsPerMember, maxCalls } = bounds;
  const settings = { title, cluster: cluster?.name, rate, maxRooms, roomsPerMember, maxCalls, retention, access };
  return digest(JSON.stringify({ ...settings, files: files?.limits }));
}
