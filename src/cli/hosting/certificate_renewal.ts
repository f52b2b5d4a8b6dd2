/** Uses a renewed certificate without a restart. */

import type { Log } from "../../server/monitor/log_events.ts";
import type { TlsKeyPair } from "../../transports/tls.ts";
import { PortLost } from "../../transports/tls_listener.ts";
import { explain } from "../platform/system_errors.ts";
import { type CertificateFiles, openCertificateFiles, type ServerCertificate } from "./server_certificate.ts";

/** Time between two looks at the files. A change is used at the second look that finds it. */
export const CERTIFICATE_CHECK_MS = 15_000;

export interface CertificateRenewalOptions {
  readonly files: CertificateFiles;
  /** The certificate in use. */
  readonly certificate: TlsKeyPair;
  /** Replaces the certificate of new connections. */
  readonly replace: (pair: TlsKeyPair) => Promise<void>;
  /** Called with a certificate that is used from now on. */
  readonly renewed: (certificate: ServerCertificate) => void;
  readonly log: Log;
}

/**
 * Reads the files of `--cert` and `--key` again when they change: their time, size or place after all symbolic links.
 * A pair that cannot be used is reported once, and the old one stays in use.
 */
export class CertificateRenewal {
  readonly #options: CertificateRenewalOptions;
  #current: TlsKeyPair;
  /** The state of the files at the last read, and at the last look. */
  #read: string;
  #seen: string;
  #reloading: Promise<void> = Promise.resolve();

  constructor(options: CertificateRenewalOptions) {
    this.#options = options;
    this.#current = options.certificate;
    this.#read = this.#seen = stateOf(options.files);
  }

  /**
   * Looks at the files; called every `CERTIFICATE_CHECK_MS`. Programs such as certbot replace one file after the other, so
   * a change is used only when the next look finds the same.
   */
  async look(): Promise<void> {
    const state = stateOf(this.#options.files);
    const isSettled = state === this.#seen;
    this.#seen = state;
    if (isSettled && state !== this.#read) await this.reload();
  }

  /** Reads the files now. Resolves when a renewed certificate is in use, and also if it cannot be used. Never rejects. */
  reload(): Promise<void> {
    return this.#reloading = this.#reloading.then(() => this.#reload());
  }

  async #reload(): Promise<void> {
    const { files, replace, renewed, log } = this.#options;
    this.#read = this.#seen = stateOf(files);
    try {
      const certificate = openCertificateFiles(files);
      if (certificate.cert === this.#current.cert && certificate.key === this.#current.key) return;
      await replace(certificate);
      this.#current = certificate;
      renewed(certificate);
      log("info", "certificate renewed", {
        fingerprint: certificate.fingerprint,
        until: certificate.until.toISOString(),
      });
    } catch (error) {
      const isClosed = error instanceof PortLost;
      // The next look tries again.
      if (isClosed) this.#read = "";
      log("warn", "certificate not renewed", {
        error: isClosed ? `${error.message}, because ${explain(error.cause)}: trying again` : explain(error),
      });
    }
  }
}

function stateOf({ cert, key }: CertificateFiles): string {
  return [cert, key].map(stateOfFile).join("\n");
}

/** `stat` and `realPath` follow symbolic links, which certbot replaces. */
function stateOfFile(path: string): string {
  try {
    const { mtime, size, ino } = Deno.statSync(path);
    return [Deno.realPathSync(path), mtime?.getTime(), size, ino].join(" ");
  } catch (error) {
    return String(error);
  }
}

/** Calls `look` every `CERTIFICATE_CHECK_MS` until the signal ends it. */
export function watchCertificate(renewal: CertificateRenewal, signal: AbortSignal): void {
  const timer = setInterval(() => void renewal.look(), CERTIFICATE_CHECK_MS);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}
