import { assertEquals } from "@std/assert";
import { EventEmitter } from "node:events";
import { Buffer } from "node:buffer";
import { ConsoleKeyboard, type ConsoleStream } from "../../../src/terminal/screen/keyboard.ts";

/** A console as `node:tty` shows it. It emits a waiting chunk as soon as it is resumed. */
class FakeConsole extends EventEmitter implements ConsoleStream {
  readonly calls: string[] = [];
  readonly #waiting: string[] = [];
  flowing = false;

  type(text: string): void {
    this.#waiting.push(text);
    this.#flow();
  }

  pause(): void {
    this.flowing = false;
    this.calls.push("pause");
  }

  resume(): void {
    this.flowing = true;
    this.calls.push("resume");
    queueMicrotask(() => this.#flow());
  }

  setRawMode(raw: boolean): void {
    this.calls.push(raw ? "raw" : "cooked");
  }

  #flow(): void {
    while (this.flowing && this.#waiting.length > 0) this.emit("data", Buffer.from(this.#waiting.shift()!));
  }
}

const text = (chunk: Uint8Array | null) => chunk === null ? null : new TextDecoder().decode(chunk);

Deno.test("a console is read chunk by chunk with all characters, and nothing is read between two reads", async () => {
  const fake = new FakeConsole();
  const keyboard = new ConsoleKeyboard(() => fake);
  fake.type("\u00e9");
  fake.type("\u65e5\u672c");
  assertEquals(text(await keyboard.read()), "\u00e9");
  assertEquals(fake.flowing, false);
  assertEquals(text(await keyboard.read()), "\u65e5\u672c");
  const waiting = keyboard.read();
  fake.type("\u{1f600}");
  assertEquals(text(await waiting), "\u{1f600}");
  assertEquals(fake.calls, ["pause", "resume", "pause", "resume", "pause", "resume", "pause"]);
});

Deno.test("a console is opened once, at its first use, and its mode is its own", () => {
  let opened = 0;
  const fake = new FakeConsole();
  const keyboard = new ConsoleKeyboard(() => {
    opened++;
    return fake;
  });
  assertEquals(opened, 0);
  keyboard.setRaw(true);
  keyboard.setRaw(false);
  assertEquals([opened, fake.calls], [1, ["pause", "raw", "cooked"]]);
});

Deno.test("a console that is closed ends the read that waits and all later ones", async () => {
  for (const event of ["end", "error", "close"]) {
    const fake = new FakeConsole();
    const keyboard = new ConsoleKeyboard(() => fake);
    const waiting = keyboard.read();
    fake.emit(event);
    assertEquals([await waiting, await keyboard.read()], [null, null]);
  }
});
