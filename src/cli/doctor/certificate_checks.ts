/** Checks of certificates: of the one that this machine serves with, and of the one that a server shows. */

import { EXIT, type ExitCode } from "../args/exit_codes.ts";
import { type Certificate, formatFingerprint } from "../hosting/certificate.ts";
import type { KnownServer } from "../joining/known_servers.ts";
import { failed, type Finding, ok, warning } from "./check_result.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Time before the end of a certificate in which it must be renewed. */
const NOTICE_DAYS = 30;

/**
 * Checks the end of the certificate that `serve` would use; `undefined` if it would create one. A certificate that cannot
 * be used at all fails when it is opened.
 */
export function checkOwnCertificate(until: Date | undefined, now: number): Finding {
  if (until === undefined) return ok("Not created yet: serve --tls or --share creates one");
  const next = "Renew it with your authority: a running server takes the new files by itself";
  return checkEnd(until, now, { code: EXIT.usage, next }) ?? ok(`Valid until ${day(until)}`);
}

/** The knowledge about the server besides the certificate that it shows. */
export interface CertificateGrounds {
  /** The server as the client writes it. */
  readonly server: string;
  /** The fingerprint of the invite. */
  readonly invited?: string;
  /** The entry of the server in `known_servers`. */
  readonly known?: KnownServer;
  /** The path of `known_servers`. */
  readonly path?: string;
  /** Whether an authority that this machine trusts has signed the certificate for this host. */
  readonly signed: boolean;
}

/** Compares the certificate that a server shows with what the client would accept. */
export function checkShown(shown: Certificate, grounds: CertificateGrounds, now: number): Finding {
  const { server, invited, known, path, signed } = grounds;
  const print = formatFingerprint(shown.fingerprint);
  if (now < shown.from.getTime()) {
    const found = `The certificate is not valid before ${shown.from.toISOString()}`;
    return failed(EXIT.untrusted, found, "Check the clocks of both machines");
  }
  const late = checkEnd(shown.until, now, {
    code: EXIT.untrusted,
    next: "Ask the operator of the server to renew it",
  });
  if (late?.verdict === "failed") return late;
  if (invited !== undefined && invited !== shown.fingerprint) {
    const found = `The certificate is ${print}, and the invite has ${formatFingerprint(invited)}`;
    return failed(EXIT.untrusted, found, "Ask for a new invite: this one is old, or the connection is intercepted");
  }
  if (invited === undefined && !signed && known !== undefined && known.certificate.fingerprint !== shown.fingerprint) {
    const was = formatFingerprint(known.certificate.fingerprint);
    return failed(
      EXIT.untrusted,
      `The certificate is ${print}, and was ${was} since ${known.since}`,
      `Ask the operator: only if they changed it, remove the line of ${server} from ${path}`,
    );
  }
  return late ?? ok(`${print}, ${groundOf(grounds)}, valid until ${day(shown.until)}`, nextOf(grounds));
}

function groundOf({ invited, known, signed }: CertificateGrounds): string {
  if (invited !== undefined) return "as in the invite";
  if (signed) return "signed by a trusted authority";
  return known === undefined ? "not known yet" : `the same since ${known.since.slice(0, 10)}`;
}

function nextOf({ invited, known, signed }: CertificateGrounds): string | undefined {
  if (invited !== undefined || known !== undefined || signed) return undefined;
  return "Compare it with the one that the server prints, then connect with --tls";
}

interface ExpiryAdvice {
  readonly code: ExitCode;
  readonly next: string;
}

/** `undefined` if the certificate is valid for some time. */
function checkEnd(until: Date, now: number, { code, next }: ExpiryAdvice): Finding | undefined {
  if (now >= until.getTime()) return failed(code, `The certificate expired on ${day(until)}`, next);
  const days = Math.floor((until.getTime() - now) / DAY_MS);
  if (days >= NOTICE_DAYS) return undefined;
  return warning(`The certificate expires on ${day(until)}, in ${days} ${days === 1 ? "day" : "days"}`, next);
}

function day(time: Date): string {
  return time.toISOString().slice(0, 10);
}
