import { assert, assertEquals } from "@std/assert";
import { EarlyClient } from "../../../src/cli/joining/open_client.ts";
import { Client } from "../../../src/client/client.ts";
import { systemClock } from "../../../src/client/clock.ts";
import { ServerRoute } from "../../../src/client/link/server_route.ts";
import type { ClientEvent } from "../../../src/client/client_event.ts";
import type { ServerEvent } from "../../../src/protocol/messages/messages.ts";
import type { Connection } from "../../../src/transports/connection.ts";
import { memoryConnectionPair } from "../../helpers/memory_connection.ts";

const WELCOME: ServerEvent = {
  type: "welcome",
  protocol: 1,
  server: { id: "s", name: "Confab", version: "1" },
  limits: { lineBytes: 65_536, nameChars: 32, textBytes: 8_192, rooms: 32, page: 200 },
};
const MEMBER = { id: "m", name: "ada" };

/** A server that sends a welcome and answers a join with `answer(ref)`. */
function serverThat(answer: (ref: string) => ServerEvent): () => Promise<Connection> {
  const [client, server] = memoryConnectionPair();
  const say = (event: ServerEvent) => client.receive(new TextEncoder().encode(`${JSON.stringify(event)}\n`));
  const serve = async () => {
    for await (const frames of server.frames) {
      for (const frame of frames) {
        const { type, ref } = JSON.parse(frame as string) as { type: string; ref?: string };
        if (type === "ping") say(WELCOME);
        if (type === "join") say(answer(ref!));
        if (type === "leave") say({ type: "goodbye", reason: "left" });
      }
    }
  };
  void serve();
  return () => Promise.resolve(client);
}

function early(dial: () => Promise<Connection>): EarlyClient {
  return new EarlyClient((onEvent) =>
    new Client({ dial, name: "ada", acceptSuggestion: false, rooms: ["lobby"], onEvent })
  );
}

function joined(ref: string): ServerEvent {
  const room = { id: "r", name: "lobby", topic: "" };
  const you = { ...MEMBER, token: "t" };
  return { type: "joined", ref, room, you, seq: 0, members: [MEMBER], count: 1, missed: 0 };
}

function namesOf(events: readonly ClientEvent[]): string[] {
  return events.map((event) => event.type === "received" ? event.event!.type : event.type);
}

Deno.test("a late view receives all events in order", async () => {
  const opened = early(serverThat(joined));
  assertEquals((await opened.settled).kind, "online");
  const told: ClientEvent[] = [];
  const client = opened.show((event) => told.push(event));
  assertEquals(told, []);
  await Promise.resolve();
  assertEquals(namesOf(told), ["status", "welcome", "joined", "status"]);
  await client.close();
  assertEquals(told.at(-1), { type: "status", status: { kind: "closed", cause: "left", reason: "Left" } });
  assertEquals(opened.missing, undefined);
});

Deno.test("an event that a late view causes comes after those that wait for it", async () => {
  const opened = early(serverThat(joined));
  await opened.settled;
  const told: ClientEvent[] = [];
  const client = opened.show((event) => {
    if (told.push(event) === 1) client.send({ room: "lobby" }, "hello");
  });
  await Promise.resolve();
  assertEquals(namesOf(told).slice(0, 5), ["status", "welcome", "joined", "status", "pending"]);
  await client.close();
});

Deno.test("a client that is refused because of its password is recognized", async () => {
  const refuse = (code: string) => serverThat((ref) => ({ type: "error", ref, code, message: "No" }));
  for (const code of ["wrong_password", "forbidden"]) {
    const opened = early(refuse(code));
    const status = await opened.settled;
    assert(status.kind === "closed" && status.cause === "refused");
    assertEquals(opened.missing, code === "wrong_password" ? "server" : undefined);
  }
});

Deno.test("a client whose first server is down is settled by the next one, which may want a password", async () => {
  const refusing = serverThat((ref) => ({ type: "error", ref, code: "wrong_password", message: "No" }));
  const opened = new EarlyClient((onEvent) =>
    new Client({
      dial: (_, server) => server === undefined ? Promise.reject(new Error("Nobody there")) : refusing(),
      route: new ServerRoute({
        ...{ clock: systemClock, random: () => 0 },
        ...{ others: [{ host: "192.0.2.2", port: 5050 }], changed: () => {} },
      }),
      ...{ name: "ada", acceptSuggestion: false, rooms: ["lobby"], onEvent },
    })
  );
  const status = await opened.settled;
  assert(status.kind === "closed" && status.cause === "refused");
  assertEquals(opened.missing, "server");
});

Deno.test("an unreachable server closes the client at once", async () => {
  const status = await early(() => Promise.reject(new Error("Nobody there"))).settled;
  assertEquals(status, { kind: "closed", cause: "unreachable", reason: "Nobody there" });
});
