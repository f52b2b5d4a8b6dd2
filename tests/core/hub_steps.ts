/** What may happen in the lives that the model of the hub is told. */

import fc from "fast-check";
import { GRACE_MS } from "../../src/protocol/limits.ts";

export type Step =
  | { readonly do: "arrive"; readonly name: string; readonly room: string }
  | { readonly do: "join" | "leave" | "post" | "repeat" | "return"; readonly who: number; readonly room: string }
  | { readonly do: "quit" | "drop" | "resend" | "confirm"; readonly who: number }
  | { readonly do: "whisper" | "rename"; readonly who: number; readonly name: string }
  | { readonly do: "topic"; readonly who: number; readonly room: string; readonly text: string }
  | { readonly do: "look"; readonly who: number; readonly room: string }
  | { readonly do: "restart" }
  | { readonly do: "wait"; readonly ms: number };

/** A step of somebody who is there. */
export type Deed = Exclude<Step, { do: "arrive" | "wait" | "restart" | "return" }>;

/** Names that are the same to the eye stand for one: who has the first, keeps the second from others. */
export const LOOKS: Readonly<Record<string, string>> = {
  ada: "ada",
  Ada: "ada",
  "\u0430da": "ada",
  bob: "bob",
  eve: "eve",
  kim: "kim",
  zoe: "zoe",
};

const NAMES = Object.keys(LOOKS);
const ROOMS = ["lobby", "dev", "ops"];
const NAME = fc.constantFrom(...NAMES);
const ROOM = fc.constantFrom(...ROOMS);
const WHO = fc.nat(7);
const TEXT = fc.constantFrom("", "tea", "engines");

const SHAPES = {
  arrive: { name: NAME, room: ROOM },
  join: { who: WHO, room: ROOM },
  leave: { who: WHO, room: ROOM },
  post: { who: WHO, room: ROOM },
  repeat: { who: WHO, room: ROOM },
  return: { who: WHO, room: ROOM },
  quit: { who: WHO },
  drop: { who: WHO },
  resend: { who: WHO },
  confirm: { who: WHO },
  whisper: { who: WHO, name: NAME },
  rename: { who: WHO, name: NAME },
  topic: { who: WHO, room: ROOM, text: TEXT },
  look: { who: WHO, room: ROOM },
  restart: {},
  wait: { ms: fc.constantFrom(1_000, 5_000, GRACE_MS - 1, GRACE_MS) },
} as const satisfies Record<Step["do"], object>;

const WEIGHTS: Readonly<Partial<Record<Step["do"], number>>> = { arrive: 5, wait: 4, return: 2, post: 2, drop: 2 };

export const STEP: fc.Arbitrary<Step> = fc.oneof(
  ...Object.entries(SHAPES).map(([name, shape]) => ({
    weight: WEIGHTS[name as Step["do"]] ?? 1,
    arbitrary: fc.record({ do: fc.constant(name), ...shape }) as fc.Arbitrary<unknown> as fc.Arbitrary<Step>,
  })),
);

/** Undefined where the line is none, or of people, names and rooms that the model does not know. */
export function parseStep(line: string): Step | undefined {
  try {
    const step: Step = JSON.parse(line);
    const shape: object | undefined = SHAPES[step.do];
    const fits = shape !== undefined && Object.keys(shape).every((key) => FITS[key]!(step[key as keyof Step]));
    return fits ? step : undefined;
  } catch {
    return undefined;
  }
}

const FITS: Readonly<Record<string, (value: unknown) => boolean>> = {
  who: (value) => Number.isInteger(value) && Number(value) >= 0,
  ms: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 1e9,
  name: (value) => NAMES.includes(String(value)),
  room: (value) => ROOMS.includes(String(value)),
  text: (value) => typeof value === "string" && value.length < 100,
};
