/**
 * A terminal client sends files to another one, and one of the two or the server is killed at a random byte of each file. Every
 * file arrives with its own bytes and one message, sends only what was missing, leaves nothing on the server's disk when its message is
 * deleted, and stops nobody's chat.
 */

import { createHash } from "node:crypto";
import { openSqliteHistory } from "../../../src/history/sqlite/sqlite_history.ts";
import { poll } from "../../helpers/process_lines.ts";
import { Random } from "../../helpers/random.ts";
import { ServerProcess } from "../server_process.ts";
import { type Direction, KillingProxy } from "./killing_proxy.ts";
import { MemberProcess } from "./member_process.ts";
import { Talk } from "./talk.ts";

export interface FileChaosOptions {
  readonly seed: number;
  /** One for each file. */
  readonly kills: number;
  /** An empty folder, which is not removed. */
  readonly folder: string;
  /** Called with a line for each file. */
  readonly report: (line: string) => void;
}

type Victim = "sender" | "receiver" | "server";

/** The program that is killed while the file goes up or down. The first three are the hardest. */
const KILLS: readonly (readonly [Victim, Direction])[] = [
  ["sender", "up"],
  ["receiver", "down"],
  ["server", "up"],
  ["server", "down"],
  ["receiver", "up"],
  ["sender", "down"],
];
const MIN_FILE_BYTES = 1024 * 1024;
const MAX_FILE_BYTES = 4 * MIN_FILE_BYTES;
/** Heads of requests and responses of one file. */
const MAX_HEADS_BYTES = 16 * 1024;
/** Bytes that are sent before the server refuses them, because bytes of the killed sender still arrive. */
const MAX_REFUSED_BYTES = 1024 * 1024;

/** Returns one sentence for each broken promise. */
export async function runFileChaos(options: FileChaosOptions): Promise<string[]> {
  const { folder, kills } = options;
  const data = `${folder}/data`;
  Deno.mkdirSync(`${folder}/saved`);
  const server = await ServerProcess.start("--data", data, "--rate", "0");
  const faults: string[] = [];
  {
    await using proxy = new KillingProxy(server.port);
    await using sender = await MemberProcess.start(proxy.address, "sender");
    await using receiver = await MemberProcess.start(proxy.address, "receiver");
    const talk = await Talk.start(server.port);
    const scene = { server, proxy, sender, receiver, talk, data };
    const random = new Random(options.seed);
    for (let index = 0; index < kills; index++) {
      faults.push(...await new FileRound(options, scene, random, index).run());
    }
    faults.push(...await talk.end());
    if (talk.files.length !== kills) faults.push(`${talk.files.length} messages came with ${kills} files`);
  }
  const complaints = await server.stop();
  if (/internal error|stack|uncaught/i.test(complaints)) faults.push(`The server complained: ${complaints}`);
  return [...faults, ...openSlots(data)];
}

interface Scene {
  readonly server: ServerProcess;
  readonly proxy: KillingProxy;
  readonly sender: MemberProcess;
  readonly receiver: MemberProcess;
  readonly talk: Talk;
  /** The server's folder. */
  readonly data: string;
}

/** The way of one file. */
class FileRound {
  readonly #scene: Scene;
  readonly #options: FileChaosOptions;
  readonly #name: string;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #victim: Victim;
  readonly #direction: Direction;
  /** Bytes of the file after which the victim is killed. */
  readonly #at: number;
  /** Whether bytes of a killed sender still arrive when the next one has asked how much is there. */
  readonly #lags: boolean;
  /** Bytes that the server had stored before. */
  #before = 0;
  /** Bytes of the file that had arrived when the victim was dead. */
  #kept = 0;
  /** Bytes that had moved then. */
  #movedBefore = 0;

  constructor(options: FileChaosOptions, scene: Scene, random: Random, index: number) {
    this.#scene = scene;
    this.#options = options;
    this.#name = `file-${index}.bin`;
    this.#bytes = randomBytes(random, random.between(MIN_FILE_BYTES, MAX_FILE_BYTES));
    [this.#victim, this.#direction] = KILLS[index % KILLS.length]!;
    // A receiver that has all bytes does not need to go on.
    const isSaving = this.#victim === "receiver" && this.#direction === "down";
    this.#at = randomOffset(random, this.#bytes.length - (isSaving ? 1 : 0));
    this.#lags = this.#victim === "sender" && this.#direction === "up" && random.between(0, 1) === 1 &&
      this.#at < this.#bytes.length;
  }

  async run(): Promise<string[]> {
    const { proxy, sender, talk, data } = this.#scene;
    const { folder, report } = this.#options;
    const path = `${folder}/${this.#name}`;
    Deno.writeFileSync(path, this.#bytes);
    const before = this.#before = storedBytes(data);
    proxy.moved.up = proxy.moved.down = 0;
    talk.takeLongest();
    const uploading = this.#killIn("up");
    await sender.enter(`/send ${path}`);
    await uploading;
    const seq = await this.#seq();
    const { up } = proxy.moved;
    await talk.goesOn();
    const saved = await this.#download(seq);
    await talk.goesOn();
    await sender.enter(`/delete ${seq}`);
    await poll(() => Promise.resolve(storedBytes(data) <= before), () => `the end of ${this.#name} on the server`);
    report(
      `${this.#name}: ${this.#bytes.length} bytes, ${this.#victim} killed at byte ${this.#at} ` +
        `${this.#direction}${
          this.#lags ? ", and what was on its way arrived later" : ""
        }; ${this.#kept} of them had arrived; ` +
        `chat waited ${talk.takeLongest()} ms at most`,
    );
    Deno.removeSync(path);
    return this.#faults(saved, up);
  }

  /** The number of the message, in the receiver's chat, which may have been restarted. */
  async #seq(): Promise<string> {
    const card = new RegExp(`\\[File ${this.#name} .*: /save (\\d+)\\]`);
    return card.exec(await this.#scene.receiver.lines.first(card))![1]!;
  }

  /** Saves the file in the receiver's chat, a second time after the receiver was killed. Resolves with its path. */
  async #download(seq: string): Promise<string> {
    const { receiver } = this.#scene;
    const save = `/save ${seq} ${this.#options.folder}/saved`;
    const downloading = this.#killIn("down");
    await receiver.enter(save);
    await downloading;
    if (this.#victim === "receiver" && this.#direction === "down") {
      await receiver.enter("/history 20");
      await this.#seq();
      await receiver.enter(save);
    }
    const done = `${this.#name} is saved: `;
    const line = await receiver.lines.first(done);
    return line.slice(line.indexOf(done) + done.length);
  }

  /** Kills the victim at its byte if this is its direction, and resolves when it runs again. */
  async #killIn(direction: Direction): Promise<void> {
    if (direction !== this.#direction) return;
    const { proxy } = this.#scene;
    const program = this.#scene[this.#victim];
    await proxy.killAfter({ direction, bytes: this.#at, lags: this.#lags }, async () => {
      await program.kill();
      this.#kept = this.#arrived();
      this.#movedBefore = proxy.moved[direction];
    });
    await program.restart();
  }

  /** Bytes of the file that are on the other side after the kill: what it had not read of its socket died with it. */
  #arrived(): number {
    const { folder } = this.#options;
    if (this.#victim === "server" && this.#direction === "up") return storedBytes(this.#scene.data) - this.#before;
    if (this.#victim === "receiver" && this.#direction === "down") return storedBytes(folder, "saved");
    return this.#at;
  }

  #faults(saved: string, up: number): string[] {
    const { proxy, talk } = this.#scene;
    const faults: string[] = [];
    const messages = talk.files.filter((name) => name === this.#name).length;
    if (messages !== 1) faults.push(`${this.#name} came with ${messages} messages`);
    if (sha256(Deno.readFileSync(saved)) !== sha256(this.#bytes)) {
      faults.push(`${this.#name} was saved with other bytes`);
    }
    const again = (this.#direction === "up" ? up : proxy.moved.down) - this.#movedBefore;
    const missing = this.#bytes.length - this.#kept;
    if (again < missing || again > missing + MAX_HEADS_BYTES + (this.#lags ? MAX_REFUSED_BYTES : 0)) {
      faults.push(`${this.#name} had ${missing} bytes to move after the kill, and moved ${again}`);
    }
    Deno.removeSync(saved);
    const left = [...Deno.readDirSync(`${this.#options.folder}/saved`)].map(({ name }) => name);
    if (left.length > 0) faults.push(`${this.#name} left ${left.join(", ")}`);
    return faults;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Often the first or the last offset. */
function randomOffset(random: Random, last: number): number {
  return [0, last][random.between(0, 7)] ?? random.between(0, last);
}

function randomBytes(random: Random, count: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(count / 4));
  for (let index = 0; index < words.length; index++) words[index] = random.between(0, 0xffff_ffff);
  return new Uint8Array(words.buffer, 0, count);
}

/** Bytes of all files that the server keeps, also of uploads. */
function storedBytes(data: string, path = "files"): number {
  let bytes = 0;
  for (const { name, isDirectory } of Deno.readDirSync(`${data}/${path}`)) {
    bytes += isDirectory ? storedBytes(data, `${path}/${name}`) : sizeOf(`${data}/${path}/${name}`);
  }
  return bytes;
}

/** 0 for a file that was removed meanwhile. */
function sizeOf(path: string): number {
  try {
    return Deno.lstatSync(path).size;
  } catch {
    return 0;
  }
}

/** A sentence for the slots that are left at the end. */
function openSlots(folder: string): string[] {
  const history = openSqliteHistory({ folder });
  const slots = history.records().filter(({ kind }) => kind === "upload").length;
  history.close();
  return slots === 0 ? [] : [`${slots} slots are still open`];
}
