import { quote } from "../../protocol/text/names.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import { explain } from "../platform/system_errors.ts";
import type { LogOutput } from "./log_sink.ts";

/** The file of a log. It can be opened again, after logrotate or the like has renamed it. */
export class LogFile implements LogOutput, Disposable {
  readonly path: string;
  #file: Deno.FsFile;
  #writing = false;

  /** Throws a failure if the file cannot be opened. */
  constructor(path: string) {
    this.path = path;
    try {
      this.#file = open(path);
    } catch (error) {
      const next = error instanceof Deno.errors.NotCapable ? "" : "; choose another with --log-file";
      throw new Failure(EXIT.cannotStore, `Cannot open the log file ${quote(path)}: ${explain(error, path)}${next}`, {
        cause: error,
      });
    }
  }

  /** One call at a time. */
  async write(bytes: Uint8Array): Promise<number> {
    const file = this.#file;
    this.#writing = true;
    try {
      return await file.write(bytes);
    } finally {
      this.#writing = false;
      if (file !== this.#file) file.close();
    }
  }

  /** Continues in the file that has the path now, a new one if it is missing. Throws the errors of the system: then nothing has changed. */
  reopen(): void {
    const earlier = this.#file;
    this.#file = open(this.path);
    if (!this.#writing) earlier.close();
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/** A new file is private to this user; an existing file keeps its mode. */
function open(path: string): Deno.FsFile {
  const file = Deno.openSync(path, { append: true, create: true, mode: 0o600 });
  if (!file.statSync().isDirectory) return file;
  file.close();
  throw new Deno.errors.IsADirectory(path);
}
