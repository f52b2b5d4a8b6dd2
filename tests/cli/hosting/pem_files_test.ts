import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { EXIT, Failure } from "../../../src/cli/args/exit_codes.ts";
import { makeCertificate, readCertificate } from "../../../src/cli/hosting/certificate.ts";
import { openCertificateFiles } from "../../../src/cli/hosting/server_certificate.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";

const OWN = await makeCertificate([], new Date());
const OTHER = await makeCertificate([], new Date());

type Content = string | Uint8Array;

/** Writes both files and opens them. */
function open(cert: Content, key: Content, names = ["cert.pem", "key.pem"]) {
  using folder = temporaryFolder();
  const [certPath, keyPath] = names.map((name) => `${folder.path}/${name}`) as [string, string];
  write(certPath, cert);
  write(keyPath, key);
  return openCertificateFiles({ cert: certPath, key: keyPath });
}

function write(path: string, content: Content): void {
  if (typeof content === "string") Deno.writeTextFileSync(path, content);
  else Deno.writeFileSync(path, content);
}

function complaint(cert: Content, key: Content, names?: string[]): string {
  const failure = assertThrows(() => open(cert, key, names), Failure);
  assertEquals(failure.code, EXIT.usage);
  assertEquals(failure.message.includes("\n"), false);
  return failure.message;
}

function der(pem: string): Uint8Array {
  return Uint8Array.fromBase64(pem.replace(/-----.*-----/g, ""));
}

Deno.test("the certificate and the key may have any line ends, byte order marks and text around them", () => {
  const { fingerprint } = readCertificate(OWN.cert);
  const parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
  const forms: ((text: string) => string)[] = [
    (text) => text,
    (text) => text.replaceAll("\n", "\r\n"),
    (text) => `\ufeff${text}`,
    (text) => `\ufeff${text}`.replaceAll("\n", "\r\n"),
    (text) => `subject=CN = Confab\n${text}\nend`,
    (text) => `${parameters}${text}`,
    (text) => text.trimEnd(),
  ];
  for (const form of forms) {
    const opened = open(form(OWN.cert), form(OWN.key));
    assertEquals(opened.fingerprint, fingerprint);
    Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert: opened.cert, key: opened.key }).close();
  }
});

Deno.test("both may be in one file, and the certificates of authorities may follow", () => {
  const both = OWN.key + OWN.cert + OTHER.cert;
  const opened = open(both, both);
  assertEquals([opened.cert, opened.key], [OWN.cert + OTHER.cert, OWN.key]);
});

Deno.test("a chain that does not begin with the server's own certificate says so", () => {
  assertMatch(complaint(OTHER.cert + OWN.cert, OWN.key), /do not match: put the server's own certificate first/);
  assertMatch(complaint(OTHER.cert, OWN.key), /do not match: choose other files/);
});

Deno.test("exchanged files, encrypted keys, DER and files without the right content each say what to do", () => {
  const encrypted = OWN.key.replaceAll("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
  const old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n" +
    "-----END RSA PRIVATE KEY-----\n";
  const cases: [Content, Content, RegExp][] = [
    [OWN.key, OWN.cert, /--cert is a private key, .*cert\.pem, and --key a certificate: exchange the two files/],
    [OWN.key, OWN.key, /no certificate in --cert .*cert\.pem/],
    [OWN.cert, OWN.cert, /no private key in --key .*key\.pem/],
    [OWN.cert, encrypted, /--key .*key\.pem is encrypted: .*"openssl pkey -in /],
    [OWN.cert, old, /--key .*key\.pem is encrypted/],
    [der(OWN.cert), OWN.key, /--cert, .*cert\.pem, is in DER .*"openssl x509 -inform der /],
    [OWN.cert, der(OWN.key), /--key, .*key\.pem, is in DER .*"openssl pkey -inform der /],
    ["", OWN.key, /no certificate in --cert/],
    [OWN.cert, "", /no private key in --key/],
    [OWN.cert.replace("MII", "M#I"), OWN.key, /Cannot read the certificate or the key/],
    [Uint8Array.of(0xc3, 0x28), OWN.key, /Cannot read --cert .*not valid UTF-8/],
  ];
  for (const [cert, key, says] of cases) assertMatch(complaint(cert, key), says);
  assertMatch(complaint(der(OWN.cert), OWN.key, ["chat.pfx", "key.pem"]), /"openssl pkcs12 -in .*chat\.pfx -nodes/);
});
