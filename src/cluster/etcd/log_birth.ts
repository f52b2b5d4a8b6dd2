import { LogLost } from "../command_log.ts";
import type { KeyValue } from "./etcd_answer.ts";

/** The record under `birth`: written before the first entry, and never again. If it changes, the log is another one. */
export interface LogBirth {
  /** The revision of etcd that created it: entries have higher positions. */
  readonly revision: number;
}

/** Throws `LogLost` unless the record in etcd is the one that this server knows. */
export function checkBirth({ revision }: LogBirth, found: KeyValue | undefined): void {
  if (found?.createRevision !== revision) throw setUpAnew();
}

/** Entries are missing, because etcd or its data was replaced. */
export function setUpAnew(): LogLost {
  return new LogLost("etcd was set up anew, or its data was removed: entries that it had confirmed are missing");
}
