import { join } from "node:path";
import { Client } from "../../client/client.ts";
import type { ClientListener } from "../../client/state/client_state.ts";
import { DEFAULT_PORT } from "../../protocol/address/endpoint.ts";
import { DEFAULT_ROOM } from "../../protocol/conventions.ts";
import { InProcessListener } from "../../transports/in_process.ts";
import { type Arguments, readArguments } from "../args/arguments.ts";
import { chatHere, Complaints } from "../joining/chat_here.ts";
import { readConfig } from "../config/config_file.ts";
import { keepInConfig } from "../config/config_writer.ts";
import { controlPath } from "../hosting/control_socket.ts";
import { chooseFolder } from "../hosting/data_folder.ts";
import { openMemory } from "../joining/dialer.ts";
import { howToCome } from "../hosting/endpoints.ts";
import { readVariable } from "../platform/environment.ts";
import { EXIT, type ExitCode, Failure } from "../args/exit_codes.ts";
import { explain } from "../platform/system_errors.ts";
import { host, type Hosting } from "../hosting/host.ts";
import { SERVE } from "../commands/serve.ts";

/** What the server logs, in the data folder: the screen is for the chat. */
const LOG_FILE = "confab.log";

/** Hosts a chat for whoever is invited, and talks in it as its owner. Rejects with a failure. */
export async function hostFromWizard(name: string): Promise<ExitCode> {
  // What serves others can start no programs, though it cannot start an editor then either.
  Deno.permissions.revokeSync({ name: "run" });
  const args = hostingArguments(name);
  const inside = new InProcessListener();
  let chat: Promise<ExitCode> = Promise.resolve(EXIT.fine);
  const begun = (hosting: Hosting) => {
    chat = talk(args, name, hosting, inside).finally(() => hosting.server.drain());
    // It is waited for below, once the server has drained.
    chat.catch(() => {});
  };
  try {
    await host(args, begun, [inside]);
  } finally {
    // Until then it has the terminal.
    await chat;
  }
  return await chat;
}

/** As whoever hosts by hand would write them: what the environment says counts, but for the log. */
function hostingArguments(name: string): Arguments {
  const given = readArguments([], SERVE, readVariable);
  const folder = chooseFolder(given);
  prepare(folder);
  const title = given.text("title") === undefined ? ["--title", `${name}'s chat`] : [];
  const port = given.number("port", 0, 65_535) ?? DEFAULT_PORT;
  const words = ["--share", "--log-file", join(folder, LOG_FILE), ...title, "--port", `${freePort(port)}`];
  return readArguments(words, SERVE, readVariable);
}

function prepare(folder: string): void {
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const next = "the variable CONFAB_DATA names another one";
    throw new Failure(EXIT.cannotStore, `Cannot make the folder ${folder} for the chat: ${explain(error)}; ${next}`, {
      cause: error,
    });
  }
}

/** The port if nobody listens on it, and otherwise 0, which stands for any. */
function freePort(port: number): number {
  try {
    Deno.listen({ hostname: "0.0.0.0", port }).close();
    return port;
  } catch (error) {
    // Anything else is told when the server tries the same.
    if (!(error instanceof Deno.errors.AddrInUse)) return port;
    console.log(`Another program listens on port ${port}: this chat takes a port that is free.`);
    return 0;
  }
}

async function talk(
  args: Arguments,
  name: string,
  { server, doors }: Hosting,
  inside: InProcessListener,
): Promise<ExitCode> {
  console.log("\nYour chat is open, as long as this window is. This is how others come in:\n");
  for (const line of howToCome(doors)) console.log(line);
  console.log();
  const complaints = new Complaints();
  const config = readConfig(readVariable);
  for (const fault of config.faults) complaints.add(fault);
  const path = controlPath(chooseFolder(args));
  const makeClient = (password: string | undefined) => (onEvent: ClientListener) => {
    const memory = openMemory(args, { kind: "unix", path }, name, (line) => complaints.add(line));
    const dial = () => inside.dial();
    const client = new Client({ dial, name, acceptSuggestion: true, rooms: [DEFAULT_ROOM], password, onEvent, memory });
    void server.ended.then(() => client.close());
    return client;
  };
  const code = await chatHere({
    makeClient,
    password: undefined,
    room: DEFAULT_ROOM,
    plain: config.options.get("plain")?.[0] === "true",
    settings: config.settings,
    keepSetting: keepInConfig,
    themes: config.themes,
    bindings: config.bindings,
    reach: () => doors.reach,
    complaints,
    confirmQuit: () => whoIsLeft(server.snapshot().members - 1),
  });
  console.log("The chat ends: saying goodbye to everyone.");
  return code;
}

function whoIsLeft(others: number): string | undefined {
  if (others <= 0) return undefined;
  const count = others === 1 ? "Somebody else is" : `${others} others are`;
  return `${count} here, and the chat ends for everybody when you leave: quit once more to end it`;
}
