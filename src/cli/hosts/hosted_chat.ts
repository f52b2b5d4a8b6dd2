import { join } from "node:path";
import { foundRoster, mergeVerified, signStatement, type VerifyText } from "../../identity/host_signature.ts";
import { chooseKeys } from "../../identity/key_choice.ts";
import {
  draftStatement,
  emptyRoster,
  mayHost,
  mergeRoster,
  ownsChat,
  type Roster,
  rosterStatements,
} from "../../protocol/hosts/roster.ts";
import type { RosterChange, RosterStatement } from "../../protocol/hosts/roster_statement.ts";
import { judgeTerm } from "../../protocol/hosts/term.ts";
import { MAX_CANDIDATE_ADDRESSES, MAX_CANDIDATES } from "../../protocol/limits.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import { preparePrivateFolder, readPrivateFile, replacePrivateFile } from "../platform/private_file.ts";
import { explain } from "../platform/system_errors.ts";
import { DeviceKey } from "./device_key.ts";
import { formatKeptChat, type KnownCandidate, parseKeptChat } from "./hosted_chat_file.ts";

/** Name of the file in the data folder. */
const FILE = "hosted_chat.json";
/** A full roster and all candidates take less than half of it. */
const MAX_FILE_BYTES = 512 * 1024;

/** A new shared chat, and the member who owns it. */
export interface Founding {
  /** The id of the chat. */
  readonly chat: string;
  /** The owner's id and name. */
  readonly member: string;
  readonly name: string;
  /** RFC 3339 in UTC. */
  readonly time: string;
  /** The owner's device key, which this program keeps. */
  readonly device: DeviceKey;
}

/** The data with which a follower begins to keep a chat. */
export interface Beginning {
  /** With checked signatures, and at least one owner. */
  readonly roster: Roster;
  readonly term: number;
  readonly device: DeviceKey;
}

interface Parts extends Beginning {
  readonly path: string;
  readonly candidates: readonly KnownCandidate[];
}

/**
 * What the program of a host or a follower keeps of a shared chat, in one file of its data folder that only this user can read. Each
 * change is on the disk when its call returns. One process uses a data folder. All failures name the file, and say what to do.
 */
export class HostedChat {
  readonly device: DeviceKey;
  readonly #path: string;
  #roster: Roster;
  #term: number;
  #candidates: readonly KnownCandidate[];

  private constructor({ device, path, roster, term, candidates }: Parts) {
    this.device = device;
    this.#path = path;
    this.#roster = roster;
    this.#term = term;
    this.#candidates = candidates;
  }

  /** Founds a chat: nobody keeps the private key of the chat. Rejects with a failure, also if the folder has a shared chat. */
  static async found(folder: string, { chat, member, name, time, device }: Founding): Promise<HostedChat> {
    checkUnused(folder);
    const roster = await foundRoster(await chooseKeys(), chat, { key: device.key, member, name }, time);
    return HostedChat.begin(folder, { roster, term: 0, device });
  }

  /** Begins to keep a chat that another program hosts. Throws a failure, also if the folder has a shared chat. */
  static begin(folder: string, beginning: Beginning): HostedChat {
    if (beginning.roster.owners.length === 0) throw new Error("The chat that the program should keep has no owner");
    checkUnused(folder);
    const begun = new HostedChat({ ...beginning, path: pathIn(folder), candidates: [] });
    stored(folder, () => preparePrivateFolder(folder));
    begun.#save();
    return begun;
  }

  /** Opens the chat of the folder; `undefined` if it has none. Rejects with a failure if the file is damaged. */
  static async open(folder: string, verify: VerifyText): Promise<HostedChat | undefined> {
    const path = pathIn(folder);
    const text = read(path);
    if (text === undefined) return undefined;
    const kept = parseKeptChat(text);
    const device = kept === undefined ? undefined : DeviceKey.open(kept.secret);
    if (kept === undefined || device === undefined) throw damaged(path);
    const roster = await mergeVerified(emptyRoster(kept), kept.roster, verify);
    if (roster.owners.length === 0 || rosterStatements(roster).length < kept.roster.length) throw damaged(path);
    return new HostedChat({ path, device, roster, term: kept.term, candidates: kept.candidates });
  }

  get chat(): string {
    return this.#roster.chat;
  }

  get chatKey(): string {
    return this.#roster.chatKey;
  }

  get roster(): Roster {
    return this.#roster;
  }

  /** The highest term that it knows; 0 for a chat that nobody has hosted yet. */
  get term(): number {
    return this.#term;
  }

  /** In the order in which they host. */
  get candidates(): readonly KnownCandidate[] {
    return this.#candidates;
  }

  /** Whether the program's own key may host. */
  get mayHost(): boolean {
    return mayHost(this.#roster, this.device.key);
  }

  /** Whether the program's own key may choose hosts. */
  get isOwner(): boolean {
    return ownsChat(this.#roster, this.device.key);
  }

  /** Keeps a term if it is the highest one, before it is hosted or followed. Returns false for one that is too far above. */
  raiseTerm(term: number): boolean {
    const judgement = judgeTerm(this.#term === 0 ? undefined : this.#term, term);
    if (judgement === "leap") return false;
    if (term > this.#term) this.#change(() => this.#term = term);
    return true;
  }

  /** Keeps the first `MAX_CANDIDATES` of the host's list. */
  setCandidates(candidates: readonly KnownCandidate[]): void {
    const kept = candidates.slice(0, MAX_CANDIDATES).map(({ key, name, member, addresses }) => {
      return { key, name, member, addresses: addresses.slice(0, MAX_CANDIDATE_ADDRESSES) };
    });
    if (JSON.stringify(kept) !== JSON.stringify(this.#candidates)) this.#change(() => this.#candidates = kept);
  }

  /** Keeps the statements of another program's roster whose signatures are genuine. */
  async learn(statements: readonly RosterStatement[], verify: VerifyText): Promise<void> {
    this.#add(rosterStatements(await mergeVerified(this.#roster, statements, verify)));
  }

  /** Adds or removes an owner or a host. Rejects with a `ProtocolError` as `draftStatement`: this program must be an owner's. */
  async changeRoster(change: RosterChange, time: string): Promise<void> {
    const draft = draftStatement(this.#roster, change, this.device.key, time);
    this.#add([await signStatement(this.device.signingKey, this.#roster, draft)]);
  }

  /** Takes statements whose signatures were checked. Others may have come in since. */
  #add(statements: readonly RosterStatement[]): void {
    const merged = mergeRoster(this.#roster, statements, () => true);
    if (merged !== this.#roster) this.#change(() => this.#roster = merged);
  }

  /** If the change cannot be stored, it is taken back. */
  #change(change: () => void): void {
    const before = [this.#roster, this.#term, this.#candidates] as const;
    change();
    try {
      this.#save();
    } catch (error) {
      [this.#roster, this.#term, this.#candidates] = before;
      throw error;
    }
  }

  #save(): void {
    const { chat, chatKey } = this.#roster;
    const [term, candidates, roster] = [this.#term, this.#candidates, rosterStatements(this.#roster)];
    const json = formatKeptChat({ chat, chatKey, secret: this.device.secret, term, roster, candidates });
    stored(this.#path, () => replacePrivateFile(this.#path, json));
  }
}

function pathIn(folder: string): string {
  return join(folder, FILE);
}

function read(path: string): string | undefined {
  try {
    return readPrivateFile(path, MAX_FILE_BYTES);
  } catch (error) {
    if (error instanceof TypeError) throw damaged(path);
    throw new Failure(EXIT.cannotStore, `Cannot read ${path}: ${explain(error, path)}`, { cause: error });
  }
}

function checkUnused(folder: string): void {
  if (read(pathIn(folder)) === undefined) return;
  const next = "choose another folder with --data";
  throw new Failure(EXIT.usage, `The folder ${folder} has a shared chat already: ${next}`);
}

function stored(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    const next = "make room or choose another folder with --data";
    throw new Failure(EXIT.cannotStore, `Cannot store the shared chat in ${path}: ${explain(error, path)}; ${next}`, {
      cause: error,
    });
  }
}

function damaged(path: string): Failure {
  const next = "restore it from a backup, or move it away and join the chat again with an invite";
  return new Failure(EXIT.cannotStore, `The file ${path}, which has the keys of the shared chat, is damaged: ${next}`);
}
