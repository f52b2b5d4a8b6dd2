/** Connections from one server of a cluster to another. The link on top proves the cluster's key at both ends, with TLS or without. */

import type { DialServer } from "../../cluster/link/mod.ts";
import { parseEndpoint } from "../../protocol/address/endpoint.ts";
import { ByteLink } from "../../transports/byte_link.ts";
import { dialTcp } from "../../transports/tcp.ts";
import { dialTls, lookAtCertificate, TlsFault, type TrustedCertificate } from "../../transports/tls.ts";
import { readCertificate, trusted } from "../hosting/certificate.ts";

/** Connects by TLS to a server that has it, with any certificate, and to the others by TCP. */
export const dialOtherServer: DialServer = async (address, signal) => {
  const { host, port } = parseEndpoint(address);
  try {
    const tls = await tlsOf(host, port, signal);
    return new ByteLink(
      tls === undefined ? await dialTcp(host, port, signal) : await dialTls(host, port, { ...tls, signal }),
    );
  } catch (error) {
    // A fault of TLS is explained to users by options that the operator of a server does not have.
    if (error instanceof TlsFault) throw new Error(`The TLS handshake failed: ${error.message}`, { cause: error });
    throw error;
  }
};

/** How to trust the certificate that the server shows; `undefined` for a server without TLS. */
async function tlsOf(
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<{ readonly trusted?: TrustedCertificate } | undefined> {
  try {
    const own = trusted(readCertificate(await lookAtCertificate(host, port, signal)));
    // A certificate of an authority is trusted by that authority.
    return own === undefined ? {} : { trusted: own };
  } catch (error) {
    if (error instanceof TlsFault && error.kind === "no_tls") return undefined;
    throw error;
  }
}
