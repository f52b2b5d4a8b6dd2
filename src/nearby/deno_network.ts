import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import makeMdns from "multicast-dns";
import { NEARBY_GOODBYE_MS } from "../protocol/limits.ts";
import { groupInterfaces } from "./network_interface.ts";
import type { MulticastLink, MulticastLinkOptions, MulticastNetwork } from "./multicast_network.ts";
import type { NetworkInterface } from "./network_interface.ts";
import type { Packet } from "./dns_packet.ts";
import { PacketGuard } from "./packet_guard.ts";

/** The multicast addresses and port of mDNS (RFC 6762, section 3). */
const GROUP = "224.0.0.251";
const GROUP_V6 = "ff02::fb";
const PORT = 5353;
/** The IP TTL of all packets (RFC 6762, section 11). */
const HOPS = 255;

/** The part of the package multicast-dns that we use; it has no types. */
interface Mdns {
  on(event: "packet", listener: (packet: Packet, from: RemoteInfo) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  send(packet: Packet, sent: (error?: Error | null) => void): void;
}

/** The network of this machine. With `background`, its sockets and timers do not keep the process alive. */
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
    // Without these permissions Deno throws asynchronously, where nothing could catch the error.
    for (const host of on.zone === undefined ? [`0.0.0.0:${PORT}`, `${GROUP}:${PORT}`] : [undefined]) {
      demand({ name: "net", host }, "--allow-net");
    }
    const socket = createSocket({ type: on.zone === undefined ? "udp4" : "udp6", reuseAddr: true });
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

/** Throws unless the permission is granted. Never prompts for it. */
function demand(permission: Deno.PermissionDescriptor, option: string): void {
  if (Deno.permissions.querySync(permission).state !== "granted") {
    throw new Deno.errors.NotCapable(`Requires ${permission.name} access, run again with ${option}`);
  }
}

/** Opens a link on one interface with an unbound socket. The link closes the socket. */
export function openLink(
  socket: Socket,
  on: NetworkInterface,
  options: MulticastLinkOptions,
  now: () => number,
): MulticastLink {
  const { group, own, bound, zone } = multicastOn(on);
  const ready = Promise.withResolvers<boolean>();
  const fail = (error: unknown) => {
    ready.resolve(false);
    options.failed(error);
  };
  const guard = new PacketGuard({ on, port: PORT, now, failed: options.packetFailed });
  const mdns = makeMdns({ socket: guarded(socket, guard), ip: group, bind: false, multicast: false }) as Mdns;
  mdns.on("packet", (packet, { address }) => options.receive(packet, address + zone));
  mdns.on("error", () => {});
  socket.on("error", fail);
  socket.bind(PORT, bound, () => {
    try {
      socket.addMembership(group, own);
      socket.setMulticastInterface(own);
      socket.setMulticastTTL(HOPS);
      socket.setMulticastLoopback(true);
      ready.resolve(true);
    } catch (error) {
      fail(error);
    }
  });
  let closed = false;
  let sending: Promise<unknown> = ready.promise;
  const send = async (packet: Packet, sent?: () => void) => {
    if (!await ready.promise || closed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    mdns.send(packet, (error) => {
      if (error) options.packetFailed(error);
      else sent?.();
      resolve();
    });
    await promise;
  };
  return {
    send(packet, sent) {
      sending = Promise.all([sending, send(packet, sent).catch(fail)]);
    },
    async close() {
      await within(NEARBY_GOODBYE_MS, sending);
      closed = true;
      ready.resolve(false);
      try {
        socket.close();
      } catch {
        // The socket is already closed.
      }
    },
  };
}

/** How a socket sends and receives multicast on one interface: `own` names the interface, `bound` is its local address. */
function multicastOn({ v4, zone }: NetworkInterface) {
  if (zone === undefined) return { group: GROUP, own: v4[0]!.address, bound: "0.0.0.0", zone: "" };
  // Otherwise Linux delivers packets of all interfaces to each socket, and does not say from which one they came.
  const bound = Deno.build.os === "linux" ? `${GROUP_V6}%${zone}` : "::";
  return { group: GROUP_V6, own: `::%${zone}`, bound, zone: `%${zone}` };
}

/** A socket for multicast-dns that delivers only packets that the guard admits. */
function guarded(socket: Socket, guard: PacketGuard) {
  return {
    on(event: string, listener: (...args: unknown[]) => void) {
      if (event !== "message") return socket.on(event, listener);
      return socket.on("message", (bytes, from) => guard.admit(bytes, from, () => listener(bytes, from)));
    },
    send: socket.send.bind(socket),
  };
}

/** Waits until the work settles, at most `ms`. Never rejects. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, ms);
  await Promise.race([work.catch(() => {}), late.promise]);
  clearTimeout(timer);
}
