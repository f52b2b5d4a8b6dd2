/**
 * A member that transfers files by the code of the terminal client, in a process of its own. Commands come on standard input,
 * one JSON object a line; each gets a line of JSON. Usage: deno run -A tests/bench/files/driver.ts ADDRESS NAME [tls].
 */

import process from "node:process";
import { TextLineStream } from "@std/streams/text-line-stream";
import { Client } from "../../../src/client/client.ts";
import type { ClientEvent } from "../../../src/client/client_event.ts";
import { FileTransfers } from "../../../src/client/files/file_transfers.ts";
import { fileSetup } from "../../../src/cli/files/file_setup.ts";
import { createDialer } from "../../../src/cli/joining/dialer.ts";
import type { ClientCommand, MessageFile, ServerEvent } from "../../../src/protocol/messages/messages.ts";
import type { DriverCommand, Usage } from "./driver_command.ts";

const [address, name, tls] = Deno.args as [string, string, string?];
const [host, port] = address.split(":") as [string, string];
const { dial, openLink } = createDialer(
  { address: { kind: "tcp", host, port: Number(port) }, ...tls && { tls: {} }, stateFolder: undefined },
  () => {},
);
const setup = fileSetup(openLink);
/** Waits for the first event that `take` returns something for. */
const waiting = new Set<(event: ServerEvent) => void>();
const online = Promise.withResolvers<void>();
const client: Client = new Client({
  acceptSuggestion: false,
  dial,
  name,
  rooms: ["lobby"],
  onEvent: (event, ...states) => follow(event, ...states),
});
const transfers = new FileTransfers({ ...setup, client: () => client });
const follow = transfers.following((event: ClientEvent) => {
  if (event.type === "status" && event.status.kind === "online") online.resolve();
  if (event.type === "received" && event.event !== undefined) { for (const take of waiting) take(event.event); }
});

function next<T>(take: (event: ServerEvent) => T | undefined): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  const listener = (event: ServerEvent) => {
    const found = take(event);
    if (found === undefined) return;
    waiting.delete(listener);
    resolve(found);
  };
  waiting.add(listener);
  return promise;
}

async function measure(work: () => Promise<void>): Promise<Usage> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - start) / 1_000, cpuSeconds: (user + system) / 1e6 };
}

async function put(path: string): Promise<Usage & { readonly file: MessageFile }> {
  const sent = next((event) => event.type === "message" ? event.file : undefined);
  const usage = await measure(() =>
    transfers.send(setup.local.openSource(path), { target: { room: "lobby" }, text: "" })
  );
  return { ...usage, file: await sent };
}

async function get(file: MessageFile, path: string): Promise<Usage> {
  return await measure(async () => void await transfers.receive(file, await setup.local.openSink(file, path)));
}

/** Asks the server for a slot or a path by a command with a `ref`. */
async function ask(command: ClientCommand): Promise<unknown> {
  const ref = crypto.randomUUID();
  const answer = next((event) => "ref" in event && event.ref === ref ? event : undefined);
  client.command({ ...command, ref });
  return await answer;
}

async function perform(command: DriverCommand): Promise<unknown> {
  switch (command.do) {
    case "put":
      return await put(command.path);
    case "get":
      return await get(command.file, command.path);
    case "ask":
      return await ask(command.command);
    default:
      return command satisfies never;
  }
}

client.start();
await online.promise;
console.log(JSON.stringify({ ready: true }));
const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
for await (const line of lines) {
  try {
    console.log(JSON.stringify(await perform(JSON.parse(line))));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }));
  }
}
Deno.exit(0);
