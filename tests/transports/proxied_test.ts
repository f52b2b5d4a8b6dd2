/** Which transports read the header of the PROXY protocol, and from whom. */

import { assertEquals } from "@std/assert";
import type { Connection, Listener } from "../../src/transports/connection.ts";
import { listenTcp } from "../../src/transports/tcp.ts";
import { listenUnix } from "../../src/transports/unix.ts";
import { lines } from "../contracts/connection_contract.ts";

const HOST = "127.0.0.1";
const HEADER = "PROXY TCP4 192.0.2.7 198.51.100.1 5 6\r";

/** Accepts a connection that begins with a header. Returns it with its first frame. */
async function firstFrame(listener: Listener, dial: () => Promise<Deno.Conn>): Promise<[Connection, unknown]> {
  const [there, here] = await Promise.all([listener.accept(), dial()]);
  await here.write(lines(HEADER, "ada"));
  const reader = there!.frames.getReader();
  const { value } = await reader.read();
  here.close();
  there!.close();
  listener.close();
  return [there!, value![0]];
}

Deno.test("TCP: only a proxy's header is read as one", async () => {
  const source = { type: "proxied", source: { host: "192.0.2.7", port: 5 } };
  for (const [isProxy, first] of [[true, source], [false, HEADER.trim()]] as const) {
    const asked: string[] = [];
    const listener = listenTcp(HOST, 0, (address) => asked.push(address) > 0 && isProxy);
    const port = Number(listener.address.split(":")[1]);
    const [there, frame] = await firstFrame(listener, () => Deno.connect({ hostname: HOST, port }));
    assertEquals([there.isProxy, frame, asked], [isProxy, first, [HOST]]);
  }
});

Deno.test("Unix socket: a proxy's connections are not privileged, and begin with its header", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const folder = await Deno.makeTempDir({ prefix: "confab-" });
  const path = `${folder}/s`;
  const listener = await listenUnix(path, { isProxy: true });
  await Deno.chmod(path, 0o600);
  const [there, frame] = await firstFrame(listener, () => Deno.connect({ transport: "unix", path }));
  await Deno.remove(folder, { recursive: true });
  const source = { host: "192.0.2.7", port: 5 };
  assertEquals([there.isProxy, there.privileged, frame], [true, false, { type: "proxied", source }]);
});
