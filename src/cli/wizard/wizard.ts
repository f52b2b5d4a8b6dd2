/** The wizard: `confab` without arguments asks in plain words what to do, and does it. */

import { findNearby } from "../../nearby/discovery.ts";
import type { NearbyServer } from "../../nearby/dns_records.ts";
import { readArguments } from "../args/arguments.ts";
import { CONNECT, runConnect } from "../commands/connect.ts";
import { chooseFolder } from "../hosting/data_folder.ts";
import type { Destination } from "../joining/destination.ts";
import { stateFolder } from "../joining/client_storage.ts";
import { keepLastName, lastName } from "../joining/last_name.ts";
import { chooseName } from "../joining/connect_plan.ts";
import { openKnownServers } from "../joining/known_servers.ts";
import { onUncaught, readVariable } from "../platform/program.ts";
import { EXIT, type ExitCode } from "../args/exit_codes.ts";
import { answer, type Asking, type Goal, questionOf, type WizardContext, type WizardStep } from "./wizard_steps.ts";
import { hostFromWizard } from "./wizard_host.ts";
import { findOwnServer } from "./own_server.ts";
import { SERVE } from "../commands/serve.ts";
import { NEARBY_WAIT_MS } from "../../protocol/limits.ts";
import { speaksTls } from "../joining/tls_dialer.ts";
import { askLine } from "../platform/user_terminal.ts";

/**
 * Asks until a chat is open or the user leaves. Rejects with a failure, or with an internal error
 * from anywhere.
 */
export async function runWizard(): Promise<ExitCode> {
  const uncaught = Promise.withResolvers<never>();
  onUncaught(uncaught.reject);
  return await Promise.race([runSteps(), uncaught.promise]);
}

async function runSteps(): Promise<ExitCode> {
  const folder = chooseFolder(readArguments([], SERVE, readVariable));
  console.log("Confab: a chat in one file. Enter accepts the suggestion in brackets, Ctrl-C leaves.\n");
  let step: WizardStep = { type: "name" };
  for (;;) {
    const done = await askAll(step, folder);
    if (done === undefined) return EXIT.fine;
    keepLastName(done.name);
    const code = await runGoal(done.goal, done.name);
    // The server could not be reached: ask for another one.
    if (done.goal.type === "host" || code !== EXIT.cannotConnect) return code;
    step = { type: "goal", name: done.name };
  }
}

/** Asks all questions; `undefined` if the user leaves. */
async function askAll(first: WizardStep, folder: string): Promise<Extract<WizardStep, { type: "done" }> | undefined> {
  using search = new ChatSearch(folder);
  let step = first;
  while (step.type !== "done") {
    const next = await ask(step, await search.found(step.type === "goal"));
    if (next === undefined) return undefined;
    step = next;
  }
  return step;
}

/** Repeats the question until its answer is valid. */
async function ask(step: Asking, context: WizardContext): Promise<WizardStep | undefined> {
  const { lines, prompt } = questionOf(step, context);
  for (const line of lines) console.log(line);
  for (;;) {
    const text = await askLine(prompt);
    if (text === undefined) return undefined;
    const outcome = answer(step, text, context);
    if ("step" in outcome) return outcome.step;
    console.log(outcome.error);
  }
}

/** Searches for nearby chats from the first moment until it is disposed of. */
class ChatSearch implements Disposable {
  readonly #folder: string;
  readonly #stop = new AbortController();
  readonly #nearby = new Map<string, NearbyServer>();
  readonly #looked: Promise<void>;

  constructor(folder: string) {
    this.#folder = folder;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, NEARBY_WAIT_MS);
    this.#stop.signal.addEventListener("abort", () => clearTimeout(timer));
    this.#looked = promise;
    void findNearby({
      signal: this.#stop.signal,
      onFound: (server) => {
        this.#nearby.set(keyOf(server), server);
        resolve();
      },
      onGone: (server) => this.#nearby.delete(keyOf(server)),
    });
  }

  /** The chats found so far. If the user is choosing a chat, waits for the first one, until the search is `NEARBY_WAIT_MS` old. */
  async found(choosing: boolean): Promise<WizardContext> {
    if (choosing) await this.#looked;
    const name = lastName() ?? chooseName(readArguments([], CONNECT, readVariable), readVariable).name;
    return { name, own: await findOwnServer(this.#folder), nearby: [...this.#nearby.values()] };
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
  }
}

function keyOf({ host, port }: NearbyServer): string {
  return `${host} ${port}`;
}

async function runGoal(goal: Goal, name: string): Promise<ExitCode> {
  if (goal.type === "host") return await hostFromWizard(name);
  const { destination } = goal;
  const tls = goal.unsure ? await isEncrypted(destination) : destination.tls;
  return await runConnect(readArguments(["--name", name], CONNECT, readVariable), { ...destination, tls });
}

/** Finds out whether the server uses TLS, which an address does not say, and warns if it does not. */
async function isEncrypted({ address }: Destination): Promise<boolean> {
  if (address.kind === "unix") return false;
  const tls = await speaksTls(address, openKnownServers(stateFolder(readVariable)));
  if (tls === false) console.log("The connection is not encrypted: others on the network can read it.");
  return tls === true;
}
