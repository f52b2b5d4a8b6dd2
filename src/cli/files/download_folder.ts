import { join } from "node:path";
import type { Environment } from "../args/arguments.ts";

/** The parts of the system that name the folder of downloads. */
export interface FolderLooks {
  readonly os: string;
  readonly env: Environment;
  readonly isFolder: (path: string) => boolean;
  /** The text of a file; `undefined` if it cannot be read. */
  readonly read: (path: string) => string | undefined;
}

/** The home folder of the user; `undefined` if the environment does not name it. */
export function homeFolder({ os, env }: Pick<FolderLooks, "os" | "env">): string | undefined {
  return env(os === "windows" ? "USERPROFILE" : "HOME") || undefined;
}

/** The user's folder of downloads if there is one; `.` otherwise. On Linux `user-dirs.dirs` of XDG may name another one. */
export function downloadFolder(looks: FolderLooks): string {
  const home = homeFolder(looks);
  if (home === undefined) return ".";
  const chosen = looks.os === "linux" ? xdgFolder(looks, home) : undefined;
  return [chosen, join(home, "Downloads")].find((path) => path !== undefined && looks.isFolder(path)) ?? ".";
}

/** A line of the file, as `xdg-user-dirs-update` writes it. */
const LINE = /^\s*XDG_DOWNLOAD_DIR="((?:[^"\\]|\\.)*)"/m;

function xdgFolder({ env, read }: FolderLooks, home: string): string | undefined {
  const config = env("XDG_CONFIG_HOME");
  const text = read(join(config?.startsWith("/") ? config : join(home, ".config"), "user-dirs.dirs"));
  const value = LINE.exec(text ?? "")?.[1]?.replace(/\\(.)/g, "$1");
  const path = value?.replace(/^\$HOME(?=\/|$)/, home);
  // The user has no such folder if this names the home folder itself.
  return path?.startsWith("/") && join(path, ".") !== join(home, ".") ? path : undefined;
}
