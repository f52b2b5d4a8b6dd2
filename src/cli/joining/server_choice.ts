import type { NearbyChat } from "../../nearby/nearby_chats.ts";
import type { NearbyServer } from "../../nearby/dns_records.ts";
import { DEFAULT_PORT, type Endpoint, formatEndpoint } from "../../protocol/address/endpoint.ts";
import { NEARBY_WAIT_MS } from "../../protocol/limits.ts";
import { DEFAULT_HOST } from "../args/address.ts";
import { type Destination, parseDestination } from "./destination.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import { interfaceHosts } from "../platform/machine_addresses.ts";

/** A server on this machine or nearby that the user can choose. */
export interface Offer {
  readonly title: string;
  readonly destination: Destination;
}

/** The address by which the user has joined a chat before, if it has several servers. */
export type HomeOf = (chat: string) => Endpoint | undefined;

/** Asks the user which server on this machine or nearby to join. Rejects with a failure if they choose none. */
export async function chooseDestination(tls: boolean, homeOf: HomeOf): Promise<Destination> {
  console.log("Looking for chats on this machine and on the network…");
  const { listNearby } = await import("../../nearby/discovery.ts");
  const { chatsOf } = await import("../../nearby/nearby_chats.ts");
  const [here, nearby] = await Promise.all([isPortOpen(), listNearby(NEARBY_WAIT_MS)]);
  const offers = offersOf(here, chatsOf(nearby), interfaceHosts(true), tls, homeOf);
  const [only] = offers;
  if (offers.length === 1 && here) return only!.destination;
  for (const line of offerLines(offers)) console.log(line);
  for (;;) {
    const answer = prompt(offers.length === 0 ? "Address or invite:" : "Number, address or invite:", "");
    if (answer === null) throw new Failure(EXIT.fine, "Nothing was chosen");
    const chosen = readChoice(answer, offers);
    if (typeof chosen !== "string") return chosen;
    console.log(chosen);
  }
}

/** The server on this machine comes first; its announcement tells whether it uses TLS. */
export function offersOf(
  here: boolean,
  chats: readonly NearbyChat[],
  ownHosts: readonly string[],
  tls: boolean,
  homeOf: HomeOf = () => undefined,
): Offer[] {
  const isHere = ({ host, port }: NearbyServer) => port === DEFAULT_PORT && ownHosts.includes(host);
  const announced = chats.flatMap(({ servers }) => servers).find(isHere);
  const own = announced === undefined
    ? { title: "The chat on this machine", host: DEFAULT_HOST, port: DEFAULT_PORT, tls }
    : { ...announced, title: `${announced.title}, on this machine`, host: DEFAULT_HOST };
  const elsewhere = chats.filter(({ servers }) => !here || !servers.some(isHere));
  return [...here ? [offerOf(own)] : [], ...elsewhere.map((chat) => chatOffer(chat, homeOf))];
}

/**
 * The server by which the user has joined the chat before, so that they are the same member, also if it is down now; or the first
 * one. Its other announcements prove nothing: the client asks the server itself for the others.
 */
function chatOffer({ title, servers }: NearbyChat, homeOf: HomeOf): Offer {
  const [{ chat, ...first }] = servers;
  const home = chat === undefined ? undefined : homeOf(chat);
  const count = servers.length === 1 ? "" : `, ${servers.length} servers`;
  return offerOf({ ...first, ...home, title: `${title}${count}` });
}

/** The announced fingerprint is only expected: a remembered certificate overrides it. */
function offerOf({ title, host, port, tls, fingerprint }: NearbyServer): Offer {
  return { title, destination: { address: { kind: "tcp", host, port }, tls, announced: fingerprint } };
}

export function offerLines(offers: readonly Offer[]): string[] {
  if (offers.length === 0) {
    return ["No chat was found on this machine at port 5050, or on this network."];
  }
  return offers.map(({ title, destination: { address, tls } }, index) => {
    const where = address.kind === "tcp" ? formatEndpoint(address) : address.path;
    return `  ${index + 1}  ${title} (${where}${tls ? "" : ", not encrypted"})`;
  });
}

/** The chosen destination, or the error in the answer. */
export function readChoice(answer: string, offers: readonly Offer[]): Destination | string {
  const text = answer.trim();
  const [first] = offers;
  if (text === "") return first?.destination ?? "Type an address such as 192.168.1.26, or paste an invite";
  if (/^\d{1,4}$/.test(text)) {
    return offers[Number(text) - 1]?.destination ??
      `There is no choice ${text}: type a number from the list, or an address`;
  }
  try {
    return parseDestination([text]);
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}

const HERE_TIMEOUT_MS = 500;

/** Whether a program listens on the default port of this machine. */
async function isPortOpen(): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(HERE_TIMEOUT_MS);
    const connection = await Deno.connect({ hostname: DEFAULT_HOST, port: DEFAULT_PORT, signal });
    connection.close();
    return true;
  } catch {
    return false;
  }
}
