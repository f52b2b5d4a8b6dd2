/** Registration of the program for confab:// links, and the command line of an opened link. */

import { EXIT, Failure } from "../args/exit_codes.ts";

/**
 * The only programs that the executable may start. They are started by full path: a bare name would be looked up in
 * PATH, where another program may come first.
 */
export const XDG_MIME = "/usr/bin/xdg-mime";
/** In the folder of Windows, which may be on any drive. */
export const REG = "reg.exe";

export const DESKTOP_FILE = "confab.desktop";

/**
 * The folder of a user's own applications (XDG base directories); `undefined` if the environment
 * does not name it.
 */
export function applicationsFolder(env: (variable: string) => string | undefined): string | undefined {
  const data = env("XDG_DATA_HOME");
  if (data?.startsWith("/")) return `${data}/applications`;
  const home = env("HOME");
  return home ? `${home}/.local/share/applications` : undefined;
}

/** A desktop entry (Desktop Entry Specification). `%u` becomes one argument, whatever the link contains. */
export function desktopEntry(executable: string): string {
  return [
    "[Desktop Entry]",
    "Type=Application",
    "Name=Confab",
    "Comment=Joins the chat of an invite",
    `Exec=${execCommand(executable)} %u`,
    "Terminal=true",
    "NoDisplay=true",
    "MimeType=x-scheme-handler/confab;",
    "",
  ].join("\n");
}

/**
 * The program in the form of the key Exec. A path must not contain an equals sign there, and GLib
 * does not find a program whose path has an escaped percent sign: a shell starts such programs.
 */
function execCommand(path: string): string {
  if (!/[%=]/.test(path)) return execWord(path);
  return `/bin/sh -c ${execWord(`exec "$(printf ${inOctal(path)})" "$1"`)} confab`;
}

/** The bytes of a path as a quoted format of `printf` (POSIX, "File Format Notation"). */
function inOctal(path: string): string {
  const bytes = Array.from(new TextEncoder().encode(path));
  return `'${bytes.map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("")}'`;
}

/** A quoted word, escaped for Exec and again as a string of the file. */
function execWord(text: string): string {
  const word = `"${text.replace(/["`$\\]/g, "\\$&")}"`;
  return word.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\t", "\\t").replaceAll("\r", "\\r");
}

const KEY = "HKCU\\Software\\Classes\\confab";

/** The arguments of each call of `reg`. */
export function registryAdditions(executable: string): string[][] {
  return [
    ["add", KEY, "/ve", "/d", "URL:Confab", "/f"],
    ["add", KEY, "/v", "URL Protocol", "/d", "", "/f"],
    ["add", `${KEY}\\shell\\open\\command`, "/ve", "/d", `"${executable}" "%1"`, "/f"],
  ];
}

export function registryRemoval(): string[] {
  return ["delete", KEY, "/f"];
}

/** `reg` ends with 0 if the key exists, and with 1 if it does not. */
export function registryQuery(): string[] {
  return ["query", KEY];
}

/** Whether the argument is a link, as the system passes it to the program. */
export function isLink(argument: string | undefined): argument is string {
  return argument !== undefined && /^confab:/i.test(argument);
}

/**
 * The arguments of `connect` for a link from an untrusted source. The link must be the only
 * argument and is never read as an option: a quote in it could otherwise add arguments. Throws a
 * usage failure.
 */
export function argumentsOfLink(args: readonly string[]): string[] {
  const [link, ...others] = args;
  if (others.length === 0) return ["--", link!];
  throw new Failure(EXIT.usage, "A link must be the only argument: to add options, run connect");
}
