import { formatEndpoint } from "../protocol/address/endpoint.ts";
import { type IsProxy, noProxy } from "../protocol/address/trusted_proxies.ts";
import { LISTEN_BACKLOG } from "../protocol/limits.ts";
import type { Listener } from "./connection.ts";
import { StreamConnection, type StreamPeer } from "./stream_connection.ts";
import { StreamListener } from "./stream_listener.ts";

/** Listens on a port; 0 lets the system choose one. Throws the errors of `Deno.listen`. */
export function listenTcp(hostname: string, port: number, isProxy: IsProxy = noProxy): Listener {
  const listener = Deno.listen({ transport: "tcp", hostname, port, tcpBacklog: LISTEN_BACKLOG });
  return new StreamListener(listener, formatTcp(hostname, listener.addr.port), (conn) => {
    const fromProxy = isProxy(conn.remoteAddr.hostname);
    return connectionOf(conn, { isProxy: fromProxy, sendsHeader: fromProxy });
  });
}

/** Rejects as `connectTcp` does. */
export async function dialTcp(hostname: string, port: number, signal?: AbortSignal): Promise<StreamConnection> {
  return connectionOf(await connectTcp(hostname, port, signal));
}

/**
 * Rejects with the errors of `Deno.connect`, or with the signal's reason. Deno has a `signal` of its own, but it loses the
 * socket if that is aborted while the connection opens. So Deno goes on, and a connection that opens too late is closed.
 */
export async function connectTcp(hostname: string, port: number, signal?: AbortSignal): Promise<Deno.TcpConn> {
  signal?.throwIfAborted();
  const connecting = Deno.connect({ transport: "tcp", hostname, port });
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal!.reason);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([connecting, aborted.promise]);
  } catch (error) {
    connecting.then((late) => late.close(), () => {});
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

/** `host:port`, with brackets around an IPv6 address. */
export function formatTcp(hostname: string, port: number): string {
  return formatEndpoint({ host: hostname, port });
}

/** Closes the connection if its options cannot be set: Windows refuses that once the other end has reset it. */
function connectionOf(conn: Deno.TcpConn, proxy?: Pick<StreamPeer, "isProxy" | "sendsHeader">): StreamConnection {
  try {
    conn.setNoDelay(true);
    conn.setKeepAlive(true);
  } catch (error) {
    conn.close();
    throw error;
  }
  return new StreamConnection(conn, { ...tcpPeer(conn), ...proxy });
}

/** Describes the two ends of a connection. */
export function tcpPeer({ localAddr, remoteAddr: { hostname, port } }: Deno.TcpConn | Deno.TlsConn): StreamPeer {
  const local = { localAddress: localAddr.hostname, localPort: localAddr.port };
  return { peer: formatTcp(hostname, port), remoteAddress: hostname, ...local };
}
