import { createHash } from "node:crypto";
import { dialLink, type DialServer } from "./link_dialer.ts";
import { LinkFault, RequestRefused } from "./wire/link_fault.ts";
import type { LinkParts } from "./wire/link_opener.ts";
import type { ClusterLink } from "./wire/cluster_link.ts";
import { SnapshotFile } from "./snapshot_file.ts";

/** How long the other server may take to make the copy, and then to go on with it. */
const SNAPSHOT_PATIENCE_MS = 120_000;

/** Opens a link as a server that is not in the cluster yet. The caller closes it. Rejects as `dialLink` does. */
export function dialAsNewcomer(
  parts: Omit<LinkParts, "serve" | "note">,
  address: string,
  dial: DialServer,
  signal: AbortSignal,
): Promise<ClusterLink> {
  const serve = () => Promise.reject(new RequestRefused("failed"));
  return dialLink({ ...parts, serve, note() {} }, { address, dial, own: 0, expected: 0 }, signal);
}

/**
 * Fetches a copy of the other server's database into a new file. The file is there complete, with the hash that the other server has told,
 * or it is not there. Resolves with its bytes. `progress` is called with the bytes that have arrived. Rejects with a `LinkFault`, a
 * `RequestRefused`, the signal's reason, and the errors of Deno: `AlreadyExists` if the file exists.
 */
export async function fetchSnapshot(
  link: ClusterLink,
  path: string,
  { signal, progress }: { readonly signal?: AbortSignal; readonly progress?: (bytes: number, size: number) => void } =
    {},
): Promise<number> {
  signal?.throwIfAborted();
  using file = await SnapshotFile.create(path);
  const answer = link.ask({ ask: "snapshot" }, SNAPSHOT_PATIENCE_MS);
  const giveUp = () => answer.cancel();
  signal?.addEventListener("abort", giveUp, { once: true });
  try {
    const size = await answer.size;
    const hash = createHash("sha256");
    for (let piece = await answer.read(); piece !== undefined; piece = await answer.read()) {
      hash.update(piece);
      await file.append(piece);
      progress?.(file.size, size);
    }
    if (hash.digest("base64url") !== answer.sha256) {
      throw new LinkFault("forged", "The copy has another hash than the other server says");
    }
    await file.complete();
    return size;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", giveUp);
    answer.cancel();
  }
}
