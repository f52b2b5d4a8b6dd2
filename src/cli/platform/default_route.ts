/** Asks the system which interface it uses to reach other networks. */

import { createSocket } from "node:dgram";

/** Administratively scoped (RFC 2365): such packets stay in the local network. */
const GROUP = "239.255.50.50";
/** The system delivers the packet to itself, so it arrives at once or never. */
const ANSWER_MS = 250;

/** The name of the interface with the default route, as of the last `askDefaultRoute` that found one. */
let known: string | undefined;

/** The interface with the default route; `undefined` if it is not known. */
export function defaultInterface(): string | undefined {
  return known;
}

/**
 * Asks the system and remembers the answer for `defaultInterface`. Sends one multicast packet to this program: where
 * no interface is named, the system takes that of the default route, and the source of the packet is its address. This
 * takes the routing table of Linux, macOS and Windows into account without reading it. Never rejects, never prompts for
 * a permission, and takes `ANSWER_MS` at most.
 */
export async function askDefaultRoute(): Promise<void> {
  if (!isGranted({ name: "net" }) || !isGranted({ name: "sys", kind: "networkInterfaces" })) return;
  const source = await sourceAddress().catch(() => undefined);
  if (source === undefined) return;
  known = Deno.networkInterfaces().find(({ address }) => address === source)?.name ?? known;
}

function isGranted(permission: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(permission).state === "granted";
}

async function sourceAddress(): Promise<string | undefined> {
  const answer = Promise.withResolvers<string | undefined>();
  // Others can send to the group, too.
  const mark = crypto.randomUUID();
  const socket = createSocket("udp4");
  socket.on("error", () => answer.resolve(undefined));
  socket.on("message", (bytes, { address }) => {
    if (new TextDecoder().decode(bytes) === mark) answer.resolve(address);
  });
  socket.bind(0, "0.0.0.0", () => {
    try {
      socket.addMembership(GROUP);
      socket.send(mark, socket.address().port, GROUP, (error) => error && answer.resolve(undefined));
    } catch {
      answer.resolve(undefined);
    }
  });
  const timer = setTimeout(() => answer.resolve(undefined), ANSWER_MS);
  try {
    return await answer.promise;
  } finally {
    clearTimeout(timer);
    const closed = Promise.withResolvers<void>();
    socket.close(() => closed.resolve());
    await closed.promise;
  }
}
