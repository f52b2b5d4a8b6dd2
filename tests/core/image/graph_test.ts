import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { readGraph } from "../../../src/core/image/graph_reader.ts";
import { type GraphTable, ImageError } from "../../../src/core/image/graph_table.ts";
import { writeGraph } from "../../../src/core/image/graph_writer.ts";
import { canonicalText } from "../replay/canonical_text.ts";

class Box {
  first: unknown;
  readonly second: unknown;

  constructor(first: unknown, second?: unknown) {
    this.first = first;
    this.second = second;
  }

  get both(): unknown[] {
    return [this.first, this.second];
  }
}

const READER = { read: () => 0 };
const TABLE: GraphTable = { classes: { Box }, externals: { reader: READER } };

function imaged<T extends object>(value: T): T {
  return readGraph(JSON.parse(JSON.stringify(writeGraph(value, TABLE))), TABLE) as T;
}

Deno.test("plain data of all kinds comes back equal, and maps and sets in their order", () => {
  const value = {
    texts: ["", "#", "##", "#1", "#u", "a#"],
    numbers: [0, -1, 1.5, 2 ** 53, -Infinity, Infinity, NaN],
    others: [true, false, null, undefined, 0n, -(2n ** 100n)],
    map: new Map<unknown, unknown>([["b", 1], ["a", undefined], [1, new Set([3, 1, 2])], [null, []]]),
    bytes: Uint8Array.of(1, 255),
    words: Int32Array.of(-1, 2 ** 31 - 1),
    box: new Box(new Box("#"), undefined),
  };
  const copy = imaged(value);
  assertEquals(copy, value);
  assertEquals(canonicalText(copy), canonicalText(value));
  assertInstanceOf(copy.box, Box);
  assertEquals(Object.keys(copy.box), ["first", "second"]);
  assertEquals(copy.box.both, [new Box("#"), undefined]);
});

Deno.test("any JSON comes back equal, and its image is the same again", () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 4 }), (json) => {
    const value = JSON.parse(JSON.stringify([json]), (key, part) => key === "__proto__" ? undefined : part);
    const copy = imaged(value);
    assertEquals(copy, value);
    assertEquals(writeGraph(copy, TABLE), writeGraph(value, TABLE));
  }));
});

Deno.test("what is one object stays one, also in a circle", () => {
  const shared = { name: "ada" };
  const box = new Box(shared, new Map([[shared, new Set([shared])]]));
  const value = [box, { ...shared }, shared];
  box.first = value;
  const copy = imaged(value) as typeof value;
  assertEquals(canonicalText(copy), canonicalText(value));
  assertStrictEquals((copy[0] as Box).first, copy);
});

Deno.test("external objects are not in the image, and each reader puts in its own", () => {
  const image = JSON.stringify(writeGraph(new Box(READER, [READER]), TABLE));
  const other = { read: () => 1 };
  const copy = readGraph(JSON.parse(image), { ...TABLE, externals: { reader: other } }) as Box;
  assertStrictEquals(copy.first, other);
  assertStrictEquals((copy.second as unknown[])[0], other);
});

Deno.test("a chain that is longer than the stack is deep comes back whole", () => {
  const depth = 50_000;
  let chain: Box | undefined;
  for (let nth = 0; nth < depth; nth++) chain = new Box(nth, chain);
  let count = 0;
  for (let link: unknown = imaged(chain!); link !== undefined; link = (link as Box).second) count++;
  assertEquals(count, depth);
});

Deno.test("what no image can hold is refused with the path to it", () => {
  class Other {}
  class Wide extends Box {
    third = 1;
  }
  const late = new Box(1);
  Object.assign(late, { third: 1 });
  const cases: [object, string][] = [
    [{ a: [{ b: () => 1 }] }, "cannot hold a function: the whole.a.0.b"],
    [{ a: new Map([["k", Symbol("s")]]) }, "cannot hold a symbol: the whole.a.k"],
    [[new Other()], "cannot hold an object of the class Other: the whole.0"],
    [[new Wide(1)], "cannot hold an object of the class Wide: the whole.0"],
    [{ at: new Date(0) }, "cannot hold an object of the class Date: the whole.at"],
    [[new Box(1), late], "another field third than other objects of its class: the whole.1"],
  ];
  for (const [value, text] of cases) assertThrows(() => writeGraph(value, TABLE), ImageError, text);
});

Deno.test("an image of another version or that is broken is refused", () => {
  const image = writeGraph([new Box("x", 1)], TABLE);
  const cases: [object, string][] = [
    [{ ...image, version: 99 }, "The image has version 99, and this program reads version"],
    [{}, "The image has version undefined"],
    [{ ...image, nodes: undefined }, "no list of classes or nodes"],
    [{ ...image, nodes: [] }, "refers to part 0, which it does not have"],
    [{ ...image, nodes: ["a", 1, "#7"] }, "refers to part 7, which it does not have"],
    [{ ...image, nodes: ["a", 1, "#!"] }, "refers to part NaN, which it does not have"],
    [{ ...image, nodes: ["a", 1, "#xclock"] }, "refers to clock, which this program lacks"],
    [{ ...image, nodes: ["a", 1, "#b1x"] }, "has 1x in the place of a number"],
    [{ ...image, nodes: ["a", 1, {}] }, "a value that is no plain one"],
    [{ ...image, nodes: ["a", 2, 1] }, "a part of kind a with 2 values, and ends before"],
    [{ ...image, nodes: ["a", -1, 1] }, "a part of kind a with -1 values"],
    [{ ...image, nodes: ["a", "x", 1] }, "a part of kind a with x values"],
    [{ ...image, nodes: ["m", 1, 1] }, "a part of kind m with 1 values"],
    [{ ...image, nodes: [0, 1] }, "a part of kind 0 with 2 values, and ends before"],
    [{ ...image, nodes: ["z", 0] }, "a part of the unknown kind z"],
    [{ ...image, nodes: [5, 0] }, "a part of the unknown kind 5"],
    [{ ...image, nodes: ["o", 1, "__proto__", 1] }, "has the field __proto__"],
    [{ ...image, nodes: ["o", 1, 7, 1] }, "has the field 7"],
    [{ ...image, classes: [["Crate", []]] }, "has the class Crate, which this program lacks"],
  ];
  for (const [broken, text] of cases) assertThrows(() => readGraph(broken, TABLE), ImageError, text);
});

Deno.test("equal objects have equal images, in whatever order their properties were set", () => {
  const images = [{ a: 1, b: undefined, c: 2 }, { c: 2, a: 1 }, { b: undefined, a: 1, c: 2 }]
    .map((value) => JSON.stringify(writeGraph([value], TABLE)));
  assertEquals(new Set(images).size, 1);
});
