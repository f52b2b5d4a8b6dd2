import { assertEquals, assertRejects } from "@std/assert";
import { RequestClient } from "../../../src/cli/joining/request_client.ts";
import { EXIT, Failure } from "../../../src/cli/args/exit_codes.ts";
import type { ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { type MemoryConnection, memoryConnectionPair } from "../../helpers/memory_connection.ts";

/** A server that answers each command except `ping` with `answer(command)`. */
function answering(
  answer: (command: Record<string, unknown>, end: MemoryConnection) => string | undefined,
): MemoryConnection {
  const [client, server] = memoryConnectionPair();
  const serve = async () => {
    for await (const frames of server.frames) {
      for (const frame of frames) {
        const command = JSON.parse(frame as string) as Record<string, unknown>;
        const line = command.type === "ping" ? undefined : answer(command, server);
        if (line !== undefined) await server.write(new TextEncoder().encode(`${line}\n`));
      }
    }
  };
  // Nothing is received after a close.
  serve().catch(() => {});
  return client;
}

function line(event: ServerEvent): string {
  return JSON.stringify(event);
}

Deno.test("a command is answered by the event with its ref", async () => {
  const connection = answering(({ type, ref, room }) =>
    type === "members"
      ? [
        line({ type: "members", ref: "other", room: "ops", members: [], count: 7 }),
        line({ type: "members", ref: ref as string, room: room as string, members: [], count: 1 }),
      ].join("\n")
      : undefined
  );
  using questions = new RequestClient(connection);
  for (const room of ["lobby", "ops"]) {
    const answer = await questions.ask({ type: "members", room }, "members");
    assertEquals([answer.room, answer.count], [room, 1]);
  }
});

async function assertFails(connection: MemoryConnection, code: number, message: string): Promise<void> {
  using questions = new RequestClient(connection);
  const failure = await assertRejects(() => questions.ask({ type: "invites" }, "invites"), Failure);
  assertEquals([failure.code, failure.message], [code, message]);
}

Deno.test("a refusal shows the server's message without control characters", async () => {
  const error = (ref: unknown) =>
    line({ type: "error", ref: ref as string, code: "forbidden", message: "For the owner\u001b[2J alone" });
  await assertFails(answering(({ ref }) => error(ref)), EXIT.refused, "For the owner\u241b[2J alone");
});

Deno.test("a server that does not know the command is reported as older", async () => {
  const older = answering(({ ref }) => line({ type: "pong", ref: ref as string }));
  await assertFails(older, EXIT.refused, "The server gave no answer to invites: it may be an older version");
});

Deno.test("a server that leaves instead of answering is a lost connection with its reason", async () => {
  const closing = answering((_, server) => void server.close());
  await assertFails(closing, EXIT.lost, "Closed without a welcome: is it a Confab server?");
  const full = answering((_, server) => {
    const error = line({ type: "error", code: "server_full", message: "The server is full" });
    server.other.receive(new TextEncoder().encode(`${error}\n`));
    return void server.close();
  });
  await assertFails(full, EXIT.lost, "The server is full");
});
