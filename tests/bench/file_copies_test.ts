import { assertEquals } from "@std/assert";
import { figuresOf } from "./files/comparison.ts";
import { COPIES, type Copy } from "./files/copies.ts";

const run = () => Promise.reject(new Error("It must not run"));

Deno.test("figures of copies are medians, for 1 GB, with the ratio to the copy that they are compared with", () => {
  const [base, other]: Copy[] = [{ name: "nc", run }, { name: "confab up", run, comparedTo: "nc" }];
  const times = (...seconds: number[]) =>
    seconds.map((one) => ({ seconds: one, senderCpu: one / 4, receiverCpu: one / 2 }));
  const runs = new Map([[base!, times(1, 9, 2)], [other!, times(4, 4, 1)]]);
  assertEquals(figuresOf(runs, 512 * 1024 ** 2), [
    { name: "nc", megabytesPerSecond: 256, senderCpuPerGb: 1, receiverCpuPerGb: 2 },
    { name: "confab up", megabytesPerSecond: 128, senderCpuPerGb: 2, receiverCpuPerGb: 4, ratio: 0.5 },
  ]);
});

Deno.test("each copy is compared with one that runs before it", () => {
  for (const [nth, { comparedTo }] of COPIES.entries()) {
    const before = COPIES.slice(0, nth).map(({ name }) => name);
    assertEquals(comparedTo === undefined || before.includes(comparedTo), true);
  }
});
