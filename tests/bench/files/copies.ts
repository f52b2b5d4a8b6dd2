/** The ways to copy a file that the bench compares, each with the processor time of both ends. */

import type { Usage } from "./driver_command.ts";
import { Member, type Opened } from "./member.ts";
import { cpuSecondsOf, denoProgram, LineProgram, shell } from "./processes.ts";
import type { Site } from "./site.ts";

export interface Copied {
  readonly seconds: number;
  /** Processor time of the end that has the file on its disk at first, and of the other one. */
  readonly senderCpu: number;
  readonly receiverCpu: number;
}

export interface Copy {
  readonly name: string;
  readonly run: (site: Site) => Promise<Copied>;
  /** The copy with whose rate this one's is compared. */
  readonly comparedTo?: string;
}

export const COPIES: readonly Copy[] = [
  { name: "nc", run: byNetcat },
  { name: "deno", run: (site) => byDeno(site, false) },
  { name: "deno tls", run: (site) => byDeno(site, true) },
  ...both("confab up", confabUp),
  ...both("curl up", curlUp),
  ...both("confab down", confabDown),
  ...both("curl down", curlDown),
];

function both(name: string, run: (site: Site, tls: boolean) => Promise<Copied>): Copy[] {
  return [
    { name, run: (site) => run(site, false), comparedTo: "nc" },
    { name: `${name} tls`, run: (site) => run(site, true), comparedTo: "deno tls" },
  ];
}

async function byNetcat(site: Site): Promise<Copied> {
  const { folder, source } = site;
  const port = freePort();
  await site.warmUp();
  const receiving = shell(`nc -l 127.0.0.1 ${port} > ${folder}/copy`);
  const sending = shell(`until nc -N 127.0.0.1 ${port} < ${source}; do :; done`);
  const [receiver, sender] = await Promise.all([receiving, sending]);
  return { seconds: sender.seconds, senderCpu: sender.cpuSeconds, receiverCpu: receiver.cpuSeconds };
}

async function byDeno(site: Site, tls: boolean): Promise<Copied> {
  const { folder, source } = site;
  const more = tls ? ["tls"] : [];
  await using receiving = new LineProgram(denoProgram("bare_copy.ts", "receive", folder, `${folder}/copy`, ...more));
  const port = await receiving.line();
  await site.warmUp();
  await using sending = new LineProgram(denoProgram("bare_copy.ts", "send", folder, source, port, ...more));
  const [sender, receiver]: Usage[] = [JSON.parse(await sending.line()), JSON.parse(await receiving.line())];
  return { seconds: receiver!.seconds, senderCpu: sender!.cpuSeconds, receiverCpu: receiver!.cpuSeconds };
}

async function confabUp(site: Site, tls: boolean): Promise<Copied> {
  await using member = await Member.join(site.served(tls).address, newName(), tls);
  const { usage, serverCpu } = await beside(site, tls, () => member.put(site.source));
  return { seconds: usage.seconds, senderCpu: usage.cpuSeconds, receiverCpu: serverCpu };
}

async function confabDown(site: Site, tls: boolean): Promise<Copied> {
  await using member = await Member.join(site.served(tls).address, newName(), tls);
  const { file } = await member.put(site.source);
  const path = `${site.folder}/copy`;
  await Deno.remove(path).catch(() => {});
  const { usage, serverCpu } = await beside(site, tls, () => member.get(file, path));
  return { seconds: usage.seconds, senderCpu: serverCpu, receiverCpu: usage.cpuSeconds };
}

async function curlUp(site: Site, tls: boolean): Promise<Copied> {
  await using member = await Member.join(site.served(tls).address, newName(), tls);
  const { size } = await Deno.stat(site.source);
  const slot = await member.offer(size);
  const { usage, serverCpu } = await beside(site, tls, () => shell(curlPut(site, tls, slot)));
  return { seconds: usage.seconds, senderCpu: usage.cpuSeconds, receiverCpu: serverCpu };
}

async function curlDown(site: Site, tls: boolean): Promise<Copied> {
  await using member = await Member.join(site.served(tls).address, newName(), tls);
  const { file } = await member.put(site.source);
  const url = await member.fetch(file.id);
  const { usage, serverCpu } = await beside(site, tls, () => shell(curlGet(site, tls, url, `${site.folder}/copy`)));
  return { seconds: usage.seconds, senderCpu: serverCpu, receiverCpu: usage.cpuSeconds };
}

/** The shell command that uploads the source into a slot. */
export function curlPut(site: Site, tls: boolean, slot: Opened): string {
  return `${curlAt(site, tls, slot)} -o /dev/null -T ${site.source} -H 'Expect:'`;
}

/** The beginning of a shell command about a slot. */
export function curlAt(site: Site, tls: boolean, { path, token }: Opened): string {
  return `curl -sfk ${urlOf(site, tls, path)} -H 'Authorization: Bearer ${token}'`;
}

/** The shell command that downloads from a path into a file. */
export function curlGet(site: Site, tls: boolean, { path }: Pick<Opened, "path">, into: string): string {
  return `curl -sfk ${urlOf(site, tls, path)} -o ${into}`;
}

function urlOf(site: Site, tls: boolean, path: string): string {
  return `${tls ? "https" : "http"}://${site.served(tls).address}${path}`;
}

/** Runs the work of a client, and measures the server beside it. */
async function beside<T>(site: Site, tls: boolean, work: () => Promise<T>): Promise<{ usage: T; serverCpu: number }> {
  const { pid } = site.served(tls).program;
  await site.warmUp();
  const before = await cpuSecondsOf(pid);
  const usage = await work();
  return { usage, serverCpu: await cpuSecondsOf(pid) - before };
}

let members = 0;

/** Each transfer is of another member: their bytes of a day are counted. */
export function newName(): string {
  return `bench${++members}`;
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
