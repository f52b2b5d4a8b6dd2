/** The state of one connection's client, built only from the events that it received. */

import { assert, assertEquals } from "@std/assert";
import { type Entry, type MemberInfo, placeKey, type ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { awayState } from "./away_steps.ts";

/** A call, with each member's id and stream, or `called`. */
interface ViewedCall {
  readonly place: string;
  readonly by: string;
  readonly members: readonly string[];
}

export class ClientView {
  /** Id of the connection's own member. */
  id?: string;
  readonly members = new Map<string, Map<string, string>>();
  /** The away members, by room and id: see `awayState`. */
  readonly away = new Map<string, Map<string, string>>();
  /** Whether the member is away by their own word. */
  isAway = false;
  /** The last seq by the key of the room or conversation. */
  readonly seqs = new Map<string, number>();
  readonly topics = new Map<string, string>();
  /** The calls that it knows, by id. */
  readonly calls = new Map<string, ViewedCall>();
  /** The call that the connection is in. */
  media: string | undefined;
  /** Keys of the devices that asked this one to admit them. */
  readonly asked: string[] = [];
  /** The answers to the claims of this connection, which was a new device then. */
  readonly answers: (boolean | undefined)[] = [];

  fold(event: ServerEvent): void {
    switch (event.type) {
      case "joined":
        return this.#joined(event);
      case "join": {
        // Another device of this member has joined a room that this one does not follow.
        if (event.member.id === this.id && !this.members.has(event.room)) return;
        const members = this.members.get(event.room)!;
        assert(!members.has(event.member.id), `${event.member.name} joined twice`);
        members.set(event.member.id, event.member.name);
        return this.#noteAway(event.room, event.member);
      }
      case "away":
        for (const room of this.members.keys()) {
          if (this.members.get(room)!.has(event.member.id)) this.#noteAway(room, event.member);
        }
        if (event.member.id === this.id) this.isAway = event.member.away?.idle === undefined && !!event.member.away;
        return;
      case "leave":
        if (event.member.id === this.id) return this.#left(event.room);
        assert(this.members.get(event.room)!.delete(event.member.id), `${event.member.name} left twice`);
        return;
      case "rename":
        for (const members of this.members.values()) {
          if (members.has(event.member.id)) members.set(event.member.id, event.member.name);
        }
        return;
      case "topic":
        return void this.topics.set(event.room, event.text);
      case "message":
      case "edited":
      case "deleted":
      case "reacted":
        return this.#entry(event);
      case "call":
        return this.#called(event);
      case "media":
        if (event.ended !== true) this.media = event.call;
        else if (this.media === event.call) this.media = undefined;
        return;
      case "link":
        if (event.ref !== undefined) return;
        if (event.step === "claimed") this.asked.push(event.key!);
        if (event.step === "answered") this.answers.push(event.accepted);
        return;
    }
  }

  #joined(event: Extract<ServerEvent, { type: "joined" }>): void {
    this.id = event.you.id;
    assertEquals(event.members.length, event.count);
    this.members.set(event.room.name, new Map(event.members.map(({ id, name }) => [id, name])));
    for (const member of event.members) this.#noteAway(event.room.name, member);
    this.isAway = event.you.away !== undefined;
    this.seqs.set(event.room.name, event.seq);
    this.topics.set(event.room.name, event.room.topic);
  }

  #left(room: string): void {
    this.members.delete(room);
    for (const [id, { place }] of this.calls) if (place === room) this.calls.delete(id);
  }

  #called({ id, by, room, with: partner, members, ended }: Extract<ServerEvent, { type: "call" }>): void {
    if (ended) return void this.calls.delete(id);
    assertEquals(new Set(members.map(({ id }) => id)).size, members.length);
    this.calls.set(id, {
      ...{ place: room ?? `@${partner!.id}`, by: by.id },
      members: members.map((member) => `${member.id} ${member.stream ?? member.state}`),
    });
  }

  #noteAway(room: string, { id, away }: MemberInfo): void {
    let known = this.away.get(room);
    if (known === undefined) this.away.set(room, known = new Map());
    known.set(id, awayState(away));
  }

  /** The first entry of a conversation on this connection may have any seq. */
  #entry(entry: Entry): void {
    const key = placeKey(entry);
    const last = this.seqs.get(key) ?? (key.startsWith("@") ? entry.seq - 1 : undefined);
    assertEquals(entry.seq, last! + 1, `seq in ${key}`);
    this.seqs.set(key, entry.seq);
  }
}
