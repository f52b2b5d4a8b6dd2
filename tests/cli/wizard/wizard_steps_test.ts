import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { parseDestination } from "../../../src/cli/joining/destination.ts";
import {
  answer,
  type Asking,
  questionOf,
  type WizardContext,
  type WizardStep,
} from "../../../src/cli/wizard/wizard_steps.ts";
import type { NearbyServer } from "../../../src/nearby/dns_records.ts";

const NAME: Asking = { type: "name" };
const GOAL: Asking = { type: "goal", name: "ada" };
const ADDRESS: Asking = { type: "address", name: "ada" };

const FINGERPRINT = "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const WORKSHOP: NearbyServer = {
  title: "Workshop",
  host: "192.168.1.26",
  port: 5050,
  tls: true,
  fingerprint: FINGERPRINT,
};
const OPEN: NearbyServer = { title: "Open house", host: "fd00::2", port: 5051, tls: false };
const ALONE: WizardContext = { name: "tester", nearby: [] };
const AMONG: WizardContext = { name: "tester", nearby: [WORKSHOP, OPEN] };
const AGAIN: WizardContext = { ...AMONG, own: "unix:/home/ada/my data/control.sock" };

const INVITE = `confab://192.168.1.26:5050/ops#${FINGERPRINT}.ocean-lamp-crane`;

function joining(text: string, unsure = false): WizardStep {
  const goal = { type: "join", destination: parseDestination([text]) } as const;
  return { type: "done", name: "ada", goal: unsure ? { ...goal, unsure: true } : goal };
}

/** The step that joins a nearby chat. */
function meeting({ host, port, tls, fingerprint }: NearbyServer): WizardStep {
  const destination = { address: { kind: "tcp", host, port } as const, tls, announced: fingerprint };
  return { type: "done", name: "ada", goal: { type: "join", destination } };
}

const HOSTING: WizardStep = { type: "done", name: "ada", goal: { type: "host" } };

function assertLeads(step: Asking, text: string, around: WizardContext, next: WizardStep): void {
  assertEquals(answer(step, text, around), { step: next });
}

function assertComplains(step: Asking, text: string, around: WizardContext, says: RegExp): void {
  const outcome = answer(step, text, around);
  assert("error" in outcome, JSON.stringify(outcome));
  assertMatch(outcome.error, says);
}

Deno.test("wizard: Enter accepts the suggested name, and then hosts", () => {
  assertEquals(questionOf(NAME, ALONE).prompt, "Your name [tester]: ");
  assertLeads(NAME, "", ALONE, { type: "goal", name: "tester" });
  assertLeads(NAME, "  ada ", ALONE, { type: "goal", name: "ada" });
  assertLeads(GOAL, "", ALONE, HOSTING);
  assertLeads(GOAL, "", AMONG, HOSTING);
});

Deno.test("wizard: an invalid name is rejected with the reason", () => {
  assertComplains(NAME, "a b", ALONE, /^Name "a b" is not valid: no blanks in names, use "a_b" instead$/);
  assertComplains(NAME, "\x1b[2J", ALONE, /^Name "\\u001b\[2J" is not valid/);
});

Deno.test("wizard: nearby chats are listed by title, and a number joins one", () => {
  assertEquals(questionOf(GOAL, AMONG).lines, [
    "",
    "What would you like to do?",
    "  1  Host a chat here and invite others",
    '  2  Join "Workshop", nearby at 192.168.1.26:5050',
    '  3  Join "Open house", nearby at [fd00::2]:5051',
    "  4  Join another chat by invite or address",
  ]);
  assertLeads(GOAL, "1", AMONG, HOSTING);
  assertLeads(GOAL, "2", AMONG, meeting(WORKSHOP));
  assertLeads(GOAL, " 3. ", AMONG, meeting(OPEN));
  assertLeads(GOAL, "4", AMONG, ADDRESS);
  assertLeads(GOAL, "2", ALONE, ADDRESS);
});

Deno.test("wizard: the user's running chat is offered instead of a new one", () => {
  const { lines } = questionOf(GOAL, AGAIN);
  assertEquals(lines[2], "  1  Return to the chat that you host in another window");
  assertFalse(lines.join().includes("Host a chat here"));
  assertLeads(GOAL, "", AGAIN, joining("unix:/home/ada/my data/control.sock"));
});

Deno.test("wizard: an invite or an address is accepted wherever a number is", () => {
  for (const step of [GOAL, ADDRESS]) {
    assertLeads(step, INVITE, AMONG, joining(INVITE));
    assertLeads(step, "192.168.1.26", AMONG, joining("192.168.1.26", true));
    assertLeads(step, "192.168.1.26:5050 Ocean lamp crane", AMONG, joining("192.168.1.26:5050 Ocean lamp crane"));
    assertLeads(step, "http://192.168.1.26:5050/", AMONG, joining("http://192.168.1.26:5050/"));
  }
  assertLeads(ADDRESS, "my-laptop", AMONG, joining("my-laptop", true));
});

Deno.test("wizard: an invite may be pasted with the text around it", () => {
  for (
    const text of [
      `Invite: ${INVITE}`,
      `"${INVITE}"`,
      `confab connect "${INVITE}"`,
      `Others join with: deno task connect "${INVITE}"`,
      `<${INVITE}>`,
    ]
  ) assertLeads(GOAL, text, ALONE, joining(INVITE));
  const page = "https://192.168.1.26:5050/#.ocean-lamp-crane";
  assertLeads(GOAL, `In a browser: ${page}`, ALONE, joining(page));
  const said = "192.168.1.26:5050 ocean lamp crane";
  for (
    const command of ["confab connect", "./confab connect", "C:\\Users\\ada\\confab.exe connect", "deno task connect"]
  ) {
    assertLeads(GOAL, `${command} ${said}`, ALONE, joining(said));
  }
});

Deno.test("wizard: an unusable answer is rejected with what to type, without repeating the secret", () => {
  assertComplains(GOAL, "7", AMONG, /^There is no choice 7: type a number from 1 to 4$/);
  assertComplains(GOAL, "0", AMONG, /^There is no choice 0/);
  assertComplains(ADDRESS, "3", AMONG, /type a number from 1 to 2/);
  assertComplains(ADDRESS, "1", ALONE, /paste the invite/);
  assertComplains(
    GOAL,
    "yes",
    ALONE,
    /^"yes" is not a number from the list or an invite: type 1, or paste what you were sent$/,
  );
  assertComplains(GOAL, INVITE.slice(0, -16), ALONE, /copy the whole line/);
  assertComplains(GOAL, "192.168.1.26:99999", ALONE, /the port is not a whole number/);
  const cut = answer(GOAL, "192.168.1.26 ocean lamp", ALONE);
  assert("error" in cut && !cut.error.includes("ocean"), JSON.stringify(cut));
});

Deno.test("wizard: Enter at the address chooses the first nearby chat, or goes back without one", () => {
  assertEquals(questionOf(ADDRESS, ALONE).prompt, "Invite [Enter to go back]: ");
  assertLeads(ADDRESS, "", ALONE, GOAL);
  assertEquals(questionOf(ADDRESS, AMONG).prompt, "Invite [1]: ");
  assertLeads(ADDRESS, "", AMONG, meeting(WORKSHOP));
});

Deno.test("wizard: titles of nearby chats contain no control characters", () => {
  const hostile = { ...WORKSHOP, title: '\x1b[2J"\n  9  Evil', host: "192.168.1.26" };
  const { lines } = questionOf(GOAL, { ...ALONE, nearby: [hostile] });
  for (const line of lines) assertFalse(/\p{Cc}/u.test(line), line);
  assertEquals(lines.length, 5);
});
