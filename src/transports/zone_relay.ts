import { connectTcp } from "./tcp.ts";

/** A port of this machine that passes one connection on. Disposing of it closes both ends. */
export interface ZoneRelay extends Disposable {
  readonly hostname: string;
  readonly port: number;
}

/**
 * Connects to a link-local address with its zone, such as `fe80::1%eth0` (RFC 4007, section 11), for what Deno can do only
 * with node:net, which cannot dial such an address in Deno 2.9. Rejects with the errors of `Deno.connect`.
 */
export async function openZoneRelay(hostname: string, port: number, signal?: AbortSignal): Promise<ZoneRelay> {
  const there = await connectTcp(hostname, port, signal);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open: Disposable[] = [there, listener];
  const close = () => {
    for (const end of open.splice(0)) closeQuietly(end);
  };
  void listener.accept().then((here) => {
    open.push(here);
    return Promise.race([here.readable.pipeTo(there.writable), there.readable.pipeTo(here.writable)]);
  }).catch(() => {}).finally(close);
  const { addr } = listener;
  return { hostname: addr.hostname, port: addr.port, [Symbol.dispose]: close };
}

function closeQuietly(end: Disposable): void {
  try {
    end[Symbol.dispose]();
  } catch {
    // The copying has closed it already.
  }
}
