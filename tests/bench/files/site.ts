import { makeCertificate } from "../../../src/cli/hosting/certificate.ts";
import { shell } from "./processes.ts";
import { serve, type Served } from "../../helpers/e2e.ts";

/** The files and servers of the bench, in a folder of its own. */
export class Site implements AsyncDisposable {
  readonly folder: string;
  /** The file that is copied. */
  readonly source: string;
  /** A file of at most `PART_BYTES`: the server has space for ten of them at once. */
  readonly part: string;
  readonly plain: Served;
  readonly tls: Served;

  private constructor(folder: string, plain: Served, tls: Served) {
    this.folder = folder;
    this.source = `${folder}/source`;
    this.part = `${folder}/part`;
    this.plain = plain;
    this.tls = tls;
  }

  static async open(bytes: number): Promise<Site> {
    const folder = await Deno.makeTempDir({ prefix: "confab-bench-" });
    const { cert, key } = await makeCertificate(["127.0.0.1"], new Date());
    await Deno.writeTextFile(`${folder}/cert.pem`, cert);
    await Deno.writeTextFile(`${folder}/key.pem`, key);
    await writeRandom(`${folder}/source`, bytes);
    await writeRandom(`${folder}/part`, Math.min(bytes, PART_BYTES));
    const [plain, tls] = [
      await serve(...OPTIONS),
      await serve(...OPTIONS, "--cert", `${folder}/cert.pem`, "--key", `${folder}/key.pem`),
    ];
    return new Site(folder, plain, tls);
  }

  /** The certificate of the server with TLS, in PEM. */
  get certificate(): string {
    return Deno.readTextFileSync(`${this.folder}/cert.pem`);
  }

  served(isTls: boolean): Served {
    return isTls ? this.tls : this.plain;
  }

  /**
   * Has the system take memory for a file of this size and free it again, so that the next copy finds the same state as each
   * other one. In a virtual machine, memory that was free for some seconds costs several times as much to write to.
   */
  async warmUp(): Promise<void> {
    const { size } = await Deno.stat(this.source);
    await shell(`head -c ${Math.round(1.2 * size)} /dev/zero > ${this.folder}/scratch; rm ${this.folder}/scratch`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.plain[Symbol.asyncDispose]();
    await this.tls[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}

const PART_BYTES = 512 * 1024 ** 2;
/** A member may send 20 files of 1 GB in a day. */
const OPTIONS = ["--max-file", "20GB", "--rate", "0"];

/** Bytes that no disk and no link compresses. */
export async function writeRandom(path: string, bytes: number): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  const piece = new Uint8Array(1024 * 1024);
  for (let written = 0; written < bytes; written += piece.length) {
    for (let at = 0; at < piece.length; at += 65_536) crypto.getRandomValues(piece.subarray(at, at + 65_536));
    await file.write(piece.subarray(0, Math.min(piece.length, bytes - written)));
  }
}
