import { canonicalSecret } from "../../protocol/address/invite_link.ts";
import { MAX_PASSWORD_BYTES } from "../../protocol/limits.ts";
import { quote } from "../../protocol/text/names.ts";
import { utf8Length } from "../../protocol/text/utf8_length.ts";
import type { Arguments } from "./arguments.ts";
import { type OptionSpec, variableOf } from "./command_spec.ts";
import { readVariable } from "../platform/program.ts";
import { EXIT, Failure } from "./exit_codes.ts";
import { explain } from "../platform/system_errors.ts";
import { complain } from "../platform/standard_io.ts";
import { decodeForeign } from "../platform/foreign_text.ts";
import { askSecretLine } from "../platform/user_terminal.ts";

/** The options `--password` and `--password-file`; `what` names the password. */
export function passwordOptions(what: string): readonly OptionSpec[] {
  return [
    { name: "password", value: "TEXT", help: `${what}; other users of this machine can see it` },
    { name: "password-file", value: "FILE", help: "File that holds the password" },
  ];
}

export const ADMIN_PASSWORD_OPTION: OptionSpec = {
  name: "admin-password-file",
  value: "FILE",
  help: "File that holds the owner's password",
};

/** A variable instead of an option, because other users can see the options of a process. */
export const ADMIN_PASSWORD_VARIABLE = "CONFAB_ADMIN_PASSWORD";

type Warn = (line: string) => void;

/** The password given by an option, a variable or a file. Throws a usage failure. */
export function givenPassword(args: Arguments, warn: Warn = complain): string | undefined {
  return chooseSecret("--password", args.text("password"), args.text("password-file"), warn);
}

/** The admin password, given by its variable or its file. Throws a usage failure. */
export function givenAdminPassword(args: Arguments, warn: Warn = complain): string | undefined {
  const text = readVariable(ADMIN_PASSWORD_VARIABLE) || undefined;
  return chooseSecret(ADMIN_PASSWORD_VARIABLE, text, args.text(ADMIN_PASSWORD_OPTION.name), warn);
}

function chooseSecret(source: string, text: string | undefined, file: string | undefined, warn: Warn) {
  if (text !== undefined && file !== undefined) {
    const option = source.startsWith("--") ? `${source} (or ${variableOf(source.slice(2))})` : source;
    throw new Failure(EXIT.usage, `The password is given by ${option} and by a file: use only one of them`);
  }
  if (text !== undefined) return checkedPassword(text, source);
  return file === undefined ? undefined : checkedPassword(readSecret(file, warn), `File ${quote(file)}`);
}

function readSecret(path: string, warn: Warn): string {
  try {
    const text = decodeForeign(Deno.readFileSync(path));
    if (mayOthersRead(path)) {
      warn(`Other users of this machine can read the password in ${quote(path)}: run chmod 600 on it`);
    }
    return text.replace(/\r?\n$/, "");
  } catch (error) {
    throw new Failure(EXIT.usage, `Cannot read the password in ${quote(path)}: ${explain(error, path)}`, {
      cause: error,
    });
  }
}

/** Always false on Windows, which has no such modes. */
function mayOthersRead(path: string): boolean {
  return Deno.build.os !== "windows" && (Deno.statSync(path).mode! & 0o077) !== 0;
}

/** The password in its canonical form. Throws a usage failure that does not repeat the password. */
export function checkedPassword(text: string, source: string): string {
  const bytes = utf8Length(text);
  if (bytes >= 1 && bytes <= MAX_PASSWORD_BYTES && !/\p{Cc}/u.test(text) && text.isWellFormed()) {
    return canonicalSecret(text);
  }
  throw new Failure(
    EXIT.usage,
    `${source} is not a valid password: expected one line of 1 to ${MAX_PASSWORD_BYTES} bytes`,
  );
}

/** Asks the user at the terminal; `undefined` without a terminal or without an answer. */
export async function promptPassword(message: string): Promise<string | undefined> {
  const text = await askSecretLine(message);
  return text === undefined || text === "" ? undefined : checkedPassword(text, "Your input");
}
