/** Performs `/ignore` and `/unignore`: hides a member here, and has the server keep private messages of the member back. */

import type { Client } from "../../client/client.ts";
import { type ClientState, memberIdOf } from "../../client/state/client_state.ts";
import { foldName } from "../../protocol/text/names.ts";

type IgnoringClient = Pick<Client, "reader" | "command">;

export interface IgnoreInput {
  /** Without a name the ignored members are listed. */
  readonly name: string | undefined;
  readonly off: boolean;
}

export interface IgnoreOutcome {
  /** The sentence to show. */
  readonly text: string;
  /** The id of the member, if it is known. */
  readonly id?: string;
}

/** Throws an Error for users if the member cannot be ignored, or is not. */
export function performIgnore({ name, off }: IgnoreInput, client: IgnoringClient, state: ClientState): IgnoreOutcome {
  const { reader } = client;
  const names = reader.ignored.map(([ignored]) => ignored);
  if (name === undefined) {
    const text = names.length === 0 ? "You ignore nobody: /ignore NAME hides a member's messages" : "You ignore ";
    return { text: text + names.join(", ") };
  }
  const folded = foldName(name);
  if (folded === foldName(state.you?.name ?? "")) throw new Error("You cannot ignore yourself: name another member");
  const known = reader.ignored.find(([ignored]) => foldName(ignored) === folded)?.[1];
  const id = known || memberIdOf(state, name);
  if (!off) reader.ignore(name, id);
  else if (!reader.unignore(name)) throw new Error(`You do not ignore ${name}: /ignore lists ignored members`);
  if (id !== undefined) client.command({ type: "block", to: id, ...off && { off } });
  const text = off
    ? `You see messages of ${name} again`
    : `You no longer see messages of ${name}: /unignore ${name} ends that`;
  return { text, id };
}
