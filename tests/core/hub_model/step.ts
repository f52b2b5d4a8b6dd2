/** What may happen in the lives that the model of the hub is told. */

import fc from "fast-check";
import { GRACE_MS } from "../../../src/protocol/limits.ts";

type At<K extends string> = { readonly do: K; readonly who: number; readonly room: string };

/** `by` is one of the people, or the server's owner; the room "" is all of the server. */
export type OrderStep = {
  readonly do: "kick" | "ban" | "mute" | "allow" | "appoint" | "dismiss";
  readonly by: number;
  readonly who: number;
  readonly room: string;
  /** For how long it is; of bans and mutes. */
  readonly seconds?: number;
};
export type RoomStep =
  | { readonly do: "lock"; readonly by: number; readonly room: string; readonly text: string }
  | { readonly do: "unlock"; readonly by: number; readonly room: string }
  | { readonly do: "remove"; readonly by: number; readonly room: string }
  | { readonly do: "slow"; readonly by: number; readonly room: string; readonly seconds: number }
  | { readonly do: "lockdown"; readonly by: number; readonly on: boolean };
export type NewStep =
  | { readonly do: "arrive"; readonly name: string; readonly room: string }
  | { readonly do: "arriveBy"; readonly name: string; readonly room: string; readonly nth: number };
/** Of a message, by its seq or one that nobody has taken yet. */
export type ChangeStep = At<"edit" | "unsay" | "react"> & { readonly nth: number };
/** Of somebody who is here or comes back. */
export type PersonStep =
  | ChangeStep
  | At<"join" | "enter" | "leave" | "post" | "repeat" | "return" | "login" | "look">
  | { readonly do: "quit" | "drop" | "resend" | "confirm" | "register" | "guess"; readonly who: number }
  | { readonly do: "whisper" | "rename"; readonly who: number; readonly name: string }
  | (At<"topic"> & { readonly text: string });
export type Step =
  | NewStep
  | OrderStep
  | RoomStep
  | PersonStep
  | { readonly do: "invite"; readonly room: string; readonly uses: number }
  | { readonly do: "restart" }
  | { readonly do: "wait"; readonly ms: number };

/** Names that are the same to the eye stand for one: who has the first, keeps the others from everybody else. */
export const LOOKS: Readonly<Record<string, string>> = {
  ada: "ada",
  Ada: "ada",
  "\u0430da": "ada",
  "\u00e1da": "ada",
  bob: "bob",
  "bob.": "bob",
  eve: "eve",
  kim: "kim",
  zoe: "zoe",
};

/** The owner of the server, in `by`. */
export const OWNER = -1;

const NAMES = Object.keys(LOOKS);
export const ROOMS: readonly string[] = ["lobby", "dev", "ops"];
const NAME = fc.constantFrom(...NAMES);
const ROOM = fc.constantFrom(...ROOMS);
const SOMEWHERE = fc.constantFrom(...ROOMS, "");
const WHO = fc.nat(7);
const BY = fc.oneof(fc.constant(OWNER), fc.nat(3));
const TEXT = fc.constantFrom("", "tea", "engines");
const PERSON = { who: WHO };
const PERSON_IN_ROOM = { who: WHO, room: ROOM };
const CHANGE = { ...PERSON_IN_ROOM, nth: fc.nat(9) };
const ORDER = { by: BY, who: WHO, room: SOMEWHERE };
const TIMED = { ...ORDER, seconds: fc.option(fc.constantFrom(1, 5, 60), { nil: undefined }) };

const SHAPES = {
  arrive: { name: NAME, room: ROOM },
  arriveBy: { name: NAME, room: ROOM, nth: fc.nat(2) },
  ...{ join: PERSON_IN_ROOM, enter: PERSON_IN_ROOM, leave: PERSON_IN_ROOM, post: PERSON_IN_ROOM },
  ...{ repeat: PERSON_IN_ROOM, return: PERSON_IN_ROOM, login: PERSON_IN_ROOM, look: PERSON_IN_ROOM },
  ...{ edit: CHANGE, unsay: CHANGE, react: CHANGE },
  ...{ quit: PERSON, drop: PERSON, resend: PERSON, confirm: PERSON, register: PERSON, guess: PERSON },
  whisper: { who: WHO, name: NAME },
  rename: { who: WHO, name: NAME },
  topic: { who: WHO, room: ROOM, text: TEXT },
  ...{ kick: ORDER, ban: TIMED, mute: TIMED, allow: ORDER, appoint: ORDER, dismiss: ORDER },
  lock: { by: BY, room: ROOM, text: TEXT },
  unlock: { by: BY, room: ROOM },
  remove: { by: BY, room: ROOM },
  slow: { by: BY, room: ROOM, seconds: fc.constantFrom(0, 1, 20) },
  lockdown: { by: BY, on: fc.boolean() },
  invite: { room: SOMEWHERE, uses: fc.integer({ min: 1, max: 3 }) },
  restart: {},
  wait: { ms: fc.constantFrom(1_000, 5_000, GRACE_MS - 1, GRACE_MS, 61_000) },
} as const satisfies Record<Step["do"], object>;

const WEIGHTS: Readonly<Partial<Record<Step["do"], number>>> = {
  arrive: 8,
  wait: 5,
  join: 3,
  return: 4,
  post: 3,
  react: 2,
  drop: 3,
};

export const STEP: fc.Arbitrary<Step> = fc.oneof(
  ...Object.entries(SHAPES).map(([name, shape]) => ({
    weight: WEIGHTS[name as Step["do"]] ?? 1,
    arbitrary: fc.record({ do: fc.constant(name), ...shape }) as fc.Arbitrary<unknown> as fc.Arbitrary<Step>,
  })),
);

/** Undefined where the line is none, or of people, names and rooms that the model does not know. */
export function parseStep(line: string): Step | undefined {
  try {
    const step: Record<string, unknown> = JSON.parse(line);
    const shape: object | undefined = SHAPES[String(step.do) as Step["do"]];
    const fits = shape !== undefined && Object.keys(shape).every((key) => FITS[key]!(step[key]));
    return fits ? step as unknown as Step : undefined;
  } catch {
    return undefined;
  }
}

const isCount = (value: unknown) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 1e9;

const FITS: Readonly<Record<string, (value: unknown) => boolean>> = {
  ...{ who: isCount, ms: isCount, nth: isCount },
  on: (value) => typeof value === "boolean",
  by: (value) => value === OWNER || isCount(value),
  seconds: (value) => value === undefined || (isCount(value) && Number(value) <= 3_600),
  uses: (value) => isCount(value) && Number(value) > 0 && Number(value) <= 10_000,
  name: (value) => NAMES.includes(String(value)),
  room: (value) => value === "" || ROOMS.includes(String(value)),
  text: (value) => typeof value === "string" && /^[ -~]{0,99}$/.test(value),
};
