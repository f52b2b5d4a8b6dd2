/** What the guided start asks, and what follows from each answer. Pure: whoever calls it shows and reads the lines. */

import type { Nearby } from "../../nearby/nearby.ts";
import { formatEndpoint } from "../../protocol/address/endpoint.ts";
import { parseName, quote } from "../../protocol/text/names.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { type Destination, parseDestination } from "../joining/destination.ts";

/** What is known when a question is asked. Its answer is read by the same, whatever is found meanwhile. */
export interface WizardContext {
  /** What to be called unless another name is typed. */
  readonly name: string;
  /** How to join the chat that this user hosts already, as `connect` takes it. */
  readonly own?: string;
  readonly nearby: readonly Nearby[];
}

/** Where nothing is said of TLS, `unsure` is set, and whoever joins has to find out. */
export type Goal =
  | { readonly type: "host" }
  | { readonly type: "join"; readonly destination: Destination; readonly unsure?: true };

export type WizardStep =
  | { readonly type: "name" }
  | { readonly type: "goal"; readonly name: string }
  | { readonly type: "address"; readonly name: string }
  | { readonly type: "done"; readonly name: string; readonly goal: Goal };

/** A step that asks something. */
export type Asking = Exclude<WizardStep, { readonly type: "done" }>;

export interface WizardQuestion {
  /** Stand above the line that is typed. */
  readonly lines: readonly string[];
  readonly prompt: string;
}

/** What comes next, or what is wrong with the answer, and what to type instead. */
export type Outcome = { readonly step: WizardStep } | { readonly complaint: string };

export function questionOf(step: Asking, around: WizardContext): WizardQuestion {
  switch (step.type) {
    case "name":
      return { lines: ["What should others call you?"], prompt: `Your name [${around.name}]: ` };
    case "goal": {
      const lines = listed(goals(step.name, around));
      return { lines: ["", "What would you like to do?", ...lines], prompt: "A number, or an invite [1]: " };
    }
    case "address": {
      const lines = listed(places(step.name, around));
      const suggestion = lines.length === 0 ? "Enter to go back" : "1";
      return { lines: ["", "Paste the invite, or type the address.", ...lines], prompt: `Invite [${suggestion}]: ` };
    }
    default:
      return unknown(step);
  }
}

/** `text` as it was typed; empty takes the suggestion. */
export function answer(step: Asking, text: string, around: WizardContext): Outcome {
  const typed = text.trim();
  switch (step.type) {
    case "name":
      return named(typed === "" ? around.name : typed);
    case "goal":
      return chosen(typed === "" ? "1" : typed, goals(step.name, around)) ?? pasted(typed, step.name);
    case "address": {
      const choices = places(step.name, around);
      if (typed !== "") return chosen(typed, choices) ?? pasted(typed, step.name, true);
      return { step: choices[0]?.step ?? { type: "goal", name: step.name } };
    }
    default:
      return unknown(step);
  }
}

interface Choice {
  readonly text: string;
  readonly step: WizardStep;
}

function goals(name: string, around: WizardContext): Choice[] {
  const here: Choice = around.own === undefined
    ? { text: "Host a chat here and invite others", step: { type: "done", name, goal: { type: "host" } } }
    : {
      text: "Return to the chat that you host in another window",
      step: joining(name, parseDestination([around.own])),
    };
  const elsewhere: Choice = { text: "Join another chat by invite or address", step: { type: "address", name } };
  return [here, ...places(name, around), elsewhere];
}

function places(name: string, { nearby }: WizardContext): Choice[] {
  return nearby.map(({ title, host, port, tls, fingerprint }) => {
    const where = sanitizeLine(formatEndpoint({ host, port }));
    const destination: Destination = { address: { kind: "tcp", host, port }, tls, announced: fingerprint };
    return { text: `Join ${quote(title)}, nearby at ${where}`, step: joining(name, destination) };
  });
}

function joining(name: string, destination: Destination, unsure = false): WizardStep {
  return { type: "done", name, goal: { type: "join", destination, ...unsure ? { unsure: true } : {} } };
}

function listed(choices: readonly Choice[]): string[] {
  return choices.map(({ text }, index) => `  ${index + 1}  ${text}`);
}

function named(text: string): Outcome {
  try {
    return { step: { type: "goal", name: parseName(text) } };
  } catch (error) {
    return { complaint: (error as Error).message };
  }
}

/** Undefined where no number was typed. */
function chosen(typed: string, choices: readonly Choice[]): Outcome | undefined {
  if (!/^\d{1,3}\.?$/.test(typed)) return undefined;
  const choice = choices[parseInt(typed) - 1];
  if (choice !== undefined) return { step: choice.step };
  const range = choices.length === 1 ? "the only choice is 1" : `type a number from 1 to ${choices.length}`;
  return {
    complaint: choices.length === 0
      ? `There is no choice ${typed}: paste the invite`
      : `There is no choice ${typed}: ${range}`,
  };
}

/** An invite, an address, or either of them with what stood around it. One word may be a machine's name only where one is asked for. */
function pasted(typed: string, name: string, anyWord = false): Outcome {
  const text = ADDRESS.exec(typed)?.[0] ?? typed.replace(COMMAND, "").replaceAll('"', "").trim();
  if (!anyWord && !/[.:\s]/.test(text)) {
    return {
      complaint: `${quote(text)} is not a number from the list or an invite: type 1, or paste what you were sent`,
    };
  }
  try {
    const destination = parseDestination([text]);
    const told = text.includes("://") || destination.tls || destination.address.kind === "unix";
    return { step: joining(name, destination, !told) };
  } catch (error) {
    return { complaint: sanitizeLine((error as Error).message) };
  }
}

/** Where a whole line, or a whole mail, was pasted. */
const ADDRESS = /(?:confab|https?):\/\/[^\s"'<>]+/i;
/** What others were told to type. */
const COMMAND = /^(?:\S*confab(?:\.exe)?|deno task) +connect +/i;

function unknown(step: never): never {
  throw new Error(`Cannot ask for ${JSON.stringify(step)}`);
}
