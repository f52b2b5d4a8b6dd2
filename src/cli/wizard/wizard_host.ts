import { createVerifier } from "../../identity/key_choice.ts";
import { join } from "node:path";
import { Client } from "../../client/client.ts";
import type { ClientListener } from "../../client/state/client_state.ts";
import { DEFAULT_PORT } from "../../protocol/address/endpoint.ts";
import { DEFAULT_ROOM } from "../../protocol/conventions.ts";
import { ByteLink } from "../../transports/byte_link.ts";
import { InProcessListener } from "../../transports/in_process.ts";
import { type Arguments, readArguments } from "../args/arguments.ts";
import { callSetup } from "../calls/terminal_calls.ts";
import { fileSetup } from "../files/file_setup.ts";
import { chatHere } from "../joining/chat_here.ts";
import { readConfig } from "../config/config_file.ts";
import { keepInConfig } from "../config/config_writer.ts";
import { controlPath } from "../hosting/control_socket.ts";
import { chooseFolder } from "../hosting/data_folder.ts";
import { openClientKey } from "../joining/client_key.ts";
import { openMemory, stateFolder } from "../joining/client_storage.ts";
import { invitationLines } from "../hosting/endpoints.ts";
import { readVariable } from "../platform/program.ts";
import { EXIT, type ExitCode, Failure } from "../args/exit_codes.ts";
import { Complaints } from "../platform/standard_io.ts";
import { explain } from "../platform/system_errors.ts";
import { host, type Hosting } from "../hosting/host.ts";
import { HOST_CONTEXT, planHost } from "../hosting/host_plan.ts";
import { hiddenOccupantOf } from "../hosting/port_probe.ts";
import { SERVE } from "../commands/serve.ts";

/** The server's log in the data folder, because the screen shows the chat. */
const LOG_FILE = "confab.log";
/** All IPv4 addresses of this machine, as `--share` listens. */
const ANY_HOST = "0.0.0.0";

/** Hosts a shared chat and joins it as its owner. Rejects with a failure. */
export async function hostFromWizard(name: string): Promise<ExitCode> {
  // A server must not be able to start programs, so the host cannot use an editor.
  Deno.permissions.revokeSync({ name: "run" });
  const args = await hostingArguments(name);
  const inside = new InProcessListener();
  let chat: Promise<ExitCode> = Promise.resolve(EXIT.fine);
  const onStarted = (hosting: Hosting) => {
    chat = chatAsOwner(args, name, hosting, inside).finally(() => hosting.server.drain());
    // Awaited below, once the server has drained.
    chat.catch(() => {});
  };
  try {
    await host(planHost(args, HOST_CONTEXT), onStarted, [inside]);
  } finally {
    // The chat uses the terminal until then.
    await chat;
  }
  return await chat;
}

/** The arguments of `serve` that the wizard uses. Variables count, except for the log. */
async function hostingArguments(name: string): Promise<Arguments> {
  const given = readArguments([], SERVE, readVariable);
  const folder = chooseFolder(given);
  prepare(folder);
  const title = given.text("title") === undefined ? ["--title", `${name}'s chat`] : [];
  const port = given.number("port", 0, 65_535) ?? DEFAULT_PORT;
  const words = ["--share", "--log-file", join(folder, LOG_FILE), ...title, "--port", `${await freePort(port)}`];
  return readArguments(words, SERVE, readVariable);
}

function prepare(folder: string): void {
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const next = "choose another with the variable CONFAB_DATA";
    throw new Failure(EXIT.cannotStore, `Cannot create the folder ${folder} for the chat: ${explain(error)}; ${next}`, {
      cause: error,
    });
  }
}

/** The port if it is free, and otherwise 0, which means any free port. */
async function freePort(port: number): Promise<number> {
  if (await hiddenOccupantOf({ host: ANY_HOST, port }) === undefined && canListen(port)) return port;
  console.log(`Port ${port} is already in use: this chat uses a free port instead.`);
  return 0;
}

function canListen(port: number): boolean {
  try {
    Deno.listen({ hostname: ANY_HOST, port }).close();
    return true;
  } catch (error) {
    // Other errors are reported when the server listens.
    return !(error instanceof Deno.errors.AddrInUse);
  }
}

async function chatAsOwner(
  args: Arguments,
  name: string,
  { server, endpoints }: Hosting,
  inside: InProcessListener,
): Promise<ExitCode> {
  console.log("\nYour chat stays open as long as this window does. Others can join like this:\n");
  for (const line of invitationLines(endpoints)) console.log(line);
  console.log();
  const complaints = new Complaints();
  const config = readConfig(readVariable);
  for (const error of config.errors) complaints.add(error);
  const path = controlPath(chooseFolder(args));
  const makeClient = (password: string | undefined) => (onEvent: ClientListener) => {
    const [folder, address] = [stateFolder(readVariable), { kind: "unix", path } as const];
    const memory = openMemory(folder, address, name, (line) => complaints.add(line));
    const identity = openClientKey({ folder, address, name });
    const dial = () => inside.dial();
    const rooms = [DEFAULT_ROOM];
    const verify = createVerifier();
    const client = new Client({
      dial,
      name,
      acceptSuggestion: true,
      rooms,
      password,
      onEvent,
      memory,
      identity,
      verify,
      fromMark: true,
    });
    void server.ended.then(() => client.close());
    return client;
  };
  const openLink = async () => new ByteLink(await inside.dial());
  const code = await chatHere({
    makeClient,
    password: undefined,
    room: DEFAULT_ROOM,
    plain: config.options.get("plain")?.[0] === "true",
    settings: config.settings,
    keepSetting: keepInConfig,
    themes: config.themes,
    bindings: config.bindings,
    files: fileSetup(openLink),
    calls: callSetup(openLink, { camera: undefined, microphone: undefined, speaker: undefined }),
    reach: () => endpoints.reach,
    complaints,
    confirmQuit: () => quitWarning(server.snapshot().members - 1),
  });
  console.log("Closing the chat for everyone.");
  return code;
}

function quitWarning(others: number): string | undefined {
  if (others <= 0) return undefined;
  const count = others === 1 ? "1 other member is" : `${others} other members are`;
  return `${count} here, and the chat ends for everyone when you leave: quit again to end it`;
}
