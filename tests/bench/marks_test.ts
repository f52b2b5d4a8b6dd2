import { assertEquals } from "@std/assert";
import { markedText, MarkScanner, MessageTemplate, PROBE } from "./load/marks.ts";

const SIZE = 40;

function messages(numbers: readonly number[], line: (text: string) => string): Uint8Array {
  const template = new MessageTemplate(line(markedText(SIZE)));
  const bytes = new Uint8Array(template.bytes.length * numbers.length);
  numbers.forEach((number, index) => template.write(number, bytes, index * template.bytes.length));
  return bytes;
}

/** Returns the numbers found when the bytes arrive in these chunks. */
function found(...pieces: Uint8Array[]): { numbers: number[]; corrupt: number } {
  const numbers: number[] = [];
  const scanner = new MarkScanner(SIZE, (_, number) => numbers.push(number));
  let kept = new Uint8Array(0);
  for (const piece of pieces) {
    const bytes = new Uint8Array([...kept, ...piece]);
    kept = bytes.slice(scanner.scan(7, bytes));
  }
  return { numbers, corrupt: scanner.corrupt };
}

function concat(...parts: (Uint8Array | string)[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...typeof part === "string" ? new TextEncoder().encode(part) : part]));
}

Deno.test("a marked text has the given size, and its end differs from the filling", () => {
  assertEquals(markedText(SIZE).length, SIZE);
  assertEquals(markedText(SIZE).match(/~/g)?.length, 2);
});

Deno.test("a template writes the number into the text and at each placeholder", () => {
  const bytes = messages([1_234, PROBE], (text) => `{"text":"${text}","ref":"%i"}\n`);
  const [first, second] = new TextDecoder().decode(bytes).split("\n").map((line) => line && JSON.parse(line));
  assertEquals(first, { text: markedText(SIZE).replace("00000000", "00001234"), ref: "00001234" });
  assertEquals(second.ref, "99999999");
});

Deno.test("texts are found in lines of any form, split at each byte", () => {
  const forms: ((text: string) => string)[] = [
    (text) => `${text}\n`,
    (text) => `:u1!~u1@host PRIVMSG #load :${text}\r\n`,
    (text) => `{"type":"message","from":{"name":"~Fu"},"text":"${text}","at":"~"}\n`,
  ];
  for (const form of forms) {
    const bytes = messages([0, 1, 2, 77, 3], form);
    const corrupt = form("").includes("~F") ? 5 : 0;
    for (let at = 0; at <= bytes.length; at++) {
      assertEquals(found(bytes.subarray(0, at), bytes.subarray(at)), { numbers: [0, 1, 2, 77, 3], corrupt });
    }
  }
});

Deno.test("texts are found when they come byte by byte", () => {
  const bytes = messages([5, 6, 7], (text) => `MSG ${text}\r\n`);
  assertEquals(found(...Array.from(bytes, (byte) => new Uint8Array([byte]))), { numbers: [5, 6, 7], corrupt: 0 });
});

Deno.test("no text is missed if lines grow, shrink or are mixed with others", () => {
  const line = (text: string) => `>${text}\n`;
  const bytes = concat(
    messages([1, 2, 3], line),
    "* bob joined, and this line is longer than all the other lines here, by far, and longer still ~ than that\n",
    messages([4, 5], line),
    messages([6, 7, 8], (text) => `longer than before: ${text}\n`),
    messages([9, 10, 11], line),
  );
  assertEquals(found(bytes), { numbers: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], corrupt: 0 });
});

Deno.test("a text without its end at the expected place counts as corrupt", () => {
  const bytes = messages([1, 2], (text) => `${text}\n`);
  bytes[SIZE - 1] = 0x78;
  assertEquals(found(bytes), { numbers: [2], corrupt: 1 });
});
