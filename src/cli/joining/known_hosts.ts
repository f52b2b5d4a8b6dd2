import { join } from "node:path";
import { createHostGates } from "../../client/hosts/host_gate.ts";
import type { HostMemory, KnownHosts, SeenTls } from "../../client/hosts/host_verifier.ts";
import { formatKnownHosts, parseKnownHosts } from "../../client/hosts/remembered_hosts.ts";
import type { OpenGate } from "../../client/link/line_gate.ts";
import { createVerifier } from "../../identity/key_choice.ts";
import { toBase64Url } from "../../protocol/identity/base64url.ts";
import { mayUse } from "../platform/private_file.ts";
import { ServerLines } from "./server_lines.ts";

const FILE = "known_hosts";
/** Each line has a whole roster. */
const MAX_CHATS = 100;
const NONCE_BYTES = 24;

/** Has each server prove that it hosts the shared chat with this key. */
export function openHostGates(chatKey: string, folder: string | undefined, seenTls: () => SeenTls): OpenGate {
  return createHostGates({
    ...{ chatKey, seenTls, verify: createVerifier(), memory: openHostMemory(folder, chatKey) },
    newNonce: () => toBase64Url(crypto.getRandomValues(new Uint8Array(NONCE_BYTES))),
  });
}

/**
 * What the state folder remembers of the hosts of this chat, beside what this process has seen. Nothing is read or kept without a
 * folder, or without the permission to use it. Errors are ignored: the client works without the file.
 */
export function openHostMemory(folder: string | undefined, chatKey: string): HostMemory {
  const lines = folder !== undefined && mayUse(folder) ? new ServerLines(join(folder, FILE)) : undefined;
  let known: KnownHosts | undefined;
  return {
    load: () => known ??= attempt(() => parseLine(lines?.find(chatKey), chatKey)),
    save: (hosts) => {
      known = hosts;
      const line = `${chatKey} ${formatKnownHosts(hosts)}`;
      attempt(() => lines?.find(chatKey) === line ? undefined : lines?.keep(chatKey, line, MAX_CHATS));
    },
  };
}

function parseLine(line: string | undefined, chatKey: string): KnownHosts | undefined {
  return line === undefined ? undefined : parseKnownHosts(line.slice(chatKey.length + 1), chatKey);
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
