/** `confab` without arguments, for people who are no developers: asks in plain words, and does what they want. */

import { findNearby, type Nearby } from "../../nearby/nearby.ts";
import { readArguments } from "../args/arguments.ts";
import { CONNECT, runConnect } from "../commands/connect.ts";
import { chooseFolder } from "../hosting/data_folder.ts";
import type { Destination } from "../joining/destination.ts";
import { keepLastName, lastName, stateFolder } from "../joining/client_storage.ts";
import { chooseName } from "../joining/connect_plan.ts";
import { openKnownServers } from "../joining/known_servers.ts";
import { onUncaught, readVariable } from "../platform/program.ts";
import { EXIT, type ExitCode } from "../args/exit_codes.ts";
import { answer, type Asking, type Goal, questionOf, type WizardContext, type WizardStep } from "./wizard_steps.ts";
import { hostFromWizard } from "./wizard_host.ts";
import { findOwnServer } from "./own_server.ts";
import { SERVE } from "../commands/serve.ts";
import { speaksTls } from "../joining/tls_dialer.ts";
import { askLine } from "../platform/user_terminal.ts";

/** How long the list of chats waits for the first that is found. Those that come later are on the next one. */
const LOOK_MS = 1_000;

/** Asks until there is a chat, or the person leaves. Rejects with a failure, or with a fault of our own wherever it came up. */
export async function runWizard(): Promise<ExitCode> {
  const fault = Promise.withResolvers<never>();
  onUncaught(fault.reject);
  return await Promise.race([askAndDo(), fault.promise]);
}

async function askAndDo(): Promise<ExitCode> {
  const folder = chooseFolder(readArguments([], SERVE, readVariable));
  console.log("Confab: a chat in one file. Enter accepts the suggestion in brackets, Ctrl-C leaves.\n");
  let step: WizardStep = { type: "name" };
  for (;;) {
    const done = await askAll(step, folder);
    if (done === undefined) return EXIT.fine;
    keepLastName(done.name);
    const code = await pursue(done.goal, done.name);
    // The address was wrong, or the chat is over: there may be another one.
    if (done.goal.type === "host" || code !== EXIT.cannotConnect) return code;
    step = { type: "goal", name: done.name };
  }
}

/** Undefined where the person leaves. */
async function askAll(first: WizardStep, folder: string): Promise<Extract<WizardStep, { type: "done" }> | undefined> {
  using around = new LookingAround(folder);
  let step = first;
  while (step.type !== "done") {
    const next = await ask(step, await around.seen(step.type === "goal"));
    if (next === undefined) return undefined;
    step = next;
  }
  return step;
}

/** The same question again until its answer can be understood. */
async function ask(step: Asking, around: WizardContext): Promise<WizardStep | undefined> {
  const { lines, prompt } = questionOf(step, around);
  for (const line of lines) console.log(line);
  for (;;) {
    const text = await askLine(prompt);
    if (text === undefined) return undefined;
    const outcome = answer(step, text, around);
    if ("step" in outcome) return outcome.step;
    console.log(outcome.complaint);
  }
}

/** What there is to be suggested. It looks from the first moment on, until it is disposed of. */
class LookingAround implements Disposable {
  readonly #folder: string;
  readonly #stop = new AbortController();
  readonly #nearby = new Map<string, Nearby>();
  readonly #looked: Promise<void>;

  constructor(folder: string) {
    this.#folder = folder;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, LOOK_MS);
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

  /** What was seen so far; where somebody wants to choose a chat, at least one or what there was in `LOOK_MS`. */
  async seen(choosing: boolean): Promise<WizardContext> {
    if (choosing) await this.#looked;
    const name = lastName() ?? chooseName(readArguments([], CONNECT, readVariable), readVariable).name;
    return { name, own: await findOwnServer(this.#folder), nearby: [...this.#nearby.values()] };
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
  }
}

function keyOf({ host, port }: Nearby): string {
  return `${host} ${port}`;
}

async function pursue(goal: Goal, name: string): Promise<ExitCode> {
  if (goal.type === "host") return await hostFromWizard(name);
  const { destination } = goal;
  const tls = goal.unsure ? await isEncrypted(destination) : destination.tls;
  return await runConnect(readArguments(["--name", name], CONNECT, readVariable), { ...destination, tls });
}

/** Tells where it is not: an address alone says nothing of it. */
async function isEncrypted({ address }: Destination): Promise<boolean> {
  if (address.kind === "unix") return false;
  const tls = await speaksTls(address, openKnownServers(stateFolder(readVariable)));
  if (tls === false) console.log("The connection is not encrypted: others on the network can read it.");
  return tls === true;
}
