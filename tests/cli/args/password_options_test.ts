import { assertEquals, assertFalse, assertMatch, assertThrows } from "@std/assert";
import { readArguments } from "../../../src/cli/args/arguments.ts";
import type { CommandSpec } from "../../../src/cli/args/arguments.ts";
import { EXIT, Failure } from "../../../src/cli/args/exit_codes.ts";
import {
  ADMIN_PASSWORD_OPTION,
  givenAdminPassword,
  givenPassword,
  passwordOptions,
  promptPassword,
} from "../../../src/cli/args/password_options.ts";
import { MAX_PASSWORD_BYTES } from "../../../src/protocol/limits.ts";

const SECRET = "correct horse 7";
const COMMAND: CommandSpec = {
  name: "connect",
  operands: "",
  maxOperands: 0,
  summary: "",
  options: [...passwordOptions("Password"), ADMIN_PASSWORD_OPTION],
  examples: [],
  run: () => Promise.resolve(EXIT.fine),
};

interface Given {
  readonly password: string | undefined;
  readonly warnings: readonly string[];
}

function given(args: readonly string[], env: Record<string, string> = {}): Given {
  const warnings: string[] = [];
  const parsed = readArguments(args, COMMAND, (variable) => env[variable]);
  return { password: givenPassword(parsed, (line) => warnings.push(line)), warnings };
}

function withFile(content: string | Uint8Array<ArrayBuffer>, run: (path: string) => void, mode = 0o600): void {
  const path = Deno.makeTempFileSync({ prefix: "confab-" });
  try {
    Deno.writeFileSync(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
    if (Deno.build.os !== "windows") Deno.chmodSync(path, mode);
    run(path);
  } finally {
    Deno.removeSync(path);
  }
}

Deno.test("a password comes from an option, a variable, or a file named by either", () => {
  assertEquals(given([]), { password: undefined, warnings: [] });
  assertEquals(given(["--password", SECRET]).password, SECRET);
  assertEquals(given([], { CONFAB_PASSWORD: SECRET }).password, SECRET);
  for (const end of ["", "\n", "\r\n"]) {
    withFile(SECRET + end, (path) => {
      assertEquals(given(["--password-file", path]), { password: SECRET, warnings: [] });
      assertEquals(given([], { CONFAB_PASSWORD_FILE: path }).password, SECRET);
    });
  }
});

Deno.test("three words are the same password in any spelling", () => {
  assertEquals(given(["--password", " Ocean  LAMP crane"]).password, "ocean-lamp-crane");
});

Deno.test("a file that others may read is taken, with a warning", { ignore: Deno.build.os === "windows" }, () => {
  withFile(SECRET, (path) => {
    const { password, warnings } = given(["--password-file", path]);
    assertEquals(password, SECRET);
    assertEquals(warnings.length, 1);
    assertMatch(warnings[0]!, /chmod 600/);
    assertFalse(warnings[0]!.includes(SECRET));
  }, 0o644);
});

function assertRefused(run: () => unknown): void {
  const failure = assertThrows(run, Failure);
  assertEquals(failure.code, EXIT.usage);
  assertFalse(failure.message.includes(SECRET), failure.message);
  assertFalse(failure.message.includes("\n"));
}

Deno.test("an invalid password is refused and not repeated", () => {
  const long = SECRET.repeat(1 + MAX_PASSWORD_BYTES / SECRET.length);
  for (const text of [`${SECRET}\nmore`, `${SECRET}\0`, `${SECRET}\x1b[2J`, long]) {
    assertRefused(() => given(["--password", text]));
    withFile(text, (path) => assertRefused(() => given(["--password-file", path])));
  }
  withFile("", (path) => assertRefused(() => given(["--password-file", path])));
  withFile("\n", (path) => assertRefused(() => given(["--password-file", path])));
  withFile(Uint8Array.of(0x61, 0xff), (path) => assertRefused(() => given(["--password-file", path])));
  assertRefused(() => given(["--password-file", "/no/such/file"]));
});

Deno.test("two passwords are refused, and neither is repeated", () => {
  withFile(SECRET, (path) => {
    assertRefused(() => given(["--password", SECRET, "--password-file", path]));
    assertRefused(() => given(["--password-file", path], { CONFAB_PASSWORD: SECRET }));
  });
  assertRefused(() => given(["--password", SECRET, "--password", SECRET]));
});

Deno.test("a misspelt option is reported without its value", () => {
  assertRefused(() => given([`--pasword=${SECRET}`]));
});

Deno.test("the admin password is the line of a file", () => {
  withFile(`${SECRET}\n`, (path) => {
    const args = readArguments(["--admin-password-file", path], COMMAND, () => undefined);
    assertEquals(givenAdminPassword(args), SECRET);
  });
});

Deno.test("without a terminal nobody is asked for a password", { ignore: Deno.stdin.isTerminal() }, async () => {
  assertEquals(await promptPassword("Password:"), undefined);
});
