/**
 * One end of the simplest copy of a file over TCP or TLS that Deno can do: a file to a link, or a link to a file.
 * Usage: deno run -A tests/bench/files/bare_copy.ts receive FOLDER FILE [tls] | send FOLDER FILE PORT [tls].
 * The folder has `cert.pem` and `key.pem`. The receiver prints its port. Both print `Usage` at the end.
 */

import process from "node:process";

const PIECE_BYTES = 256 * 1024;
const [end, folder, path, ...rest] = Deno.args as [string, string, string, ...string[]];
const buffer = new Uint8Array(PIECE_BYTES);

async function receive(): Promise<void> {
  const listener = rest[0] === "tls"
    ? Deno.listenTls({ ...pair(), hostname: "127.0.0.1", port: 0 })
    : Deno.listen({ hostname: "127.0.0.1", port: 0 });
  console.log((listener.addr as Deno.NetAddr).port);
  using conn = await listener.accept();
  await measured(async () => {
    using file = await Deno.open(path, { write: true, create: true, truncate: true });
    for (let count = await fill(conn); count > 0; count = await fill(conn)) {
      await writeAll(file, buffer.subarray(0, count));
    }
  });
  listener.close();
}

async function send(): Promise<void> {
  const [port, tls] = rest;
  const target = { hostname: "127.0.0.1", port: Number(port) };
  using conn = tls === "tls"
    ? await Deno.connectTls({ ...target, caCerts: [pair().cert] })
    : await Deno.connect(target);
  await measured(async () => {
    using file = await Deno.open(path);
    for (let count = await file.read(buffer); count !== null; count = await file.read(buffer)) {
      await writeAll(conn, buffer.subarray(0, count));
    }
    await conn.closeWrite();
  });
}

function pair(): { readonly cert: string; readonly key: string } {
  return { cert: Deno.readTextFileSync(`${folder}/cert.pem`), key: Deno.readTextFileSync(`${folder}/key.pem`) };
}

/** A link with TLS gives 16 KB at a time, which would be small pieces for a disk. */
async function fill(conn: Deno.Conn): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const count = await conn.read(buffer.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return filled;
}

async function writeAll(to: { write(bytes: Uint8Array): Promise<number> }, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
}

async function measured(work: () => Promise<void>): Promise<void> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ seconds: (performance.now() - start) / 1_000, cpuSeconds: (user + system) / 1e6 }));
}

await (end === "receive" ? receive() : send());
