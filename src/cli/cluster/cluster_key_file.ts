import { ClusterKeyError, makeClusterKey, parseClusterKey } from "../../cluster/cluster_key.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import { explain } from "../platform/system_errors.ts";

/** Writes a new key into a new file that only this user can read. Throws a failure. */
export function createKeyFile(path: string): void {
  try {
    Deno.writeTextFileSync(path, makeClusterKey(), { createNew: true, mode: 0o600 });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) {
      const next = "keep it if it is in use, or choose another path";
      throw new Failure(EXIT.usage, `File ${path} exists already: ${next}`, { cause: error });
    }
    const why = error instanceof Deno.errors.NotFound
      ? "its folder does not exist: make it first"
      : explain(error, path);
    throw new Failure(EXIT.cannotStore, `Cannot write the key to ${path}: ${why}`, { cause: error });
  }
}

/** Reads the key of a cluster. `warn` gets a line if other users of this machine can read it. Throws a failure. */
export function readKeyFile(path: string, warn: (line: string) => void): Uint8Array<ArrayBuffer> {
  try {
    const key = parseClusterKey(Deno.readTextFileSync(path), path);
    if (Deno.build.os !== "windows" && (Deno.statSync(path).mode! & 0o077) !== 0) {
      warn(`Other users of this machine can read the cluster's key in ${path}: run chmod 600 on it`);
    }
    return key;
  } catch (error) {
    if (error instanceof ClusterKeyError) throw new Failure(EXIT.usage, error.message, { cause: error });
    const next = "make it once with confab cluster key FILE, and copy it to all servers";
    throw new Failure(EXIT.usage, `Cannot read the key file ${path}: ${explain(error, path)}; ${next}`, {
      cause: error,
    });
  }
}
