import { type ExitCode, Failure } from "../args/exit_codes.ts";
import { explain } from "../platform/system_errors.ts";

/** The result of a check, and what to do about it. A warning does not prevent a chat; a failure does. */
export type Finding =
  | { readonly verdict: "ok" | "note"; readonly found: string; readonly next?: string }
  | { readonly verdict: "warning"; readonly found: string; readonly next: string }
  | { readonly verdict: "failed"; readonly found: string; readonly next?: string; readonly code: ExitCode };

/** One thing that can be wrong. */
export interface Check {
  readonly name: string;
  /** The exit code of an error that the check throws, and of a check that takes too long. */
  readonly code: ExitCode;
  /** Ends early, and frees what it has opened, when the signal aborts. */
  readonly run: (signal: AbortSignal) => Finding | Promise<Finding>;
}

/** The finding of a check, under its name. */
export type NamedFinding = Finding & { readonly check: string };

export function ok(found: string, next?: string): Finding {
  return { verdict: "ok", found, next };
}

/** Something that cannot be known, or that the user may want to know. */
export function note(found: string, next?: string): Finding {
  return { verdict: "note", found, next };
}

export function warning(found: string, next: string): Finding {
  return { verdict: "warning", found, next };
}

export function failed(code: ExitCode, found: string, next?: string): Finding {
  return { verdict: "failed", found, next, code };
}

/** Runs a check until it ends or the signal aborts. Never rejects. */
export async function perform(check: Check, signal: AbortSignal): Promise<NamedFinding> {
  const late = Promise.withResolvers<never>();
  const giveUp = () => late.reject(signal.reason);
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    signal.throwIfAborted();
    return { check: check.name, ...await Promise.race([check.run(signal), late.promise]) };
  } catch (error) {
    return { check: check.name, ...faultOf(error, check) };
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

/** The message of a failure says what to do; other errors are explained. */
function faultOf(error: unknown, { code }: Check): Finding {
  if (error instanceof Failure) return failed(error.code, error.message);
  return failed(code, `The check did not end: ${explain(error)}`, "Try again; if it remains, see help troubleshooting");
}
