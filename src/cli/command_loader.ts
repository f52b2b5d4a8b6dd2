/** Loads commands on demand: a start needs one of them, and each brings modules that the others do not need. */

import type { CommandSpec } from "./args/arguments.ts";

/** Loads a single command. Those that are missing here come with the list of all. */
const LOADERS: Readonly<Record<string, () => Promise<CommandSpec>>> = {
  serve: async () => (await import("./commands/serve.ts")).SERVE,
  connect: loadConnect,
  send: async () => (await import("./commands/send.ts")).SEND,
  invite: async () => (await import("./commands/invite.ts")).INVITE,
  export: async () => (await import("./commands/data/export.ts")).EXPORT,
  import: async () => (await import("./commands/data/import.ts")).IMPORT,
  backup: async () => (await import("./commands/data/backup.ts")).BACKUP,
  top: async () => (await import("./commands/top.ts")).TOP,
  discover: async () => (await import("./commands/discover.ts")).DISCOVER,
  mirror: async () => (await import("./commands/calls/mirror.ts")).MIRROR,
  call: async () => (await import("./commands/calls/call_command.ts")).CALL,
  doctor: async () => (await import("./commands/doctor.ts")).DOCTOR,
  config: async () => (await import("./commands/config.ts")).CONFIG,
};

/** `undefined` for an unknown command. */
export async function loadCommand(name: string): Promise<CommandSpec | undefined> {
  if (Object.hasOwn(LOADERS, name)) return await LOADERS[name]!();
  return (await loadCommands()).find((candidate) => candidate.name === name);
}

export async function loadCommands(): Promise<readonly CommandSpec[]> {
  return (await import("./commands/command_list.ts")).COMMAND_LIST;
}

/** The command that links open, too. */
export async function loadConnect(): Promise<CommandSpec> {
  return (await import("./commands/connect.ts")).CONNECT;
}
