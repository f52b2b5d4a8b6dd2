/** The rights of the commands, for `readWithRights` of `rights.ts`. The tasks of `deno.json` grant the same ones. */

import { DEFAULT_PORT } from "../../protocol/address/endpoint.ts";
import { DEFAULT_HOST } from "../args/address.ts";
import type { Arguments } from "../args/arguments.ts";
import type { Right } from "../args/command_spec.ts";
import { EXIT } from "../args/exit_codes.ts";
import { mediaCommand } from "../platform/media_program.ts";

const INTERFACES: Deno.PermissionDescriptor = { name: "sys", kind: "networkInterfaces" };
const READ: Deno.PermissionDescriptor = { name: "read" };
const WRITE: Deno.PermissionDescriptor = { name: "write" };

/** The rights of `serve`. Without files or a data folder, the messages are kept in memory, unless the user named a folder. */
export function serveRights(args: Arguments): Right[] {
  const inMemory = args.flag("memory");
  const folder = args.text("data");
  const named = inMemory || folder !== undefined;
  const instead = "messages are kept in memory until the server ends";
  const storing = (name: "read" | "write") => folder === undefined ? undefined : { name, path: folder } as const;
  return [
    {
      asks: { name: "env" },
      why: "Environment: for the place of your data folder, and for settings in CONFAB_ variables.",
      without: `Without it, CONFAB_ variables do not count${
        named ? "" : `, and ${instead}: name a folder with --data`
      }.`,
      options: named ? [] : ["--memory"],
    },
    {
      asks: { name: "net" },
      enough: { name: "net", host: `${args.text("host") ?? DEFAULT_HOST}:${args.text("port") ?? DEFAULT_PORT}` },
      why: "Network: to listen for members.",
      code: EXIT.cannotListen,
    },
    {
      asks: READ,
      enough: storing("read"),
      why: inMemory
        ? "Reading files: for the page in browsers."
        : "Reading files: for the messages and the page in browsers.",
      ...folder !== undefined && !inMemory
        ? { code: EXIT.cannotStore }
        : { without: `Without it, browsers get no page${inMemory ? "" : `, and ${instead}`}.`, options: ["--memory"] },
    },
    ...inMemory ? [] : [{
      asks: WRITE,
      enough: storing("write"),
      why: "Writing files: to keep messages and members in your data folder.",
      ...folder === undefined
        ? { without: `Without it, ${instead}.`, options: ["--memory"] }
        : { code: EXIT.cannotStore },
    }],
    ...args.flag("share") || args.text("host") === "0.0.0.0"
      ? [interfacesFor("to print the addresses at which others find you")]
      : [],
  ];
}

/** The rights of commands that join. */
export function joinRights(args: Arguments): Right[] {
  return [CONNECTING, NAMES, ...memoryOf(args.flag("no-state"))];
}

/** The same for `connect`, which looks for chats if it has no address. */
export function connectRights(args: Arguments): Right[] {
  return args.operands.length === 0 ? [...joinRights(args), FINDING] : joinRights(args);
}

export function discoverRights(): Right[] {
  return [CONNECTING, FINDING];
}

/** The rights of commands that show a camera. */
export function mirrorRights(): Right[] {
  return [
    {
      asks: { name: "env" },
      why: "Environment: for the colours of your terminal.",
      without: "Without it, it has 16 colours.",
    },
    { asks: READ, why: "Reading files: for the decoder of pictures, and for videos.", code: EXIT.usage },
    ...deviceRights(),
  ];
}

/**
 * On Windows nothing is asked: there a right names one program, not a shell that finds each, and Deno would warn at every start of
 * those that are not installed. Who runs a checkout there gives it with the option that the error names.
 */
export function deviceRights(): Right[] {
  if (Deno.build.os === "windows") return [];
  return [{
    asks: { name: "run", command: mediaCommand("ffmpeg", [])[0] },
    why: "Programs: ffmpeg, which reads cameras, and others that record sound.",
    without: "Without it, there are neither cameras nor microphones.",
  }];
}

/** The rights of `cluster`: for its key, and to ask a server. */
export function clusterRights(): Right[] {
  return [
    CONNECTING,
    { asks: READ, why: "Reading files: for the key of the cluster.", code: EXIT.usage },
    { asks: WRITE, why: "Writing files: to make a key.", without: "Without it, no key can be made." },
  ];
}

export function networkRights(): Right[] {
  return [CONNECTING];
}

/** The rights of the wizard. */
export function guidedRights(): Right[] {
  const next = "Without it, nothing is remembered, and you can join a chat but not host one.";
  return [
    { asks: { name: "env" }, why: "Environment: for your user name and the places of your files.", code: EXIT.usage },
    { asks: { name: "net" }, why: "Network: to host a chat or to join one.", code: EXIT.usage },
    { asks: READ, why: "Reading files: for stored messages and your settings.", without: next },
    { asks: WRITE, why: "Writing files: to keep messages and your settings.", without: next },
    FINDING,
  ];
}

/** The rights of commands that work in the data folder. */
export function folderRights(args: Arguments): Right[] {
  const path = args.text("data");
  const part = (name: "read" | "write") => path === undefined ? undefined : { name, path } as const;
  return [
    ...path === undefined
      ? [
        {
          asks: { name: "env" },
          why: "Environment: for the place of your data folder.",
          code: EXIT.cannotStore,
        } as const,
      ]
      : [],
    { asks: READ, enough: part("read"), why: "Reading files: for stored messages.", code: EXIT.cannotStore },
    { asks: WRITE, enough: part("write"), why: "Writing files: to open the database.", code: EXIT.cannotStore },
  ];
}

export function configRights(): Right[] {
  return [
    {
      asks: { name: "env" },
      why: "Environment: for the place of your settings.",
      without: "Without it, none are found.",
    },
    { asks: READ, why: "Reading files: for your settings.", without: "Without it, none are read." },
  ];
}

const CONNECTING: Right = { asks: { name: "net" }, why: "Network: to connect to servers.", code: EXIT.cannotConnect };

const NAMES: Right = {
  asks: { name: "env" },
  why: "Environment: for your user name, your terminal, and the places of your files.",
  without: "Without it, you are a guest, and nothing is remembered between runs.",
};

const FINDING: Right = interfacesFor("to look for chats on each network of this machine");

function interfacesFor(what: string): Right {
  return {
    asks: INTERFACES,
    why: `Network interfaces: ${what}.`,
    without: "Without it, Confab does not know the networks of this machine.",
  };
}

function memoryOf(forgets: boolean): Right[] {
  const without = "Without it, nothing is remembered between runs, not even the certificates of servers.";
  const write = { asks: WRITE, why: "Writing files: to remember who you are and what is unsent.", without };
  const read = { asks: READ, why: "Reading files: for your settings, and who you were before.", without };
  return forgets ? [read] : [read, write];
}
