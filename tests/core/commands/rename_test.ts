import { assert, assertEquals, assertMatch } from "@std/assert";
import { nameKeys, parseName } from "../../../src/protocol/text/names.ts";
import { type Of, Stage } from "../stage.ts";

/** The answer to a join as `name` while members with the `taken` names are present. */
function askFor(name: string, ...taken: string[]): string {
  const stage = new Stage();
  for (const other of taken) stage.join(other);
  const [answer] = stage.seen(stage.join(name));
  return answer!;
}

Deno.test("the error for a taken name suggests a free one", () => {
  assertEquals(askFor("ada", "ada"), "! name_taken, ada2 is free");
  assertEquals(askFor("ada", "ada", "ada2", "ada3"), "! name_taken, ada4 is free");
  assertEquals(askFor("Ada", "ada", "ADA2"), "! name_taken, Ada3 is free");
});

Deno.test("the suggestion for a name of MAX_NAME_CHARS characters is as long and valid", () => {
  const long = "a".repeat(32);
  assertEquals(askFor(long, long), `! name_taken, ${"a".repeat(31)}2 is free`);
  const others = [2, 3, 4, 5, 6, 7, 8, 9].map((n) => "a".repeat(31) + n);
  assertEquals(askFor(long, long, ...others), `! name_taken, ${"a".repeat(30)}10 is free`);
});

Deno.test("the suggestion for a name of MAX_NAME_BYTES bytes is valid", () => {
  const name = "\u{10400}".repeat(24);
  const suggestion = /, (.+) is free/.exec(askFor(name, name))![1]!;
  assertEquals(parseName(suggestion), suggestion);
  assertEquals(askFor(suggestion, name), `joined lobby as ${suggestion} with 2, seq 0`);
});

Deno.test("every suggested name can be taken", () => {
  const stage = new Stage();
  stage.join("Ivan");
  for (let n = 0; n < 30; n++) {
    const session = stage.connect();
    stage.say(session, { type: "join", name: "lvan" });
    const { suggestion } = stage.events(session)[0] as Of<"error">;
    stage.say(session, { type: "join", name: suggestion });
    assertEquals((stage.events(session)[0] as Of<"joined">).you.name, suggestion);
  }
});

Deno.test("when the numbers up to 100 are taken, suggestions have six random digits", () => {
  const stage = new Stage();
  stage.join("guest");
  for (let n = 2; n <= 100; n++) stage.join(`guest${n}`);
  const suggestions = [1, 2].map(() => (stage.events(stage.join("guest"))[0] as Of<"error">).suggestion!);
  for (const suggestion of suggestions) assertMatch(suggestion, /^guest[1-9]\d{5}$/);
  assertEquals(new Set(suggestions).size, 2);
});

Deno.test("of two names that look alike, the second to come is taken", () => {
  const pairs = [["ada", "\u0430d\u0430"], ["Ivan", "ivan"], ["Ivan", "lvan"], ["bob", "b\u03bfb"], ["bob", "BOB"]];
  for (const [one, other] of pairs) {
    for (const [first, second] of [[one!, other!], [other!, one!]]) {
      const answer = askFor(second!, first!);
      assert(answer.startsWith("! name_taken"), `${second} after ${first}: ${answer}`);
    }
  }
  assertEquals(askFor("lvan", "ivan"), "joined lobby as lvan with 2, seq 0");
});

Deno.test("a name is free again after its holder leaves or takes another", () => {
  const stage = new Stage();
  const ada = stage.join("Ivan");
  stage.say(ada, { type: "rename", name: "ada" });
  const ivan = stage.join("lvan");
  assertEquals(stage.seen(ivan), ["joined lobby as lvan with 2, seq 0"]);
  stage.say(ivan, { type: "leave" });
  assertEquals(stage.seen(stage.join("Ivan")), ["joined lobby as Ivan with 2, seq 0"]);
});

Deno.test("every member who shares a room gets a rename once, and only the renamed member gets the ref", () => {
  const stage = new Stage();
  const [ada, bob, eve] = [stage.join("ada"), stage.join("bob"), stage.join("eve", "elsewhere")];
  for (const session of [ada, bob]) stage.say(session, { type: "join", room: "dev" });
  stage.forget();
  stage.say(ada, { type: "rename", name: "countess", ref: "r" });
  assertEquals(stage.seen(ada), ["ada is countess <r>"]);
  assertEquals(stage.seen(bob), ["ada is countess"]);
  assertEquals(stage.seen(eve), []);
});

Deno.test("a rename keeps the member's id, and later messages carry the new name", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  const { you } = stage.events(ada)[0] as Of<"joined">;
  stage.say(ada, { type: "rename", name: "countess" });
  stage.say(ada, { type: "message", room: "lobby", text: "hi" });
  const [rename, message] = stage.events(ada) as [Of<"rename">, { from: object }];
  assertEquals(rename.member, { id: you.id, name: "countess" });
  assertEquals(message.from, { id: you.id, name: "countess" });
});

Deno.test("a member may change the case of their own name, but not take another's name in a different case", () => {
  const stage = new Stage();
  const [ada, bob] = [stage.join("ada"), stage.join("bob")];
  stage.forget();
  stage.say(ada, { type: "rename", name: "ADA" });
  stage.say(ada, { type: "rename", name: "BOB", ref: "r" });
  assertEquals(stage.seen(ada), ["ada is ADA", "! name_taken, BOB2 is free <r>"]);
  assertEquals(stage.seen(bob), ["ada is ADA"]);
  assertEquals(askAgain(stage, "ada"), "! name_taken, ada2 is free");
});

function askAgain(stage: Stage, name: string): string {
  return stage.seen(stage.join(name))[0]!;
}

Deno.test("a refused rename changes nothing", () => {
  const stage = new Stage();
  const ada = stage.join("ada");
  stage.join("bob");
  stage.say(ada, { type: "rename", name: "bob" });
  stage.forget();
  stage.say(ada, { type: "message", room: "lobby", text: "hi" });
  assertEquals(stage.seen(ada), ["lobby 1 ada: hi"]);
  assert(askAgain(stage, "ada").startsWith("! name_taken"));
});

Deno.test("no two present members share a name key", () => {
  const stage = new Stage();
  const wanted = ["Ivan", "lvan", "ivan", "1van", "IVAN", "\u0456van", "Ada", "\u0410da", "0da", "Oda", "oda"];
  const keys: string[] = [];
  for (const name of wanted) {
    const [answer] = stage.events(stage.join(name));
    if (answer!.type === "joined") keys.push(...nameKeys(answer!.you.name));
  }
  assertEquals(new Set(keys).size, keys.length);
});
