/** Reads a certificate and its key from files in PEM (RFC 7468), and says what is wrong with them. */

import type { TlsKeyPair } from "../../transports/tls.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import { decodeForeign } from "../platform/foreign_text.ts";
import { explain } from "../platform/system_errors.ts";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
const KEY = /-----BEGIN ((?:[A-Z]+ )?PRIVATE KEY)-----[^]*?-----END \1-----/;
const ENCRYPTED = /BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: *4, *ENCRYPTED/;

/** The certificates of one file and the first key of the other, both without any text around them. Throws a usage failure. */
export function readPemFiles(certPath: string, keyPath: string): TlsKeyPair {
  const cert = readFile("--cert", certPath, "x509");
  const key = readFile("--key", keyPath, "pkey");
  const certificates = splitChain(cert);
  if (certificates.length === 0) {
    if (KEY.test(cert) && splitChain(key).length > 0) {
      throw failure(`Option --cert is a private key, ${certPath}, and --key a certificate: exchange the two files`);
    }
    throw failure(`There is no certificate in --cert ${certPath}: choose the file with -----BEGIN CERTIFICATE-----`);
  }
  if (ENCRYPTED.test(key)) {
    const command = `openssl pkey -in ${keyPath} -out key.pem`;
    throw failure(`The key in --key ${keyPath} is encrypted: write one without its password, with "${command}"`);
  }
  const [block] = KEY.exec(key) ?? [];
  if (block === undefined) {
    throw failure(`There is no private key in --key ${keyPath}: choose the file with -----BEGIN PRIVATE KEY-----`);
  }
  return { cert: certificates.map((certificate) => `${certificate}\n`).join(""), key: `${block}\n` };
}

/** The certificates of a PEM file, in its order. */
export function splitChain(cert: string): string[] {
  return cert.match(CERTIFICATE) ?? [];
}

function readFile(option: string, path: string, command: "x509" | "pkey"): string {
  let bytes: Uint8Array;
  try {
    bytes = Deno.readFileSync(path);
    if (!isBinary(bytes)) return decodeForeign(bytes).replaceAll("\r\n", "\n");
  } catch (error) {
    const next = "choose a readable PEM file";
    throw new Failure(EXIT.usage, `Cannot read ${option} ${path}: ${explain(error, path)}; ${next}`, { cause: error });
  }
  const convert = /\.(p12|pfx)$/i.test(path)
    ? `openssl pkcs12 -in ${path} -nodes -out chat.pem`
    : `openssl ${command} -inform der -in ${path} -out ${path}.pem`;
  throw failure(`The file of ${option}, ${path}, is in DER and not in PEM: convert it with "${convert}"`);
}

/** Whether the file is one element of DER, a sequence whose length has two bytes or more: ITU-T X.690. */
function isBinary([tag, length = 0]: Uint8Array): boolean {
  return tag === 0x30 && length > 0x80;
}

function failure(message: string): Failure {
  return new Failure(EXIT.usage, message);
}
