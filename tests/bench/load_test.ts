import { assert, assertEquals } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import { serve } from "../helpers/e2e.ts";
import { parseLoadOptions } from "./load/load_options.ts";
import { LoadRun } from "./load/load_run.ts";
import { parseFigures } from "./peers/figures.ts";
import { lineBytes, SERVERS, TEXT_BYTES } from "./peers/servers.ts";

const CLIENT = SERVERS.find(({ name }) => name === "confab")!.client;

Deno.test("the load generator counts the deliveries of a real server, and lines have the stated length", async () => {
  await using server = await serve("--memory", "--rate", "0", "--quiet");
  const numbers = "--receivers 5 --senders 2 --messages 200 --warmup 10 --window 4".split(" ");
  const options = parseLoadOptions([
    "--port",
    String(server.port),
    "--pid",
    String(server.program.pid),
    ...numbers,
    ...CLIENT,
  ]);
  const watching = lengthOfLine(server.port);
  const result = await new LoadRun(options).run();
  assertEquals([result.status, result.messages, result.deliveries], ["ok", 200, 1_000]);
  const { fault, deliveriesPerSecond, p99Ms, generatorBusy } = parseFigures(JSON.stringify(result));
  assertEquals(fault, undefined);
  assert(deliveriesPerSecond > 0 && p99Ms > 0 && generatorBusy > 0);
  // Numbers of messages and senders vary in their digits.
  const difference = await watching - lineBytes(TEXT_BYTES);
  assert(Math.abs(difference) <= 6, `${difference} bytes`);
  await server.stop();
});

/** The first message that arrives in the room. */
async function lengthOfLine(port: number): Promise<number> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(new TextEncoder().encode('{"type":"join","room":"load","name":"witness"}\n'));
  const lines = conn.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  for await (const line of lines) if (line.startsWith('{"type":"message"')) return line.length;
  throw new Error("No message has come");
}
