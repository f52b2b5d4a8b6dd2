import { formatEndpoint, parseEndpoint } from "../../protocol/address/endpoint.ts";
import { formatInvite } from "../../protocol/address/invite_link.ts";
import { DEFAULT_ROOM } from "../../protocol/conventions.ts";
import { lookAtCertificate } from "../../transports/tls.ts";
import { DEFAULT_HOST } from "../args/address.ts";
import { readCertificate } from "../hosting/certificate.ts";
import { controlPath, isControlled, readReach } from "../hosting/control_socket.ts";
import { keptPassword } from "../invites/share.ts";
import { mayUse } from "../platform/private_file.ts";

/** How long the server may take to show its certificate. */
const LOOK_MS = 2_000;

/**
 * An operand of `connect` for the user's own server on the folder; `undefined` if it does not run.
 * Never rejects.
 */
export async function findOwnServer(folder: string): Promise<string | undefined> {
  // Otherwise Deno might ask the user in the middle of a question.
  if (!mayUse(folder)) return undefined;
  if (Deno.build.os === "windows") return await findOnLoopback(folder);
  return await isControlled(folder) ? `unix:${controlPath(folder)}` : undefined;
}

/**
 * Finds the own server without a control socket, by the certificate of the folder, whose key no
 * other user has.
 */
export async function findOnLoopback(folder: string): Promise<string | undefined> {
  try {
    const { addresses: [address], fingerprint } = readReach(folder)!;
    const { port } = parseEndpoint(address!);
    const shown = readCertificate(await lookAtCertificate(DEFAULT_HOST, port, AbortSignal.timeout(LOOK_MS)));
    if (fingerprint === undefined || shown.fingerprint !== fingerprint) return undefined;
    const secret = keptPassword(folder);
    const endpoint = { host: DEFAULT_HOST, port };
    if (secret === undefined) return `https://${formatEndpoint(endpoint)}`;
    return formatInvite({ ...endpoint, room: DEFAULT_ROOM, fingerprint, secret });
  } catch {
    return undefined;
  }
}
