/** What desktops want to be told of a program that opens links. It gets the link as its only argument. */

import { EXIT, Failure } from "../args/exit_codes.ts";

/**
 * The only programs that the executable may start, where the systems have them: a bare name would be looked for in PATH, where
 * others may have put something, and Deno complains at each start where there is none of that name.
 */
export const XDG_MIME = "/usr/bin/xdg-mime";
export const REG = "C:\\Windows\\System32\\reg.exe";

export const DESKTOP_FILE = "confab.desktop";

/** Where a user's own applications lie (XDG base directories); undefined where the environment does not tell. */
export function applicationsFolder(env: (variable: string) => string | undefined): string | undefined {
  const data = env("XDG_DATA_HOME");
  if (data?.startsWith("/")) return `${data}/applications`;
  const home = env("HOME");
  return home ? `${home}/.local/share/applications` : undefined;
}

/** A file as the Desktop Entry Specification has it. `%u` becomes one argument, whatever is in the link. */
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
 * The program as the key Exec names it. Its path may hold no equals sign, a percent sign means something else inside quotes,
 * and GLib looks for a program with both percent signs where one stands for the other: a shell finds those programs.
 */
function execCommand(path: string): string {
  if (!/[%=]/.test(path)) return execWord(path);
  return `/bin/sh -c ${execWord(`exec "$(printf ${inOctal(path)})" "$1"`)} confab`;
}

/** The bytes of a path as a format of `printf` in single quotes: POSIX, "File Format Notation". */
function inOctal(path: string): string {
  const bytes = Array.from(new TextEncoder().encode(path));
  return `'${bytes.map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("")}'`;
}

/** A word in quotes: escaped for Exec, and then once more as every string of the file. */
function execWord(text: string): string {
  const word = `"${text.replace(/["`$\\]/g, "\\$&")}"`;
  return word.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\t", "\\t").replaceAll("\r", "\\r");
}

const KEY = "HKCU\\Software\\Classes\\confab";

/** What `reg` is called with, call by call. */
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

/** Whether the program was called as the system calls it to open a link. */
export function isLink(argument: string | undefined): argument is string {
  return argument !== undefined && /^confab:/i.test(argument);
}

/**
 * The arguments for `connect` of a link, which anybody may have written. It is one argument, and none of it is an option;
 * where a quote in it made more of it, nothing is done. Throws a usage failure.
 */
export function argumentsOfLink(args: readonly string[]): string[] {
  const [link, ...others] = args;
  if (others.length === 0) return ["--", link!];
  throw new Failure(EXIT.usage, "A link must be the only argument: to add options, run connect");
}
