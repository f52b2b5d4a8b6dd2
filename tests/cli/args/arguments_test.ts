import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { type Arguments, type Environment, nearestTo, readArguments } from "../../../src/cli/args/arguments.ts";
import type { CommandSpec } from "../../../src/cli/args/arguments.ts";
import { variableOf } from "../../../src/cli/args/command_spec.ts";
import { EXIT, Failure } from "../../../src/cli/args/exit_codes.ts";

const COMMAND: CommandSpec = {
  name: "cook",
  operands: "[DISH]",
  maxOperands: 1,
  summary: "Cooks",
  options: [
    { name: "heat", value: "N", help: "How hot" },
    { name: "spice", value: "NAME", repeatable: true, help: "What with" },
    { name: "lid", help: "With the lid on" },
    { name: "no-salt", help: "Without salt" },
    { name: "form", value: "pan|pot", help: "What in" },
  ],
  examples: [],
  run: () => Promise.resolve(EXIT.fine),
};

function read(line: string, variables: Readonly<Record<string, string>> = {}): Arguments {
  const env: Environment = (variable) => variables[variable];
  return readArguments(line.split(" ").filter((word) => word !== ""), COMMAND, env);
}

function complaint(line: string, variables?: Readonly<Record<string, string>>): string {
  const failure = assertThrows(() => read(line, variables), Failure, undefined, line);
  assertEquals(failure.code, EXIT.usage);
  return failure.message;
}

Deno.test("options take a blank or an equals sign, before or after the operand", () => {
  for (const line of ["--heat 5 soup", "soup --heat 5", "--heat=5 soup", "soup --heat=5"]) {
    const args = read(line);
    assertEquals([args.operands, args.text("heat")], [["soup"], "5"], line);
  }
});

Deno.test("absent options stay undefined", () => {
  const args = read("");
  assertEquals([args.operands, args.text("heat"), args.list("spice"), args.flag("lid")], [[], undefined, [], false]);
  assertEquals([args.number("heat", 0, 9), args.choice("form", ["pan"])], [undefined, undefined]);
});

Deno.test("a flag does not consume the next argument", () => {
  const args = read("--lid soup");
  assertEquals([args.flag("lid"), args.operands], [true, ["soup"]]);
});

Deno.test("a flag that begins with no- is an ordinary name", () => {
  assertEquals(read("--no-salt").flag("no-salt"), true);
  assertEquals(read("").flag("no-salt"), false);
});

Deno.test("a repeatable option keeps its order, and any other may occur only once", () => {
  assertEquals(read("--spice salt --spice=pepper").list("spice"), ["salt", "pepper"]);
  assertStringIncludes(complaint("--heat 5 --heat 6"), "Option --heat is given 2 times");
});

Deno.test("a value may look like a number, be negative, or be a dash", () => {
  assertEquals(read("--heat 007").text("heat"), "007");
  assertEquals(read("--heat=-5").text("heat"), "-5");
  assertEquals(read("--heat -5").text("heat"), "-5");
  assertEquals(read("-").operands, ["-"]);
  assertEquals(read("5").operands, ["5"]);
});

Deno.test("everything after two dashes is an operand", () => {
  assertEquals(read("--lid -- --heat").operands, ["--heat"]);
});

Deno.test("a text that begins with a dash is an operand unless it has the form of an option", () => {
  const operandsOf = (...args: string[]) =>
    readArguments(args, { ...COMMAND, maxOperands: Infinity }, () => undefined).operands;
  for (
    const text of ["-5 degrees", "-5", "-0.5", "- a list", "-- so", "--- cut ---", "->", "-lid is on", "--lid is on"]
  ) {
    assertEquals(operandsOf("here", text), ["here", text]);
    assertEquals(operandsOf("--lid", text, "there"), [text, "there"]);
    assertEquals(operandsOf("--", text), [text]);
  }
  assertEquals(operandsOf("-5", "--", "-5", "--lid"), ["-5", "-5", "--lid"]);
  for (const option of ["-x", "--haet", "--haet=5 degrees", "-été"]) {
    const failure = assertThrows(() => operandsOf("here", option), Failure);
    assertStringIncludes(failure.message, "Unknown option");
  }
  assertStringIncludes(assertThrows(() => operandsOf("-x"), Failure).message, "write -- before a text with a dash");
});

Deno.test("an option without its value fails with its usage", () => {
  for (const line of ["--heat", "soup --heat", "--heat --lid"]) {
    assertStringIncludes(complaint(line), "write --heat N", line);
  }
});

Deno.test("a flag with a value fails, except after the double dash", () => {
  for (const value of ["no", "false", "1", ""]) {
    assertEquals(complaint(`--lid=${value} soup`), "Option --lid takes no value: write --lid, or leave it out");
  }
  assertEquals(read("-- --lid=no").operands, ["--lid=no"]);
});

Deno.test("an unknown option fails with the most similar known one", () => {
  assertEquals(complaint("--haet 5"), 'Unknown option "--haet": did you mean --heat?');
  assertEquals(complaint("--nosalt"), 'Unknown option "--nosalt": did you mean --no-salt?');
  assertEquals(complaint("--hlep"), 'Unknown option "--hlep": did you mean --help?');
  assertEquals(complaint("--zzzzzzzzzz=5"), 'Unknown option "--zzzzzzzzzz": see cook --help');
  assertStringIncludes(complaint("-x"), 'Unknown option "-x"');
});

Deno.test("an extra operand is a usage failure", () => {
  assertEquals(complaint("soup stew pie"), 'Unexpected argument "stew": see cook --help');
});

Deno.test("a number must be whole and within its bounds", () => {
  assertEquals(["0", "9", "5"].map((text) => read(`--heat ${text}`).number("heat", 0, 9)), [0, 9, 5]);
  for (const text of ["10", "-1", "5.5", "hot", "5x", "Infinity", "NaN"]) {
    const failure = assertThrows(() => read(`--heat=${text}`).number("heat", 0, 9), Failure);
    assertEquals(failure.message, `Option --heat is "${text}": expected a whole number from 0 to 9`);
  }
});

Deno.test("a choice must be one of the listed words", () => {
  assertEquals(read("--form pot").choice("form", ["pan", "pot"]), "pot");
  const failure = assertThrows(() => read("--form wok").choice("form", ["pan", "pot"]), Failure);
  assertEquals([failure.code, failure.message], [EXIT.usage, 'Option --form is "wok": expected pan or pot']);
});

Deno.test("every option can be set by a variable, and the option wins", () => {
  assertEquals(["heat", "no-salt"].map(variableOf), ["CONFAB_HEAT", "CONFAB_NO_SALT"]);
  assertEquals(read("", { CONFAB_HEAT: "5" }).text("heat"), "5");
  assertEquals(read("--heat 6", { CONFAB_HEAT: "5" }).text("heat"), "6");
  assertEquals(read("", { CONFAB_HEAT: "" }).text("heat"), undefined);
  assertEquals(read("", { CONFAB_SPICE: "salt,pepper" }).list("spice"), ["salt", "pepper"]);
});

Deno.test("the variable of a flag takes yes or no in several spellings", () => {
  for (const text of ["1", "true", "YES", "on"]) assertEquals(read("", { CONFAB_LID: text }).flag("lid"), true, text);
  for (const text of ["0", "false", "No", "off", ""]) {
    assertEquals(read("", { CONFAB_LID: text }).flag("lid"), false, text);
  }
  assertEquals(read("--lid", { CONFAB_LID: "0" }).flag("lid"), true);
  assertEquals(complaint("", { CONFAB_LID: "maybe" }), 'Variable CONFAB_LID is "maybe": expected 1 or 0');
});

Deno.test("the nearest word differs in few letters, and a distant one is not suggested", () => {
  const words = ["serve", "connect", "send", "help"];
  assertEquals(["sreve", "conect", "sned", "connct", "hepl"].map((word) => nearestTo(word, words)), [
    ...["serve", "connect", "send", "connect", "help"],
  ]);
  assertEquals(["xyzzy", "", "q"].map((word) => nearestTo(word, words)), [undefined, undefined, undefined]);
  assertEquals(nearestTo("word", []), undefined);
});
