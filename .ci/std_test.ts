// Tests of the functions of `@std` that Confab uses. They hold for the real packages and for the stand-ins in `vendor/`.
import {
  assert,
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertNotMatch,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
  unreachable,
} from "@std/assert";
import { parseArgs } from "@std/cli/parse-args";
import { promptSecret } from "@std/cli/prompt-secret";
import { unicodeWidth } from "@std/cli/unicode-width";
import { TextLineStream } from "@std/streams/text-line-stream";
import { toText } from "@std/streams/to-text";
import { closestString } from "@std/text/closest-string";
import { levenshteinDistance } from "@std/text/levenshtein-distance";

function fails(check: () => unknown): void {
  let thrown: unknown;
  try {
    check();
  } catch (error) {
    thrown = error;
  }
  if (!(thrown instanceof AssertionError)) throw new Error(`Expected ${check} to fail an assertion`);
}

Deno.test("parseArgs types and parses declared options", () => {
  const args = parseArgs(["--name", "0012", "-v", "--room=a", "--room", "b", "--no-color", "rest", "7"], {
    string: ["name", "room", "host"],
    boolean: ["verbose", "color"],
    collect: ["room"],
    negatable: ["color"],
    alias: { verbose: "v" },
    default: { color: true, port: 5050 },
  });
  const name: string | undefined = args.name;
  const host: string | undefined = args.host;
  const rooms: string[] = args.room;
  const verbose: boolean = args.verbose;
  const short: boolean = args.v;
  const color: boolean = args.color;
  const rest: Array<string | number> = args._;
  assertEquals([name, host, rooms, verbose, short, color, rest], [
    "0012",
    undefined,
    ["a", "b"],
    true,
    true,
    false,
    ["rest", 7],
  ]);
  assertEquals<unknown>(args.port, 5050);
});

Deno.test("parseArgs parses any option if none is declared", () => {
  assertEquals(parseArgs(["--a", "1", "-bc", "x", "--d=e=f", "-n5", "-I/usr", "-", "--", "--g"]), {
    a: 1,
    b: true,
    c: "x",
    d: "e=f",
    n: 5,
    I: "/usr",
    _: ["-", "--g"],
  });
  assertEquals(parseArgs(["--no-moo", "-f-", "--x.y", "true"]), { "no-moo": true, f: "-", x: { y: "true" }, _: [] });
});

Deno.test("parseArgs keeps a switch from taking the next argument, unless it is true or false", () => {
  assertEquals(parseArgs(["-t", "moo", "--json", "false"], { boolean: ["t", "json"] }), {
    t: true,
    json: false,
    _: ["moo"],
  });
  assertEquals(parseArgs(["--honk", "cow", "--tacos=good"], { boolean: true }), {
    honk: true,
    tacos: "good",
    _: ["cow"],
  });
});

Deno.test("parseArgs gives an option without its value the empty string", () => {
  assertEquals(parseArgs(["--name", "--port", "-1"], { string: ["name", "port"] }), {
    name: "",
    port: "",
    1: true,
    _: [],
  });
});

Deno.test("parseArgs reports undeclared options and omits them on false", () => {
  const seen: unknown[] = [];
  const args = parseArgs(["--known", "a", "--other=3", "-z", "3rd", "word"], {
    string: "known",
    unknown: (arg, key, value) => {
      seen.push([arg, key, value]);
      return key === undefined;
    },
  });
  assertEquals(args, { known: "a", _: ["word"] });
  assertEquals(seen, [["--other=3", "other", "3"], ["-z", "z", "3rd"], ["word", undefined, undefined]]);
});

Deno.test("parseArgs can stop early and separates the arguments after a double dash", () => {
  assertEquals(parseArgs(["--a", "1", "send", "--b", "2"], { stopEarly: true }), { a: 1, _: ["send", "--b", "2"] });
  assertEquals<unknown>(parseArgs(["x", "--", "-y", "3"], { "--": true, string: ["_"] }), {
    _: ["x"],
    "--": ["-y", "3"],
  });
});

Deno.test("parseArgs gives collected options an empty array", () => {
  assertEquals(parseArgs([], { string: ["room"], collect: ["room"] }), { room: [], _: [] });
});

Deno.test("promptSecret does not ask without a terminal", { ignore: Deno.stdin.isTerminal() }, () => {
  assertEquals(promptSecret("Password:", { clear: true }), null);
});

Deno.test("unicodeWidth counts wide, combining and control characters as terminals do", () => {
  assertEquals(unicodeWidth("hello world"), 11);
  assertEquals(unicodeWidth("天地玄黃"), 8);
  assertEquals(unicodeWidth("ｆｕｌｌ"), 8);
  assertEquals(unicodeWidth("e\u0301\u200d\ufe0f"), 1);
  assertEquals(unicodeWidth("👩🔬한ｶあ"), 9);
  assertEquals(unicodeWidth("\0\n\r\t\x1b\x7f\x80\x9f"), 0);
  assertEquals(unicodeWidth("голубой ±§"), 10);
});

async function linesOf(chunks: string[], options?: { allowCR: boolean }): Promise<string[]> {
  return await Array.fromAsync(ReadableStream.from(chunks).pipeThrough(new TextLineStream(options)));
}

Deno.test("TextLineStream joins chunks and accepts LF and CRLF", async () => {
  assertEquals(await linesOf(["a\nb", "c\r", "\n\n\rd", "\re"]), ["a", "bc", "", "\rd\re"]);
  assertEquals(await linesOf(["a\n"]), ["a"]);
  assertEquals(await linesOf([]), []);
});

Deno.test("TextLineStream accepts a lone CR if allowed", async () => {
  assertEquals(await linesOf(["a\rb\r", "\nc\r\rd\r"], { allowCR: true }), ["a", "b", "c", "", "d"]);
});

Deno.test("toText reads strings and bytes, even if a character is split", async () => {
  assertEquals(await toText(ReadableStream.from(["Hello, ", "world"])), "Hello, world");
  const bytes = new TextEncoder().encode("día");
  assertEquals(await toText(ReadableStream.from([bytes.slice(0, 2), bytes.slice(2)])), "día");
});

Deno.test("closestString finds the nearest word", () => {
  assertEquals(closestString("conect", ["serve", "connect", "send"]), "connect");
  assertEquals(closestString("HEP", ["length", "help"]), "help");
  assertEquals(closestString("HEP", ["hep", "HEx"], { caseSensitive: true }), "HEx");
  assertThrows(() => closestString("a", []), TypeError);
});

Deno.test("levenshteinDistance counts edits of code points", () => {
  assertEquals(levenshteinDistance("kitten", "sitting"), 3);
  assertEquals(levenshteinDistance("", "abc"), 3);
  assertEquals(levenshteinDistance("a😀", "a"), 1);
});

Deno.test("assertEquals compares deeply", () => {
  assertEquals({ a: [1, { b: new Map([["c", new Set([1])]]) }] }, { a: [1, { b: new Map([["c", new Set([1])]]) }] });
  assertEquals(new Uint8Array([1, 2]), new Uint8Array([1, 2]));
  assertEquals([NaN, undefined], [NaN, undefined]);
  fails(() => assertEquals<unknown>({ a: 1 }, { a: 1, b: undefined }));
  fails(() => assertEquals<unknown>([1], { 0: 1 }));
  fails(() => assertEquals(new Set([1]), new Set([2])));
  fails(() => assertEquals(new Map([["a", 1]]), new Map([["a", 2]])));
  fails(() => assertEquals(new Date(1), new Date(2)));
  fails(() => assertEquals<unknown>("1", 1));
});

Deno.test("assertEquals terminates on cyclic values", () => {
  const make = () => {
    const value: Record<string, unknown> = { a: 1 };
    value.self = value;
    return value;
  };
  assertEquals(make(), make());
});

Deno.test("assertEquals shows where values differ", () => {
  const error = assertThrows(
    () => assertEquals({ kept: 1, changed: "left" }, { kept: 1, changed: "right" }, "why"),
    AssertionError,
  );
  for (const part of ["Values are not equal: why", "Actual", "Expected", "left", "right", "kept"]) {
    assertStringIncludes(error.message, part);
  }
});

Deno.test("assertObjectMatch ignores unexpected properties", () => {
  assertObjectMatch({ a: 1, b: { c: [1, 2], d: 3 } }, { b: { c: [1] } });
  fails(() => assertObjectMatch({ a: 1 }, { b: 1 }));
  fails(() => assertObjectMatch({ a: { b: 1 } }, { a: { b: 2 } }));
});

Deno.test("assertThrows and assertRejects return the error and check its class and message", async () => {
  const error = new RangeError("Out of range");
  assertStrictEquals(
    assertThrows(
      () => {
        throw error;
      },
      RangeError,
      "of range",
    ),
    error,
  );
  assertStrictEquals(await assertRejects(() => Promise.reject(error), RangeError), error);
  fails(() => assertThrows(() => 1));
  fails(() =>
    assertThrows(() => {
      throw error;
    }, TypeError)
  );
  fails(() =>
    assertThrows(
      () => {
        throw error;
      },
      RangeError,
      "other",
    )
  );
  await assertRejects(() => assertRejects(() => Promise.resolve()), AssertionError);
  await assertRejects(() => assertRejects(() => Promise.reject(error), TypeError), AssertionError);
  await assertRejects(
    () =>
      assertRejects(() => {
        throw error;
      }),
    AssertionError,
  );
});

Deno.test("the other assertions pass and fail as named", () => {
  const one: unknown = 1;
  const cases: Array<[() => unknown, () => unknown]> = [
    [() => assert(one), () => assert(!one)],
    [() => assertFalse(!one), () => assertFalse(one)],
    [() => assertExists(one), () => assertExists(null)],
    [() => assertNotEquals([1], [2]), () => assertNotEquals([1], [1])],
    [() => assertStrictEquals(one, 1), () => assertStrictEquals({}, {})],
    [() => assertStringIncludes("abc", "b"), () => assertStringIncludes("abc", "d")],
    [() => assertMatch("abc", /b/), () => assertMatch("abc", /d/)],
    [() => assertNotMatch("abc", /d/), () => assertNotMatch("abc", /b/)],
    [() => assertGreater(2, 1), () => assertGreater(1, 1)],
    [() => assertGreaterOrEqual(1, 1), () => assertGreaterOrEqual(0, 1)],
    [() => assertLess(0, 1), () => assertLess(1, 1)],
    [() => assertLessOrEqual(1, 1), () => assertLessOrEqual(2, 1)],
    [() => assertInstanceOf(new TypeError(), Error), () => assertInstanceOf("a", Error)],
    [() => assertArrayIncludes([1, { a: 1 }], [{ a: 1 }]), () => assertArrayIncludes([1], [2])],
    [() => assertAlmostEquals(0.1 + 0.2, 0.3), () => assertAlmostEquals(0.1, 0.2)],
    [() => assertAlmostEquals(1, 2, 1), () => assertAlmostEquals(1, 2, 0.5)],
    [() => {}, () => fail()],
    [() => {}, () => unreachable()],
  ];
  for (const [passes, doesNot] of cases) {
    passes();
    fails(doesNot);
  }
});
