import { assertEquals } from "@std/assert";
import type { Codec, Format } from "../../../src/framing/codec.ts";
import { JSON_LINES } from "../../../src/framing/json_lines.ts";
import { PlainText } from "../../../src/framing/plain/plain_text.ts";
import type { RoomMessage } from "../../../src/protocol/messages/messages.ts";
import { RoomSubscribers } from "../../../src/server/output/room_subscribers.ts";
import type { Peer } from "../../../src/server/connection/peer.ts";
import { edited } from "../../contracts/changes_contract.ts";
import { message } from "../../contracts/history_store_contract.ts";

class FakePeer {
  readonly id: number;
  readonly format: Format;
  readonly chunks: Uint8Array[] = [];

  constructor(id: number, codec: Codec = JSON_LINES) {
    this.id = id;
    this.format = codec.format;
  }

  sendChunk(chunk: Uint8Array): void {
    this.chunks.push(chunk);
  }

  sendText(text: string): void {
    if (text !== "") this.chunks.push(new TextEncoder().encode(text));
  }

  get texts(): string[] {
    return this.chunks.map((chunk) => new TextDecoder().decode(chunk));
  }

  get peer(): Peer {
    return this as unknown as Peer;
  }
}

function audienceOf(...peers: FakePeer[]): RoomSubscribers {
  const audience = new RoomSubscribers();
  for (const { peer } of peers) audience.add(peer);
  return audience;
}

function json(...messages: RoomMessage[]): string {
  return messages.map((message) => JSON.stringify(message) + "\n").join("");
}

const said = (seq: number, text = `text ${seq}`) => message(seq, text);

Deno.test("the events of a turn go to all subscribers as one chunk, shared within a format", () => {
  const peers = [1, 2, 3].map((id) => new FakePeer(id));
  const audience = audienceOf(...peers);
  audience.publish(said(1), 1);
  audience.publish(said(2), 2);
  assertEquals(peers.map(({ chunks }) => chunks.length), [0, 0, 0]);
  audience.flush();
  for (const { texts } of peers) assertEquals(texts, [json(said(1), said(2))]);
  assertEquals(peers[0]!.chunks[0] === peers[2]!.chunks[0], true);
  audience.flush();
  assertEquals(peers[0]!.chunks.length, 1);
});

Deno.test("a message is echoed to its author in JSON, but not in plain text", () => {
  const [program, ada, bob] = [new FakePeer(1), new FakePeer(2, new PlainText()), new FakePeer(3, new PlainText())];
  const audience = audienceOf(program, ada, bob);
  audience.publish(said(1, "from the program"), 1);
  audience.publish(said(2, "from ada"), 2);
  audience.flush();
  assertEquals(program.texts.length, 1);
  assertEquals(ada.texts.map(withoutTimes), ["ada: from the program\n"]);
  assertEquals(bob.texts.map(withoutTimes), ["ada: from the program\nada: from ada\n"]);
});

function withoutTimes(text: string): string {
  return text.replace(/^\[\d\d:\d\d\] /gm, "");
}

Deno.test("a change is echoed to its author, also in plain text", () => {
  const ada = new FakePeer(1, new PlainText());
  const audience = audienceOf(ada);
  audience.publish(said(1), 1);
  audience.publish(edited(2, 1, "tea"), 1);
  audience.flush();
  assertEquals(ada.texts, ["* ada edited a message: tea\n"]);
});

Deno.test("an author alone in a turn gets nothing, not even an empty chunk", () => {
  const ada = new FakePeer(1, new PlainText());
  const audience = audienceOf(ada);
  audience.publish(said(1), 1);
  audience.flush();
  assertEquals(ada.chunks, []);
});

Deno.test("a removed subscriber gets nothing more, and the room is empty when all have left", () => {
  const [ada, bob] = [new FakePeer(1), new FakePeer(2, new PlainText())];
  const audience = audienceOf(ada, bob);
  assertEquals(audience.empty, false);
  audience.remove(ada.peer);
  audience.publish(said(1), undefined);
  audience.flush();
  assertEquals([ada.chunks.length, bob.chunks.length], [0, 1]);
  audience.remove(bob.peer);
  audience.remove(bob.peer);
  assertEquals(audience.empty, true);
});

Deno.test("an event without text in a format is not sent in it", () => {
  const ada = new FakePeer(1, new PlainText());
  const audience = audienceOf(ada);
  audience.publish({ type: "ping" }, undefined);
  audience.flush();
  assertEquals(ada.chunks, []);
});
