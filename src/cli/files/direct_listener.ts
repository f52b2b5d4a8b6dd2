import type { StraightListener, StraightPlace, StraightPorts } from "../../client/direct/straight_ports.ts";
import type { FileLink } from "../../client/files/file_ports.ts";
import { MAX_DIRECT_HOSTS } from "../../protocol/limits.ts";
import { ByteLink } from "../../transports/byte_link.ts";
import { dialTls, TlsConnection } from "../../transports/tls.ts";
import { makeCertificate, readCertificate, trusted } from "../hosting/certificate.ts";
import { interfaceHosts } from "../platform/machine_addresses.ts";
import { explain } from "../platform/system_errors.ts";

/** TLS between two clients: each transfer has a certificate of its own. IPv4 only. */
export const straightPorts: StraightPorts = { listen, dial };

async function listen(): Promise<StraightListener> {
  const pair = await makeCertificate([], new Date());
  const { der } = readCertificate(pair.cert);
  const listener = open(pair);
  return {
    hosts: interfaceHosts(false).slice(0, MAX_DIRECT_HOSTS),
    port: (listener.addr as Deno.NetAddr).port,
    certificate: der.toBase64({ alphabet: "base64url", omitPadding: true }),
    accept: async () => new ByteLink(new TlsConnection(await listener.accept())),
    close: () => {
      try {
        listener.close();
      } catch {
        // It is closed already.
      }
    },
  };
}

function open(pair: { readonly cert: string; readonly key: string }): Deno.TlsListener {
  try {
    return Deno.listenTls({ hostname: "0.0.0.0", port: 0, ...pair });
  } catch (error) {
    throw new Error(`This machine cannot listen for the receiver: ${explain(error)}`, { cause: error });
  }
}

async function dial(host: string, { port, certificate }: StraightPlace, signal: AbortSignal): Promise<FileLink> {
  const pinned = trusted(readCertificate(Uint8Array.fromBase64(certificate, { alphabet: "base64url" })));
  if (pinned === undefined) throw new Error("The certificate of the sender has no name");
  return new ByteLink(await dialTls(host, port, { trusted: pinned, signal }));
}
