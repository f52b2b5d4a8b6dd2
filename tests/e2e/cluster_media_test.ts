/** Files and calls of members on several servers of one chat. */

import { assertEquals } from "@std/assert";
import { openRawMediaSocket } from "../../src/client/calls/raw_media_socket.ts";
import type { MediaSocket } from "../../src/client/calls/call_ports.ts";
import { decodeMediaFrame, encodeMediaFrame, type MediaFrame } from "../../src/protocol/calls/media_frame.ts";
import { ByteLink } from "../../src/transports/byte_link.ts";
import { dialTcp } from "../../src/transports/tcp.ts";
import { Cluster } from "../helpers/e2e_cluster.ts";
import { type Json, Peer } from "../helpers/e2e_peer.ts";
import { HAS_ETCD } from "../helpers/etcd.ts";
import { inTime } from "../helpers/process_lines.ts";
import type { Served } from "../helpers/e2e.ts";

const BYTES = crypto.getRandomValues(new Uint8Array(60_000));

Deno.test({
  name: "members of a call on two servers see each other, and a file outlives the server to which it was sent",
  ignore: !HAS_ETCD,
  async fn() {
    await using cluster = await Cluster.start();
    const servers = [await cluster.serve(), await cluster.serve(), await cluster.serve()] as const;
    const [first, second, third] = servers;
    await using ada = await Peer.join(first.address, "ada");
    await using bob = await Peer.join(second.address, "bob");
    await using eve = await Peer.join(third.address, "eve");
    await talk([first, ada], [second, bob]);
    const file = await sendFile(first, ada);
    for (const peer of [bob, eve]) await peer.next({ type: "message" });
    first.program.kill("SIGKILL");
    assertEquals(await fetched(second, bob, file), BYTES);
    assertEquals(await fetched(third, eve, file), BYTES);
  },
});

/** Sends a file as a message, and returns it. */
async function sendFile({ address }: Served, member: Peer): Promise<Json> {
  await member.send({ type: "offer", ref: "1", room: "lobby", name: "a.bin", size: BYTES.length });
  const { id, path, token } = await member.next({ type: "slot", ref: "1" });
  const headers = { Authorization: `Bearer ${token}` };
  const put = await fetch(`http://${address}${path}`, { method: "PUT", headers, body: BYTES });
  assertEquals(put.status, 201);
  const file = { id, name: "a.bin", ...await put.json() };
  await member.send({ type: "message", ref: "2", room: "lobby", text: "", file });
  return file;
}

/** The file as that server gives it to the member. */
async function fetched(server: Served, member: Peer, { id }: Json): Promise<Uint8Array> {
  await member.send({ type: "fetch", ref: "3", id });
  const { path } = await member.next({ type: "url", ref: "3" });
  for (;;) {
    const answer = await fetch(`http://${server.address}${path}`);
    if (answer.status === 200) return await answer.bytes();
    // The server that has it is not linked yet.
    await answer.body?.cancel();
    assertEquals(answer.status, 503);
  }
}

/** A member at one server calls one at another, and a picture, a state and a demand go over. */
async function talk([here, caller]: [Served, Peer], [there, called]: [Served, Peer]): Promise<void> {
  await caller.send({ type: "call", to: called.joined.you.name });
  const own = await caller.next({ type: "media" });
  const { id: call } = await called.next({ type: "call" });
  await called.send({ type: "answer", call });
  const others = await called.next({ type: "media" });
  const ends = [await MediaPeer.open(here, own), await MediaPeer.open(there, others)] as const;
  const picture = { kind: "video", stream: 0, time: 7, width: 160, height: 90, jpeg: BYTES.slice(0, 3_000) } as const;
  ends[0].send({ kind: "state", stream: 0, time: 1, camera: true, microphone: true });
  assertEquals((await ends[1].until("state")).camera, true);
  ends[0].send(picture);
  assertEquals((await ends[1].until("video")).jpeg, picture.jpeg);
  ends[1].send({ kind: "demand", stream: own.stream, time: 1, width: 80, height: 48, rate: 5 });
  assertEquals((await ends[0].until("demand")).stream, others.stream);
  for (const end of ends) await end.close();
}

/** A media connection of a member. */
class MediaPeer {
  readonly #socket: MediaSocket;
  readonly #messages: AsyncIterator<string | Uint8Array<ArrayBuffer>>;

  private constructor(socket: MediaSocket) {
    this.#socket = socket;
    this.#messages = socket.messages[Symbol.asyncIterator]();
  }

  static async open(server: Served, { call, token }: Json): Promise<MediaPeer> {
    const colon = server.address.lastIndexOf(":");
    const [host, port] = [server.address.slice(0, colon), Number(server.address.slice(colon + 1))];
    const dial = async () => new ByteLink(await dialTcp(host, port));
    const random = (bytes: Uint8Array<ArrayBuffer>) => void crypto.getRandomValues(bytes);
    const peer = new MediaPeer(await openRawMediaSocket(dial, random, new AbortController().signal));
    peer.#socket.send(JSON.stringify({ type: "media", call, token }));
    await peer.#next();
    return peer;
  }

  async #next(): Promise<string | Uint8Array<ArrayBuffer>> {
    const { value } = await inTime(this.#messages.next(), () => "a message of a call");
    return value;
  }

  /** Returns the next frame of that kind. */
  async until<K extends MediaFrame["kind"]>(kind: K): Promise<Extract<MediaFrame, { kind: K }>> {
    for (;;) {
      const message = await this.#next();
      const frame = typeof message === "string" ? undefined : decodeMediaFrame(message);
      if (frame?.kind === kind) return frame as Extract<MediaFrame, { kind: K }>;
    }
  }

  send(frame: MediaFrame): void {
    this.#socket.send(encodeMediaFrame(frame));
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.#messages.return?.();
  }
}
