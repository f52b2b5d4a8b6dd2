import type { CommandUsage } from "./command_spec.ts";
import { EXIT, Failure } from "./exit_codes.ts";

/**
 * Names of devices that Windows finds in every folder, with any extension ("Naming Files, Paths, and Namespaces" of
 * Microsoft). Text written to `NUL.txt` is lost, and reading `CON` waits for the keyboard.
 */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])[ .]*(\.|:|$)/i;

/** Placeholders of operands and option values that are paths. */
const PATHS: ReadonlySet<string> = new Set(["FILE", "PATH", "DIR"]);

/** The part of a path that names a device of Windows; `undefined` if none does. */
export function deviceIn(path: string): string | undefined {
  return path.split(/[\\/]/).find((part) => DEVICE.test(part.trim()));
}

/** Throws a usage failure if a path among the arguments names a device of Windows. */
export function rejectDevices(
  { operands: placeholder, options }: CommandUsage,
  operands: readonly string[],
  values: ReadonlyMap<string, readonly string[]>,
): void {
  if (PATHS.has(placeholder)) { for (const path of operands) reject(placeholder, path); }
  for (const { name, value } of options) {
    if (value !== undefined && PATHS.has(value)) {
      for (const path of values.get(name) ?? []) reject(`Option --${name}`, path);
    }
  }
}

function reject(what: string, path: string): void {
  const device = deviceIn(path);
  if (device === undefined) return;
  throw new Failure(
    EXIT.usage,
    `${what} is ${JSON.stringify(path)}: Windows reserves the name ${device} for a device; choose another name`,
  );
}
