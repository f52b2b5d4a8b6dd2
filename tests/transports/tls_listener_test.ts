import { assertEquals, assertRejects } from "@std/assert";
import { makeCertificate, readCertificate, trusted } from "../../src/cli/hosting/certificate.ts";
import type { Connection } from "../../src/transports/connection.ts";
import { dialTls, type TlsKeyPair } from "../../src/transports/tls.ts";
import { listenTls, PortLost, type TlsListener } from "../../src/transports/tls_listener.ts";
import { FrameReader, lines } from "../contracts/connection_contract.ts";

const HOST = "127.0.0.1";
const OLD = await makeCertificate([], new Date());
const NEW = await makeCertificate([], new Date());

function portOf(listener: TlsListener): number {
  return Number(listener.address.split(":").at(-1));
}

function dial(listener: TlsListener, { cert }: TlsKeyPair): Promise<Connection> {
  return dialTls(HOST, portOf(listener), { trusted: trusted(readCertificate(cert))! });
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Accepts everything until the listener is closed. */
async function acceptAll(listener: TlsListener): Promise<Connection[]> {
  const accepted: Connection[] = [];
  for (let next = await listener.accept(); next !== undefined; next = await listener.accept()) accepted.push(next);
  return accepted;
}

Deno.test("a replaced certificate is shown to new connections, and earlier connections stay", async () => {
  const listener = listenTls(HOST, 0, OLD);
  const accepting = acceptAll(listener);
  const before = await dial(listener, OLD);
  const { address } = listener;
  await listener.replace(NEW, turn);
  assertEquals(listener.address, address);
  const after = await dial(listener, NEW);
  await assertRejects(() => dial(listener, OLD));
  await before.write(lines("{}"));
  listener.close();
  const [first, ...others] = await accepting;
  assertEquals(await new FrameReader(first!).next(), "{}");
  for (const end of [before, after, first!, ...others]) end.close();
});

Deno.test("clients that wait to be accepted when the certificate is replaced are accepted with the old one", async () => {
  const listener = listenTls(HOST, 0, OLD);
  const waiting = await Promise.all(
    Array.from({ length: 30 }, () => Deno.connect({ hostname: HOST, port: portOf(listener) })),
  );
  const replacing = listener.replace(NEW, turn);
  const accepting = acceptAll(listener);
  await replacing;
  const handshakes = waiting.map(async (conn) => {
    const tls = await Deno.startTls(conn, { hostname: "localhost", caCerts: [OLD.cert] });
    await tls.handshake();
    return tls;
  });
  const clients = await Promise.all(handshakes);
  listener.close();
  const accepted = await accepting;
  assertEquals(accepted.length, 30);
  for (const end of [...clients, ...accepted]) end.close();
});

Deno.test("a pair that TLS cannot use rejects, and the certificate stays", async () => {
  const listener = listenTls(HOST, 0, OLD);
  const accepting = acceptAll(listener);
  await assertRejects(() => listener.replace({ cert: OLD.cert, key: NEW.key }, turn));
  await assertRejects(() => listener.replace({ cert: "", key: NEW.key }, turn));
  const client = await dial(listener, OLD);
  listener.close();
  for (const end of [client, ...await accepting]) end.close();
});

Deno.test("a port that another program takes in between rejects as lost, and a later call opens it again", async () => {
  const listener = listenTls(HOST, 0, OLD);
  const accepting = acceptAll(listener);
  const { listenTls: real } = Deno;
  try {
    Deno.listenTls = (options) => {
      if (options.port === portOf(listener)) throw new Deno.errors.AddrInUse("taken");
      return real(options);
    };
    await assertRejects(() => listener.replace(NEW, turn), PortLost, `Port ${portOf(listener)} is closed`);
  } finally {
    Deno.listenTls = real;
  }
  await assertRejects(() => dial(listener, OLD), Deno.errors.ConnectionRefused);
  await listener.replace(NEW, turn);
  const client = await dial(listener, NEW);
  listener.close();
  for (const end of [client, ...await accepting]) end.close();
});

Deno.test("closing a listener while its certificate is replaced ends both", async () => {
  const listener = listenTls(HOST, 0, OLD);
  const accepting = acceptAll(listener);
  await listener.replace(NEW, () => {
    listener.close();
    return turn();
  });
  assertEquals(await accepting, []);
  await listener.replace(OLD, turn);
  listener.close();
});
