/**
 * Everything that `serve` needs around the server: listeners, certificates, the control socket, metrics, announcements.
 * It knows no client.
 *
 * Start with `host.ts`, which loads the whole server; commands that only join must not import it. Then read `endpoints.ts`,
 * `server_certificate.ts` and `control_socket.ts`. `self_signed.ts` and `der.ts` write X.509 certificates,
 * `pem_files.ts` reads those of others, and `certificate_renewal.ts` puts renewed ones to use.
 *
 * @module
 */

export { type Certificate, readCertificate } from "./certificate.ts";
export { listenForOwner } from "./control_socket.ts";
