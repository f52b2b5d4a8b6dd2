/** The questions of the wizard and the effect of each answer. Pure: the caller shows and reads the lines. */

import type { NearbyServer } from "../../nearby/dns_records.ts";
import { formatEndpoint } from "../../protocol/address/endpoint.ts";
import { parseName, quote } from "../../protocol/text/names.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { type Destination, parseDestination } from "../joining/destination.ts";

/**
 * The facts when a question is asked. Its answer is read with the same facts, even if others are
 * found meanwhile.
 */
export interface WizardContext {
  /** The suggested name. */
  readonly name: string;
  /** An operand of `connect` for the chat that this user already hosts. */
  readonly own?: string;
  readonly nearby: readonly NearbyServer[];
}

/** The user's goal. `unsure` is set if the destination does not say whether the server uses TLS. */
export type Goal =
  | { readonly type: "host" }
  | { readonly type: "join"; readonly destination: Destination; readonly unsure?: true };

export type WizardStep =
  | { readonly type: "name" }
  | { readonly type: "goal"; readonly name: string }
  | { readonly type: "address"; readonly name: string }
  | { readonly type: "done"; readonly name: string; readonly goal: Goal };

/** A step with a question. */
export type Asking = Exclude<WizardStep, { readonly type: "done" }>;

export interface WizardQuestion {
  /** Lines above the prompt. */
  readonly lines: readonly string[];
  readonly prompt: string;
}

/** The next step, or the error in the answer and what to type instead. */
export type Outcome = { readonly step: WizardStep } | { readonly error: string };

export function questionOf(step: Asking, context: WizardContext): WizardQuestion {
  switch (step.type) {
    case "name":
      return { lines: ["What should others call you?"], prompt: `Your name [${context.name}]: ` };
    case "goal": {
      const lines = numberedLines(goals(step.name, context));
      return { lines: ["", "What would you like to do?", ...lines], prompt: "A number, or an invite [1]: " };
    }
    case "address": {
      const lines = numberedLines(places(step.name, context));
      const suggestion = lines.length === 0 ? "Enter to go back" : "1";
      return { lines: ["", "Paste the invite, or type the address.", ...lines], prompt: `Invite [${suggestion}]: ` };
    }
    default:
      return unknown(step);
  }
}

/** Evaluates the typed text; an empty text accepts the suggestion. */
export function answer(step: Asking, text: string, context: WizardContext): Outcome {
  const typed = text.trim();
  switch (step.type) {
    case "name":
      return parseNameAnswer(typed === "" ? context.name : typed);
    case "goal":
      return parseChoice(typed === "" ? "1" : typed, goals(step.name, context)) ??
        parseDestinationAnswer(typed, step.name);
    case "address": {
      const choices = places(step.name, context);
      if (typed !== "") return parseChoice(typed, choices) ?? parseDestinationAnswer(typed, step.name, true);
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

function goals(name: string, context: WizardContext): Choice[] {
  const here: Choice = context.own === undefined
    ? { text: "Host a chat here and invite others", step: { type: "done", name, goal: { type: "host" } } }
    : {
      text: "Return to the chat that you host in another window",
      step: joinStep(name, parseDestination([context.own])),
    };
  const elsewhere: Choice = { text: "Join another chat by invite or address", step: { type: "address", name } };
  return [here, ...places(name, context), elsewhere];
}

function places(name: string, { nearby }: WizardContext): Choice[] {
  return nearby.map(({ title, host, port, tls, fingerprint }) => {
    const where = sanitizeLine(formatEndpoint({ host, port }));
    const destination: Destination = { address: { kind: "tcp", host, port }, tls, announced: fingerprint };
    return { text: `Join ${quote(title)}, nearby at ${where}`, step: joinStep(name, destination) };
  });
}

function joinStep(name: string, destination: Destination, unsure = false): WizardStep {
  return { type: "done", name, goal: { type: "join", destination, ...unsure ? { unsure: true } : {} } };
}

function numberedLines(choices: readonly Choice[]): string[] {
  return choices.map(({ text }, index) => `  ${index + 1}  ${text}`);
}

function parseNameAnswer(text: string): Outcome {
  try {
    return { step: { type: "goal", name: parseName(text) } };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** `undefined` if the text is not a number. */
function parseChoice(typed: string, choices: readonly Choice[]): Outcome | undefined {
  if (!/^\d{1,3}\.?$/.test(typed)) return undefined;
  const choice = choices[parseInt(typed) - 1];
  if (choice !== undefined) return { step: choice.step };
  const range = choices.length === 1 ? "the only choice is 1" : `type a number from 1 to ${choices.length}`;
  return {
    error: choices.length === 0
      ? `There is no choice ${typed}: paste the invite`
      : `There is no choice ${typed}: ${range}`,
  };
}

/**
 * Reads an invite or an address, also from within a longer text. A bare word counts as a host name
 * only if `anyWord`.
 */
function parseDestinationAnswer(typed: string, name: string, anyWord = false): Outcome {
  const text = ADDRESS.exec(typed)?.[0] ?? typed.replace(COMMAND, "").replaceAll('"', "").trim();
  if (!anyWord && !/[.:\s]/.test(text)) {
    return {
      error: `${quote(text)} is not a number from the list or an invite: type 1, or paste what you were sent`,
    };
  }
  try {
    const destination = parseDestination([text]);
    const tlsIsKnown = text.includes("://") || destination.tls || destination.address.kind === "unix";
    return { step: joinStep(name, destination, !tlsIsKnown) };
  } catch (error) {
    return { error: sanitizeLine((error as Error).message) };
  }
}

/** An address within a longer text, such as a pasted mail. */
const ADDRESS = /(?:confab|https?):\/\/[^\s"'<>]+/i;
/** The command in front of a pasted invite. */
const COMMAND = /^(?:\S*confab(?:\.exe)?|deno task) +connect +/i;

function unknown(step: never): never {
  throw new Error(`Cannot ask for ${JSON.stringify(step)}`);
}
