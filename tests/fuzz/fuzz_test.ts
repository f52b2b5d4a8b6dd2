import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { Random } from "../helpers/random.ts";
import { readCorpus } from "./corpus.ts";
import { FuzzThread } from "./fuzz_thread.ts";
import { inputsOf } from "./input.ts";
import { minimise } from "./minimise.ts";
import { mutate } from "./mutate.ts";
import { processorMs } from "./processor_time.ts";
import { faultLines, type Order, type Report, Session } from "./session.ts";
import type { Target } from "./target.ts";
import { TARGETS } from "./targets.ts";

/** A fixed seed, so that a failure is due to the change, and a new one. */
const SEEDS = [1, Date.now() % 1_000_000];
const THREADS = 2;
const NO_TIME_LIMIT_MS = 2 ** 31;

Deno.test("no input makes a target throw, hang or leak memory", async () => {
  console.log(`deno task fuzz --seed ${SEEDS[1]} repeats these inputs, and goes on`);
  const waiting = SEEDS.flatMap((seed) => TARGETS.map((target) => ({ target, seed })));
  const faults: string[] = [];
  await Promise.all(Array.from({ length: THREADS }, async () => {
    using thread = new FuzzThread();
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { target: { name, gateInputs }, seed } = next;
      const report = await thread.run(name, { ...order(seed), inputs: gateInputs });
      for (const fault of report.faults) faults.push(...faultLines(name, seed, fault));
      assert(report.faults.length > 0 || report.inputs === gateInputs, `${name} ran ${report.inputs} inputs`);
    }
  }));
  assertEquals(faults, []);
});

Deno.test("every target has a corpus with more than one outcome", async () => {
  for (const target of TARGETS) {
    const { parents } = readCorpus(target.name);
    assert(parents.length > 1, `${target.name} has no corpus`);
    const { outcomes, faults } = await new Session(target, { parents, found: [] }).run(order(1), () => {});
    assertEquals(faults, [], target.name);
    assert(Object.keys(outcomes).length > 1, `${target.name} has only one outcome`);
  }
});

function order(seed: number): Order {
  return { seed, first: 0, inputs: 0, ms: NO_TIME_LIMIT_MS, maxInputMs: 2_000, discover: false };
}

/** Fuzzes a target made for the test. */
async function fuzz(run: (input: string) => string, more: Partial<Target & Order> = {}): Promise<Report> {
  const target = {
    name: "test",
    gateInputs: 0,
    words: ["word"],
    arbitrary: fc.string(),
    open: () => ({ run }),
    ...more,
  };
  const session = new Session(target, { parents: ["a parent", "another one"], found: [] });
  return await session.run({ ...order(1), inputs: 5_000, ...more }, () => {});
}

Deno.test("an input that throws is found, minimised, and repeated by its number", async () => {
  const run = (input: string) => {
    if (/w.*x/.test(input)) throw new Error("planted");
    return "fine";
  };
  const { faults } = await fuzz(run, { words: ["wax"] });
  const [{ number, text, what }] = faults as [Report["faults"][number]];
  assertEquals(text, "wx");
  assertStringIncludes(what, "planted");
  const again = await fuzz(run, { words: ["wax"], first: number, inputs: 1 });
  assertEquals(again.faults.map((fault) => fault.text), ["wx"]);
});

Deno.test("an input that takes too much processor time is found", async () => {
  const run = (input: string) => {
    const end = processorMs() + (input.startsWith("a p") ? 30 : 0);
    while (processorMs() < end);
    return "fine";
  };
  const { faults } = await fuzz(run, { inputs: 1, maxInputMs: 15 });
  assertEquals(faults.map(({ text }) => text.slice(0, 3)), ["a p"]);
  assertStringIncludes(faults[0]!.what, "Took");
});

Deno.test("an input that only waits for the processor is no fault", async () => {
  const never = new Int32Array(new SharedArrayBuffer(4));
  const run = (input: string) => input.startsWith("a p") ? Atomics.wait(never, 0, 0, 60) : "fine";
  const { faults, outcomes } = await fuzz(run, { inputs: 1, maxInputMs: 50 });
  assertEquals([faults, outcomes["timed-out"]], [[], 1]);
});

Deno.test("a target that leaks memory is found, and one that frees it is not", async () => {
  const kept: unknown[] = [];
  const keeping = await fuzz((input) => String(kept.push(Array(1_000).fill(input)) > 0));
  assertStringIncludes(keeping.faults[0]?.what ?? "", "The heap has grown");
  const { faults, grownBytes } = await fuzz((input) => String(Array(1_000).fill(input).length));
  assertEquals(faults, []);
  assert(grownBytes !== undefined, "The heap was not measured: run it with --v8-flags=--expose-gc");
});

Deno.test("an outcome that the corpus lacks is found and minimised", async () => {
  const { found, outcomes } = await fuzz((input) => input.includes("word") ? "rare" : "common", { discover: true });
  assertEquals(found, ["word"]);
  assertEquals(Object.keys(outcomes).sort(), ["common", "rare"]);
});

Deno.test("the inputs of a seed are always the same, and nearly all differ", () => {
  for (const target of TARGETS) {
    const { parents } = readCorpus(target.name);
    const inputs = (seed: number) => {
      const inputAt = inputsOf(target, seed, parents);
      return Array.from({ length: 200 }, (_, number) => inputAt(number));
    };
    const [first, again, other] = [inputs(7), inputs(7), inputs(8)];
    assertEquals(first, again);
    assert(new Set([...first, ...other]).size > 250, target.name);
  }
});

Deno.test("mutations differ much from their parents, and stay within limits", () => {
  const seen = new Set<string>();
  let longest = 0;
  for (let seed = 0; seed < 3_000; seed++) {
    const text = mutate({ random: new Random(seed), parents: ["abc"], words: ["<word>"] });
    seen.add(text);
    longest = Math.max(longest, text.length);
  }
  const all = [...seen].join("");
  for (const part of ["<word>", "ba", "[[", '{"a":', "abcabc"]) assertStringIncludes(all, part);
  assert(longest > 2_000 && longest <= 100_000, `The longest input has ${longest} characters`);
});

Deno.test("a text is minimised to its relevant parts, between separators if there are some", async () => {
  assertEquals(await minimise("abcXdefYghi".repeat(20), (text) => /X.*Y/.test(text)), "XY");
  assertEquals(await minimise("one\ntwo\nthree", (text) => text.split("\n").includes("two"), "\n"), "two");
  assertEquals(await minimise("kept", () => false), "kept");
});
