import { assert, assertEquals, assertNotMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { bundle } from "../../src/page/module_bundle.ts";

type Files = Readonly<Record<string, string>>;

/** A folder with these modules, of which `main.ts` imports the others. */
class Sources implements AsyncDisposable {
  readonly root: URL;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.root = new URL(`file://${folder.replaceAll("\\", "/").replace(/^(?=\w:)/, "/")}/`);
  }

  static async write(files: Files): Promise<Sources> {
    const sources = new Sources(await Deno.makeTempDir());
    for (const [name, text] of Object.entries(files)) {
      const file = new URL(name, sources.root);
      await Deno.mkdir(new URL(".", file), { recursive: true });
      await Deno.writeTextFile(file, text);
    }
    return sources;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** The value that `main.ts` exports as `result` in the packed script. */
async function packedResult(files: Files): Promise<{ readonly script: string; readonly result: unknown }> {
  await using sources = await Sources.write(files);
  const { main: script } = await bundle(sources.root, "main.ts");
  return { script, result: new Function(`${script}return ${nameOfResult(script)};`)() };
}

/** The new name of `result`, which is declared last. */
function nameOfResult(script: string): string {
  return Array.from(script.matchAll(/^const (\$\w+)=/gm), ([, name]) => name!).at(-1)!;
}

/** In a test the parts are files, and a script that runs as text cannot import on its own. */
const ADDRESS = "export const address = (file: string) => `./${file}`;\n";

/** The value that `main.ts` exports as `result`, if its script runs as one of a document: with global declarations. */
async function resultInWorker(
  { root }: Sources,
  main: string,
  parts: ReadonlyMap<string, string>,
): Promise<unknown> {
  for (const [file, code] of parts) {
    await Deno.mkdir(new URL(".", new URL(file, root)), { recursive: true });
    await Deno.writeTextFile(new URL(file, root), code);
  }
  const script = `${main.replaceAll("import(", "$import(")}${nameOfResult(main)};`;
  const runner = new URL("runner.js", root);
  await Deno.writeTextFile(
    runner,
    `import vm from "node:vm";
globalThis.$import = (address) => import(address);
vm.runInThisContext(${JSON.stringify(script)}).then((value) => postMessage(value));
`,
  );
  const worker = new Worker(runner, { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
    });
  } finally {
    worker.terminate();
  }
}

/** Checks that the packed script has the same result as Deno's own import of the sources. Returns the script. */
async function assertSame(files: Files): Promise<string> {
  await using sources = await Sources.write(files);
  const { result: expected } = await import(new URL("main.ts", sources.root).href);
  const { script, result } = await packedResult(files);
  assertEquals(await result, await expected, script);
  return script;
}

Deno.test("strings, templates and regular expressions stay as they are, whatever they look like", async () => {
  await assertSame({
    "main.ts": [
      "const one = 1; // a comment",
      "export const result = [",
      "  'a // b', \"c /* d */ e\", '\\'', \"\\\\\", `// no comment",
      "    /* none */  indented ${one /* comment */ + `${[\"}\", '`'].join(\" // \")}` } ${ /}`/.test('}`') }",
      "  `,",
      "  /\\/\\/[/*]  x/g.source, /[`'\"]/.flags, 8 / 2 / one, [4][0] / 2, /a/ .test('a'), one / /1/.exec('1')![0] as unknown,",
      "  String.raw`\\n  ${one}`, '</scr' + 'ipt>', '<!' + '--', '</script><!--', /<\\/script>/.test('</script>'),",
      "  'ü😀\u2028'.length, `\\`${'$'}{`,",
      "];",
    ].join("\n"),
  });
});

Deno.test("tokens that would join stay apart, and lines end where they did", async () => {
  const script = await assertSame({
    "main.ts": [
      "let a = 1, b = 2",
      "const c = a + +b, d = a - -b, e = a++ + ++b, f = a-- - --b, g = 1 .toString(), h = 1. .toFixed(1)",
      "const i = typeof a, j = a in [0, 0, 0], k = void 0, l = a < /script/.source.length, m = a < !--b ? 1 : 2",
      "const n = () =>",
      "  // between",
      "  ({ a, b })",
      "function o() {",
      "  return",
      "  1",
      "}",
      "let p = a",
      "++b",
      "const q = [1, 2]",
      "  .map((x) => x /* twice */ * /* two */ 2)",
      "if (a) p = 3; else if (b) p = 4",
      "do p++; while (p < 9)",
      "export const result = [a, b, c, d, e, f, g, h, i, j, k, l, m, n(), o(), p, q];",
    ].join("\n"),
  });
  assertNotMatch(script, /between|twice|two/);
});

Deno.test("line breaks and commas that mean something stay, and others do not", async () => {
  const script = await assertSame({
    "main.ts": [
      "let a = 1, b = 2",
      "class F {",
      "  x",
      "  y = 5",
      "  get",
      "}",
      "const holes = [[, ], [1, , ], [1, , 2, ], [ , , ]]",
      "const [first, , third, ] = [1, 2, 3, ]",
      "function one(c, d, ) {",
      "  for (;;)",
      "    if (c++ > 3)",
      "      break",
      "  while (d++ < 3);",
      "  switch (c) {",
      "    case 5:",
      "      return c",
      "    default:",
      "  }",
      "}",
      "const half = a ?",
      "  .5 :",
      "  /;}/.source",
      "const text = `;",
      "}${",
      "  a",
      "};",
      "}`",
      "let either =",
      "  a &&",
      "  b ||",
      "  { a, b, }",
      "a",
      "++b",
      "export const result = [Object.keys(new F()), holes.map((it) => it.length), first, third, one(1, 2), half, text, either, a, b]",
    ].join("\n"),
  });
  for (const text of ["=[[,],[1,,],[1,,2],[,,]]\n", "=[1,2,3]\n", "?.5:/;}/", "&&$b||{"]) {
    assertStringIncludes(script, text);
  }
});

Deno.test("every name still means the same declaration", async () => {
  await assertSame({
    "main.ts": `import { text as other, type Told } from "./deep/text.ts";
import * as deep from "./deep/text.ts";
const text = "main", a = "short", name = "name", length = 3;
const took = ({ text, a: [b = a, ...c], ...rest }: any, d = text, e = () => text + b) => ({ text, b, c, rest, d, e: e() });
function outer(text: string) {
  const seen = [];
  for (const text of [other("x"), a]) seen.push(() => text);
  for (let i = 0, text = i; i < 3; i++, text += 2) seen.push(() => [i, text]);
  { const other = "inner"; seen.push(() => other); }
  try { throw text; } catch (error) { seen.push(() => error); }
  try { throw { text: "b" }; } catch ({ text, length = text }) { seen.push(() => [text, length]); }
  switch (text) { case "t": { const text = 1; seen.push(() => text); } }
  var late = () => deepest; const deepest = text;
  const deep = { text, other };
  return [seen.map((f) => f()), late(), deep.text, typeof deep.other, arguments.length];
}
let swapped = [1, 2] as number[]; let x: unknown, y: unknown;
[x, y] = swapped; [x, y] = [y, x]; ({ x, y: [y = x] = [] } = { x: y, y: undefined } as never);
loop: for (const text of "abc") { for (;;) { if (text === "b") break loop; continue loop; } }
const isNaN = (value: unknown) => \`own \${value}\`; const parsed = [Number.isNaN(NaN), parseInt("7"), isNaN(1)];
function recursive(parseFloat: number): number { return parseFloat === 0 ? 0 : recursive(parseFloat - 1); }
const fact = function own(n: number): number { return n < 2 ? 1 : n * own(n - 1); };
const Inner = class Own { static text = "static"; static own() { return Own.text; } };
export const result = [
  took({ text: 1, a: [undefined, 2], z: 3 }), outer("t"), x, y, parsed, recursive(2), parseFloat("1.5"), fact(4), Inner.own(),
  deep.text("n"), new deep.Counter(2).counts(), other.length, { name, length, deep: deep.text("s") },
  ({ text() { return text; }, get a() { return a; }, [name]: 1, async length() {} } as { text(): string }).text(), { "a": a }.a,
];
`,
    "deep/text.ts": `import { text as up } from "../up.ts";
const a = "deep", name = "deep name";
export interface Told { readonly text: string }
export function text(name: string): string { return [name, a, up].join(); }
export class Counter {
  static #made = 0; #text = text("field"); readonly name = name; declare readonly never: string;
  constructor(private readonly count: number) { Counter.#made++; }
  get #next() { return this.count + Counter.#made; }
  #step(count = this.#next) { return #text in this ? count * 2 : 0; }
  async *walk(text: number) { yield* [text, this.#step()]; }
  counts() { return [this.#next, this.#step(), this.#text, this.name]; }
}
`,
    "up.ts": `export { own as text };\nconst own = "up";\nexport const unused = () => own;\n`,
  });
});

Deno.test("a module runs once, before those that import it", async () => {
  await assertSame({
    "main.ts": `import "./first.ts"; import { order, add } from "./order.ts"; export { add as again } from "./order.ts";
add("main");
export const result = order;
`,
    "first.ts": `import { add } from "./order.ts"; add("first");`,
    "order.ts": `export const order: string[] = [];\nexport const add = (name: string) => { order.push(name); };\n`,
  });
});

Deno.test("what is imported on demand runs once, at the first import, and shares its modules with the others", async () => {
  const files = {
    "main.ts": `import { order, add } from "./order.ts";
add("main");
const one = async () => await (await import("./one.ts")).run();
export const result = (async () => [await one(), (await import("./two.ts")).run(), await one(), order, (await import("./order.ts")).add("late")])();
`,
    "order.ts": `export const order: string[] = [];\nexport const add = (name: string) => order.push(name);\n`,
    "shared.ts": `import { add } from "./order.ts";
add("shared");
let count = 0;
export const next = () => TABLE.length && ++count;
export const unused = "left out";
const TABLE = "${"0123456789".repeat(200)}";
`,
    "one.ts": `import { add } from "./order.ts"; import { next } from "./shared.ts"; import { only } from "./only.ts";
add("one");
export async function run() { return [next(), only, (await import("./deep.ts")).deep.length]; }
`,
    "two.ts":
      `import { next } from "./shared.ts"; export { order as all } from "./order.ts";\nimport { little } from "./little.ts";\nexport const run = () => [next(), little];\n`,
    "little.ts": `export const little = "few characters";\n`,
    "only.ts": `export const only = "only one";\n`,
    "deep.ts":
      `import { order } from "./order.ts"; export { order as deep };\nimport { little } from "./little.ts";\nexport const text = "deepest" + little;\n`,
  };
  await using sources = await Sources.write({ ...files, "address.ts": ADDRESS });
  const { main, parts } = await bundle(sources.root, "main.ts", {
    partAddress: { module: "address.ts", name: "address" },
  });
  const expected = await (await import(new URL("main.ts", sources.root).href)).result;
  assertEquals(await resultInWorker(sources, main, parts), expected);
  assertEquals(parts.size, 4);
  const all = [main, ...parts.values()];
  for (const text of ["only one", "deepest", "shared", "few characters"]) {
    assertEquals(all.map((code) => code.includes(text)).filter(Boolean).length, 1, text);
    assertEquals(main.includes(text), text === "few characters", text);
  }
  assert(all.every((code) => !code.includes("left out")));
});

Deno.test("an importer names a default export, and all exports of a module can be a value", async () => {
  await assertSame({
    "main.ts": `import own, { other } from "./own.ts"; import * as all from "./own.ts";
const { length } = Object.keys(all);
export const result = [own(), other, length, { all }.all.other, all["other"], [all][0]!.default()];`,
    "own.ts": `const own = () => "own";\nexport const other = "other";\nexport { own as default };\n`,
  });
});

Deno.test("what nothing names is left out, and a local variable of its name is not", async () => {
  const script = await assertSame({
    "main.ts": `import { used } from "./shared.ts";\nexport const result = used({ unused: 1 });`,
    "shared.ts": `import { helper } from "./helper.ts";
export const unused = helper("left out");
export class Unused { static x = unused; }
export function used({ unused }: { unused: number }) { return [unused, helper("kept")]; }
`,
    "helper.ts": `export const helper = (text: string) => text;\nexport const TABLE = { text: "left out" };\n`,
  });
  assertStringIncludes(script, "kept");
  assertNotMatch(script, /left out|class Unused|TABLE/);
});

Deno.test("each statement of a module stays on a line of its own", async () => {
  const script = await assertSame({
    "main.ts": "function one() {\n  return 1;\n}\nconst two = 2;\nexport const result = [\n  one(),\n  two,\n];\n",
  });
  assertEquals(script.trim().split("\n").length, 4);
});

Deno.test("text that would end the script element is escaped", async () => {
  const { script, result } = await packedResult({ "main.ts": `export const result = "</script><!--</SCRIPT";` });
  assertNotMatch(script, /<\/script|<!--/i);
  assertEquals(result, "</script><!--</SCRIPT");
});

Deno.test("what the packing does not support is an error that names the module", async () => {
  const cases: Record<string, Files> = {
    "Cannot pack main.ts: it exports by default": { "main.ts": "export default 1;" },
    "Cannot pack main.ts: it exports by *": { "main.ts": 'export * from "./a.ts";', "a.ts": "export const a = 1;" },
    "Cannot pack a.ts: it does not export default": { "main.ts": 'import a from "./a.ts"; a();', "a.ts": "" },
    "Cannot pack a.ts: it exports all of b.ts as b": {
      "main.ts": 'import * as a from "./a.ts"; console.log(a);',
      "a.ts": 'import * as b from "./b.ts"; export { b };',
      "b.ts": "export const c = 1;",
    },
    "Cannot pack a.ts: it does not export b": { "main.ts": 'import { b } from "./a.ts"; b();', "a.ts": "" },
    "Cannot pack a.ts as a part": { "main.ts": 'import("./a.ts");', "a.ts": "export const a = 1;" },
    "Cannot pack nothing for browsers": { "main.ts": 'import { b } from "nothing"; b();' },
  };
  for (const [message, files] of Object.entries(cases)) {
    await using sources = await Sources.write(files);
    await assertRejects(() => bundle(sources.root, "main.ts"), Error, message);
  }
});
