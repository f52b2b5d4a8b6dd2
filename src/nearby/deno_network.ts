import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import makeMdns from "multicast-dns";
import { NEARBY_GOODBYE_MS } from "../protocol/limits.ts";
import { groupInterfaces } from "./interface_groups.ts";
import type { MulticastLink, MulticastLinkOptions, MulticastNetwork, NetworkInterface } from "./multicast_network.ts";
import type { Packet } from "./packet.ts";
import { PacketGuard } from "./packet_guard.ts";

/** RFC 6762, section 3. */
const GROUP = "224.0.0.251";
const PORT = 5353;
/** RFC 6762, section 11. */
const HOPS = 255;

/** What we use of multicast-dns, which has no types of its own. */
interface Mdns {
  on(event: "packet", listener: (packet: Packet, from: RemoteInfo) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  send(packet: Packet, sent: (error?: Error | null) => void): void;
}

/** This machine's network. In the background, nothing of it keeps the process alive. */
export class DenoNetwork implements MulticastNetwork {
  readonly #background: boolean;

  constructor({ background = false } = {}) {
    this.#background = background;
  }

  interfaces(): NetworkInterface[] {
    demand({ name: "sys", kind: "networkInterfaces" }, "--allow-sys=networkInterfaces");
    return groupInterfaces(Deno.networkInterfaces());
  }

  open(on: NetworkInterface, options: MulticastLinkOptions): MulticastLink {
    // Without it, Deno throws where nobody could catch it.
    for (const host of [`0.0.0.0:${PORT}`, `${GROUP}:${PORT}`]) demand({ name: "net", host }, "--allow-net");
    const socket = createSocket({ type: "udp4", reuseAddr: true });
    if (this.#background) socket.unref();
    return openLink(socket, on, options, () => this.now());
  }

  now(): number {
    return performance.now();
  }

  random(): number {
    return Math.random();
  }

  after(ms: number, callback: () => void): () => void {
    const timer = setTimeout(callback, ms);
    if (this.#background) Deno.unrefTimer(timer);
    return () => clearTimeout(timer);
  }
}

function demand(permission: Deno.PermissionDescriptor, option: string): void {
  if (Deno.permissions.querySync(permission).state !== "granted") {
    throw new Deno.errors.NotCapable(`Requires ${permission.name} access, run again with ${option}`);
  }
}

/** Speaks on one interface by a socket that is not bound yet. It is closed with the link. */
export function openLink(
  socket: Socket,
  on: NetworkInterface,
  options: MulticastLinkOptions,
  now: () => number,
): MulticastLink {
  const [own] = on.v4;
  const ready = Promise.withResolvers<boolean>();
  const fail = (error: unknown) => {
    ready.resolve(false);
    options.failed(error);
  };
  const guard = new PacketGuard({ on, port: PORT, now, failed: options.trouble });
  const mdns = makeMdns({ socket: guarded(socket, guard), bind: false, multicast: false }) as Mdns;
  mdns.on("packet", (packet, { address }) => options.receive(packet, address));
  mdns.on("error", () => {});
  socket.on("error", fail);
  socket.bind(PORT, "0.0.0.0", () => {
    try {
      socket.addMembership(GROUP, own!.address);
      socket.setMulticastInterface(own!.address);
      socket.setMulticastTTL(HOPS);
      socket.setMulticastLoopback(true);
      ready.resolve(true);
    } catch (error) {
      fail(error);
    }
  });
  let closed = false;
  let sending: Promise<unknown> = ready.promise;
  const send = async (packet: Packet) => {
    if (!await ready.promise || closed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    mdns.send(packet, (error) => {
      if (error) options.trouble(error);
      resolve();
    });
    await promise;
  };
  return {
    send(packet) {
      sending = Promise.all([sending, send(packet).catch(fail)]);
    },
    async close() {
      await within(NEARBY_GOODBYE_MS, sending);
      closed = true;
      ready.resolve(false);
      try {
        socket.close();
      } catch {
        // It is closed already.
      }
    },
  };
}

/** A socket for multicast-dns that passes on only the packets that the guard admits. */
function guarded(socket: Socket, guard: PacketGuard) {
  return {
    on(event: string, listener: (...args: unknown[]) => void) {
      if (event !== "message") return socket.on(event, listener);
      return socket.on("message", (bytes, from) => guard.pass(bytes, from, () => listener(bytes, from)));
    },
    send: socket.send.bind(socket),
  };
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, ms);
  await Promise.race([work.catch(() => {}), late.promise]);
  clearTimeout(timer);
}
