/** The steps that the hub's model takes, as random values and as lines of JSON. */

import fc from "fast-check";
import { GRACE_MS, LINK_MS, RING_MS } from "../../../src/protocol/limits.ts";

type At<K extends string> = { readonly do: K; readonly who: number; readonly room: string };

/** `by` is the number of a member, or `OWNER`; the room "" means the whole server. */
export type ModerationStep = {
  readonly do: "kick" | "ban" | "mute" | "allow" | "appoint" | "dismiss";
  readonly by: number;
  readonly who: number;
  readonly room: string;
  /** Duration of a ban or mute. */
  readonly seconds?: number;
};
export type RoomStep =
  | { readonly do: "lock"; readonly by: number; readonly room: string; readonly text: string }
  | { readonly do: "unlock"; readonly by: number; readonly room: string }
  | { readonly do: "remove"; readonly by: number; readonly room: string }
  | { readonly do: "slow"; readonly by: number; readonly room: string; readonly seconds: number }
  | { readonly do: "lockdown"; readonly by: number; readonly on: boolean };
/** A member returns by one of the keys that they have ever had. */
export type KeyStep = At<"comeBack"> & { readonly nth: number };
export type ArrivalStep =
  | { readonly do: "arrive" | "arriveKeyed"; readonly name: string; readonly room: string }
  | { readonly do: "arriveBy"; readonly name: string; readonly room: string; readonly nth: number };
/** A change of a message; `nth` chooses its seq, which may not exist yet. */
export type ChangeStep = At<"edit" | "unsay" | "react"> & { readonly nth: number };
/** An offer, a message with a file, and a `fetch`; `nth` chooses the size, or the slot. */
export type FileStep = At<"slot" | "postFile" | "fetch"> & { readonly nth: number };
/** A step of a member who goes away or comes back; an empty text stands for no text. */
export type AwayStep =
  | { readonly do: "away"; readonly who: number; readonly text: string }
  | { readonly do: "back" | "idle" | "use"; readonly who: number };
/** A step of a member about their devices; `how` chooses a right or a wrong statement, `nth` one of the member's keys. */
export type DeviceStep =
  | { readonly do: "offer" | "devices"; readonly who: number }
  | { readonly do: "answer"; readonly who: number; readonly on: boolean; readonly how: number }
  | { readonly do: "revoke"; readonly who: number; readonly nth: number; readonly how: number };
/** A step of a new device: claims one of the last offers, or loses the connection on which it claimed. */
export type ClaimStep =
  | { readonly do: "claim"; readonly nth: number; readonly how: number }
  | { readonly do: "hangUp"; readonly nth: number };
/** A step of a member about calls; `nth` chooses one of those that are on, or none. */
export type CallStep =
  | At<"call">
  | { readonly do: "ring"; readonly who: number; readonly with: number }
  | { readonly do: "block"; readonly who: number; readonly with: number; readonly on: boolean }
  | { readonly do: "pickUp" | "decline" | "hangUpCall"; readonly who: number; readonly nth: number };
/** A step of a member who is present or returns. */
export type MemberStep =
  | FileStep
  | ChangeStep
  | AwayStep
  | CallStep
  | At<"join" | "enter" | "leave" | "post" | "repeat" | "return" | "login" | "look" | "type">
  | { readonly do: "quit" | "drop" | "resend" | "register" | "guess"; readonly who: number }
  /** A change, or a read mark, in the conversation with the member of this number. */
  | { readonly do: "mend" | "mark"; readonly who: number; readonly with: number; readonly nth: number }
  | { readonly do: "whisper" | "rename"; readonly who: number; readonly name: string }
  | (At<"topic"> & { readonly text: string });
export type Step =
  | ArrivalStep
  | ModerationStep
  | RoomStep
  | MemberStep
  | DeviceStep
  | KeyStep
  | ClaimStep
  | { readonly do: "invite"; readonly room: string; readonly uses: number }
  /** The bytes of a slot are complete. */
  | { readonly do: "upload"; readonly nth: number }
  | { readonly do: "cancelUpload"; readonly nth: number }
  | { readonly do: "restart" }
  | { readonly do: "wait"; readonly ms: number };

/** The names that members take. Names with the same value look alike: only one of them can be in use. */
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

/** The value of `by` for the server's owner. */
export const OWNER = -1;

const NAMES = Object.keys(LOOKS);
export const ROOMS: readonly string[] = ["lobby", "dev", "ops"];
const NAME = fc.constantFrom(...NAMES);
const ROOM = fc.constantFrom(...ROOMS);
const SOMEWHERE = fc.constantFrom(...ROOMS, "");
const WHO = fc.nat(7);
const BY = fc.oneof(fc.constant(OWNER), fc.nat(3));
const TEXT = fc.constantFrom("", "tea", "engines");
const MEMBER = { who: WHO };
const MEMBER_IN_ROOM = { who: WHO, room: ROOM };
/** 3, 4 and 5 are wrong statements. */
const HOW = fc.nat(9);
const CHANGE = { ...MEMBER_IN_ROOM, nth: fc.nat(9) };
const TALK = { ...MEMBER, with: WHO, nth: fc.nat(9) };
const NTH_CALL = { ...MEMBER, nth: fc.nat(2) };
const ORDER = { by: BY, who: WHO, room: SOMEWHERE };
const TIMED = { ...ORDER, seconds: fc.option(fc.constantFrom(1, 5, 60), { nil: undefined }) };

const SHAPES = {
  arrive: { name: NAME, room: ROOM },
  arriveKeyed: { name: NAME, room: ROOM },
  arriveBy: { name: NAME, room: ROOM, nth: fc.nat(2) },
  comeBack: { ...MEMBER_IN_ROOM, nth: fc.nat(3) },
  ...{ offer: MEMBER, devices: MEMBER, claim: { nth: fc.nat(2), how: HOW }, hangUp: { nth: fc.nat(2) } },
  ...{
    answer: { ...MEMBER, on: fc.constantFrom(true, true, true, false), how: HOW },
    revoke: { ...MEMBER, nth: fc.nat(3), how: HOW },
  },
  ...{ join: MEMBER_IN_ROOM, enter: MEMBER_IN_ROOM, leave: MEMBER_IN_ROOM, post: MEMBER_IN_ROOM },
  ...{ repeat: MEMBER_IN_ROOM, return: MEMBER_IN_ROOM, login: MEMBER_IN_ROOM, look: MEMBER_IN_ROOM },
  type: MEMBER_IN_ROOM,
  ...{ edit: CHANGE, unsay: CHANGE, react: CHANGE },
  ...{ slot: CHANGE, upload: { nth: fc.nat(9) }, cancelUpload: { nth: fc.nat(9) }, postFile: CHANGE, fetch: CHANGE },
  ...{ quit: MEMBER, drop: MEMBER, resend: MEMBER, register: MEMBER, guess: MEMBER },
  whisper: { who: WHO, name: NAME },
  ...{ mend: TALK, mark: TALK },
  rename: { who: WHO, name: NAME },
  topic: { who: WHO, room: ROOM, text: TEXT },
  away: { who: WHO, text: TEXT },
  ...{ back: MEMBER, idle: MEMBER, use: MEMBER },
  ...{ call: MEMBER_IN_ROOM, ring: { ...MEMBER, with: WHO }, block: { ...MEMBER, with: WHO, on: fc.boolean() } },
  ...{ pickUp: NTH_CALL, decline: NTH_CALL, hangUpCall: NTH_CALL },
  ...{ kick: ORDER, ban: TIMED, mute: TIMED, allow: ORDER, appoint: ORDER, dismiss: ORDER },
  lock: { by: BY, room: ROOM, text: TEXT },
  unlock: { by: BY, room: ROOM },
  remove: { by: BY, room: ROOM },
  slow: { by: BY, room: ROOM, seconds: fc.constantFrom(0, 1, 20) },
  lockdown: { by: BY, on: fc.boolean() },
  invite: { room: SOMEWHERE, uses: fc.integer({ min: 1, max: 3 }) },
  restart: {},
  // Each step takes 100 ms: the step after a wait that follows an offer comes at the offer's end, or 1 ms before it.
  wait: { ms: fc.constantFrom(1_000, 5_000, GRACE_MS - 1, GRACE_MS, RING_MS, 61_000, LINK_MS - 201, LINK_MS - 200) },
} as const satisfies Record<Step["do"], object>;

type Weights = Readonly<Partial<Record<Step["do"], number>>>;

const WEIGHTS: Weights = {
  ...{ arrive: 6, arriveKeyed: 6, comeBack: 3, offer: 4, claim: 5, answer: 4, revoke: 2, devices: 2 },
  ...{ wait: 5, join: 3, return: 4, post: 3, react: 2, drop: 3, idle: 3 },
  ...{ whisper: 3, mend: 2, mark: 3 },
  ...{ slot: 4, upload: 4, postFile: 4, fetch: 2 },
  ...{ call: 3, ring: 3, pickUp: 5 },
};

/** One of all steps. */
export const STEP = stepOf((name) => WEIGHTS[name] ?? 1);

const LINK_WEIGHTS: Weights = {
  ...{ arriveKeyed: 8, comeBack: 16, offer: 12, claim: 20, answer: 20, revoke: 10, devices: 8, hangUp: 2 },
  ...{ arrive: 2, join: 2, drop: 4, quit: 2, wait: 4, restart: 1, register: 3, login: 3, rename: 1, ban: 1 },
};

/** One of the steps about devices. */
export const LINK_STEP = stepOf((name) => LINK_WEIGHTS[name] ?? 0);

const FILE_WEIGHTS: Weights = {
  ...{
    slot: 20,
    upload: 20,
    cancelUpload: 4,
    postFile: 20,
    fetch: 8,
    unsay: 6,
    arrive: 2,
    join: 6,
    return: 6,
    leave: 2,
    drop: 2,
    quit: 1,
  },
  ...{ kick: 2, ban: 2, allow: 1, mute: 1, remove: 1, restart: 1, slow: 1, wait: 2 },
};

/** One of the steps about files. */
export const FILE_STEP = stepOf((name) => FILE_WEIGHTS[name] ?? 0);

const CALL_WEIGHTS: Weights = {
  ...{ call: 20, ring: 14, pickUp: 40, decline: 4, hangUpCall: 8, block: 5, whisper: 2 },
  ...{ join: 6, return: 10, login: 2, register: 2, leave: 3, drop: 6, quit: 2, arrive: 6, rename: 1 },
  ...{ kick: 2, ban: 2, mute: 2, allow: 2, remove: 1, slow: 4, lockdown: 1, restart: 1, wait: 10 },
};

/** One of the steps about calls. */
export const CALL_STEP = stepOf((name) => CALL_WEIGHTS[name] ?? 0);

function stepOf(weightOf: (name: Step["do"]) => number): fc.Arbitrary<Step> {
  const names = (Object.keys(SHAPES) as Step["do"][]).filter((name) => weightOf(name) > 0);
  return fc.oneof(...names.map((name) => ({
    weight: weightOf(name),
    arbitrary: fc.record({ do: fc.constant(name), ...SHAPES[name] }) as fc.Arbitrary<unknown> as fc.Arbitrary<Step>,
  })));
}

/** Parses a step from a line of JSON. Returns `undefined` for any other line, also one with unknown names or rooms. */
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
  ...{ who: isCount, with: isCount, ms: isCount, nth: isCount, how: isCount },
  on: (value) => typeof value === "boolean",
  by: (value) => value === OWNER || isCount(value),
  seconds: (value) => value === undefined || (isCount(value) && Number(value) <= 3_600),
  uses: (value) => isCount(value) && Number(value) > 0 && Number(value) <= 10_000,
  name: (value) => NAMES.includes(String(value)),
  room: (value) => value === "" || ROOMS.includes(String(value)),
  text: (value) => typeof value === "string" && /^[ -~]{0,99}$/.test(value),
};
