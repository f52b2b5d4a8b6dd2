import { assertEquals, assertStringIncludes } from "@std/assert";
import { makeCertificate } from "../../../src/cli/hosting/certificate.ts";
import {
  CERTIFICATE_CHECK_MS,
  CertificateRenewal,
  watchCertificate,
} from "../../../src/cli/hosting/certificate_renewal.ts";
import type { TlsKeyPair } from "../../../src/transports/tls.ts";
import { PortLost } from "../../../src/transports/tls_listener.ts";
import type { Log } from "../../../src/server/monitor/log_events.ts";
import { FakeTimers } from "../../helpers/fake_timers.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";

const [FIRST, SECOND, THIRD] = await Promise.all([0, 1, 2].map(() => makeCertificate([], new Date())));

/** The files of a server that uses `FIRST`, with what its renewal has done. */
class Scene implements Disposable {
  readonly #folder = temporaryFolder();
  readonly files = { cert: `${this.#folder.path}/cert.pem`, key: `${this.#folder.path}/key.pem` };
  /** The certificates that were put to use. */
  readonly used: string[] = [];
  readonly logged: string[] = [];
  replaceFails: Error | undefined;
  readonly renewal: CertificateRenewal;

  constructor(prepare?: (scene: Scene) => void) {
    if (prepare === undefined) this.write(FIRST!);
    else prepare(this);
    const log: Log = (_, event, fields) => this.logged.push([event, ...Object.values(fields ?? {})].join(" "));
    this.renewal = new CertificateRenewal({
      files: this.files,
      certificate: FIRST!,
      replace: ({ cert }) => {
        if (this.replaceFails !== undefined) return Promise.reject(this.replaceFails);
        this.used.push(cert);
        return Promise.resolve();
      },
      renewed: ({ fingerprint }) => this.logged.push(fingerprint),
      log,
    });
  }

  write({ cert, key }: TlsKeyPair): void {
    Deno.writeTextFileSync(this.files.cert, cert);
    Deno.writeTextFileSync(this.files.key, key);
    this.#touch();
  }

  /** Sets another time, because two writes may have the same. */
  #touch(): void {
    const time = new Date(2026, 0, 1, 0, ++this.#minute);
    Deno.utimeSync(this.files.cert, time, time);
  }

  #minute = 0;

  path(name: string): string {
    return `${this.#folder.path}/${name}`;
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

Deno.test("changed files are used at the second look that finds them, and then left alone", async () => {
  using scene = new Scene();
  for (let looks = 0; looks < 3; looks++) await scene.renewal.look();
  assertEquals([scene.used, scene.logged], [[], []]);
  scene.write(SECOND!);
  await scene.renewal.look();
  assertEquals(scene.used, []);
  for (let looks = 0; looks < 3; looks++) await scene.renewal.look();
  assertEquals(scene.used, [SECOND!.cert]);
  assertStringIncludes(scene.logged[1]!, `certificate renewed ${scene.logged[0]}`);
});

Deno.test("files that change between two looks are used when they have settled", async () => {
  using scene = new Scene();
  for (const pair of [SECOND!, { ...SECOND!, key: THIRD!.key }, THIRD!]) {
    scene.write(pair);
    await scene.renewal.look();
  }
  await scene.renewal.look();
  assertEquals(scene.used, [THIRD!.cert]);
});

Deno.test({
  name: "symbolic links that point elsewhere are a change, as certbot and Caddy make it",
  ignore: Deno.build.os === "windows",
  async fn() {
    using scene = new Scene((scene) => {
      const time = new Date(2026, 0, 1);
      for (const [number, { cert, key }] of [FIRST!, SECOND!].entries()) {
        for (const [name, text] of [["cert", cert], ["key", key]] as const) {
          Deno.writeTextFileSync(scene.path(`${name}${number}.pem`), text);
          Deno.utimeSync(scene.path(`${name}${number}.pem`), time, time);
        }
      }
      link(scene, 0);
    });
    await scene.renewal.look();
    link(scene, 1);
    await scene.renewal.look();
    await scene.renewal.look();
    assertEquals(scene.used, [SECOND!.cert]);
  },
});

function link({ files }: Scene, number: number): void {
  for (const [name, target] of Object.entries(files)) {
    try {
      Deno.removeSync(target);
    } catch {
      // The first link.
    }
    Deno.symlinkSync(`${name}${number}.pem`, target);
  }
}

Deno.test("a pair that cannot be used is reported once, and the old one stays until the files are right", async () => {
  using scene = new Scene();
  scene.write({ ...SECOND!, key: THIRD!.key });
  for (let looks = 0; looks < 4; looks++) await scene.renewal.look();
  assertEquals(scene.used, []);
  assertEquals(scene.logged.length, 1);
  assertStringIncludes(scene.logged[0]!, "certificate not renewed The certificate and the key of");
  Deno.removeSync(scene.files.cert);
  for (let looks = 0; looks < 4; looks++) await scene.renewal.look();
  assertEquals(scene.logged.length, 2);
  assertStringIncludes(scene.logged[1]!, "it does not exist");
  scene.write(SECOND!);
  for (let looks = 0; looks < 2; looks++) await scene.renewal.look();
  assertEquals(scene.used, [SECOND!.cert]);
});

Deno.test("a reload reads the files at once, and does nothing if they hold the pair in use", async () => {
  using scene = new Scene();
  await scene.renewal.reload();
  assertEquals([scene.used, scene.logged], [[], []]);
  scene.write(SECOND!);
  await Promise.all([scene.renewal.reload(), scene.renewal.reload()]);
  assertEquals(scene.used, [SECOND!.cert]);
  await scene.renewal.look();
  await scene.renewal.look();
  assertEquals(scene.used, [SECOND!.cert]);
});

Deno.test("a port that cannot be opened again is tried at every look, and a pair that TLS refuses is not", async () => {
  using scene = new Scene();
  scene.write(SECOND!);
  scene.replaceFails = new PortLost(5050, new Deno.errors.AddrInUse());
  await scene.renewal.reload();
  await scene.renewal.look();
  await scene.renewal.look();
  assertEquals(scene.logged.length, 3);
  assertStringIncludes(
    scene.logged[0]!,
    "Port 5050 is closed and cannot be opened again, because the address is already in use: trying again",
  );
  scene.replaceFails = undefined;
  await scene.renewal.look();
  assertEquals(scene.used, [SECOND!.cert]);
  scene.write(THIRD!);
  scene.replaceFails = new Error("no such curve");
  for (let looks = 0; looks < 4; looks++) await scene.renewal.look();
  assertEquals(scene.logged.filter((line) => line.includes("no such curve")).length, 1);
});

Deno.test("the files are watched until the signal ends it", async () => {
  using scene = new Scene();
  using timers = new FakeTimers();
  const stop = new AbortController();
  watchCertificate(scene.renewal, stop.signal);
  scene.write(SECOND!);
  timers.advance(2 * CERTIFICATE_CHECK_MS);
  await scene.renewal.reload();
  assertEquals(scene.used, [SECOND!.cert]);
  stop.abort();
  assertEquals(timers.pending, 0);
});
