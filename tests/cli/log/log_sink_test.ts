import { assert, assertEquals } from "@std/assert";
import { type LogOutput, LogWriter } from "../../../src/cli/log/log_sink.ts";
import { MAX_LOG_WAITING_CHARS } from "../../../src/protocol/limits.ts";

const PATIENCE_MS = 10_000;

/** An output whose writes succeed or fail as the test decides. */
class HeldOutput implements LogOutput {
  writes = 0;
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];
  /** The outcomes of the next writes; later writes succeed at once. */
  readonly #fates: (Promise<number> | Error)[];

  constructor(...fates: (Promise<number> | Error)[]) {
    this.#fates = fates;
  }

  get written(): string {
    return new TextDecoder("utf-8", { fatal: true }).decode(
      Uint8Array.from(this.#chunks.flatMap((chunk) => [...chunk])),
    );
  }

  async write(bytes: Uint8Array): Promise<number> {
    this.writes++;
    const fate = this.#fates.shift() ?? Promise.resolve(bytes.length);
    if (fate instanceof Error) throw fate;
    const count = Math.min(await fate, bytes.length);
    this.#chunks.push(bytes.slice(0, count));
    return count;
  }
}

const BROKEN = new Deno.errors.BrokenPipe("Broken pipe");

function stage(output: LogOutput): { readonly writer: LogWriter; readonly lost: number[] } {
  const lost: number[] = [];
  return { writer: new LogWriter(output, (lines) => lost.push(lines)), lost };
}

Deno.test("write starts to write the line before it returns", () => {
  const output = new HeldOutput();
  stage(output).writer.write("a\n");
  assertEquals(output.writes, 1);
});

Deno.test("lines that arrive during a write share the next write, in order", async () => {
  const output = new HeldOutput();
  const { writer, lost } = stage(output);
  for (const line of ["a\n", "b\n", "c\n", "d\n"]) writer.write(line);
  await writer.flush(PATIENCE_MS);
  assertEquals([output.written, output.writes, lost], ["a\nb\nc\nd\n", 2, []]);
});

Deno.test("an output that takes few bytes at a time gets all of them", async () => {
  const output = new HeldOutput(...[1, 2, 1, 3, 2].map((count) => Promise.resolve(count)));
  const { writer } = stage(output);
  for (const line of ["one\n", "zwölf\n"]) writer.write(line);
  await writer.flush(PATIENCE_MS);
  assertEquals(output.written, "one\nzwölf\n");
});

Deno.test("lines that the output refuses are lost and counted once it accepts lines again", async () => {
  const output = new HeldOutput(BROKEN, BROKEN);
  const { writer, lost } = stage(output);
  writer.write("a\n");
  await writer.flush(PATIENCE_MS);
  for (const line of ["b\n", "c\n"]) writer.write(line);
  await writer.flush(PATIENCE_MS);
  assertEquals([output.written, lost], ["c\n", [2]]);
});

Deno.test("a torn line does not run into the next one", async () => {
  const output = new HeldOutput(Promise.resolve(3), BROKEN);
  const { writer, lost } = stage(output);
  writer.write("torn off\n");
  await writer.flush(PATIENCE_MS);
  writer.write("next\n");
  await writer.flush(PATIENCE_MS);
  assertEquals([output.written, lost], ["tor\nnext\n", [1]]);
});

Deno.test("a stuck output blocks nothing, and the lines that wait are bounded", async () => {
  const stuck = Promise.withResolvers<number>();
  const output = new HeldOutput(stuck.promise);
  const { writer, lost } = stage(output);
  const line = `${"x".repeat(99)}\n`;
  const fitting = MAX_LOG_WAITING_CHARS / line.length;
  // One line is in flight, and five exceed the limit.
  for (let count = 0; count < 1 + fitting + 5; count++) writer.write(line);
  await writer.flush(1);
  assertEquals([output.written, output.writes, lost], ["", 1, []]);
  stuck.resolve(line.length);
  await writer.flush(PATIENCE_MS);
  assertEquals([output.written.length, lost], [(1 + fitting) * line.length, [5]]);
});

Deno.test("a flush without waiting lines takes no time", async () => {
  const { writer } = stage(new HeldOutput());
  const before = performance.now();
  await writer.flush(PATIENCE_MS);
  assert(performance.now() - before < PATIENCE_MS);
});
