import {
  DEFAULT_ATTEMPTS_PER_ADDRESS,
  DEFAULT_CONNECTIONS_PER_ADDRESS,
  DEFAULT_MAX_CALLS,
  DEFAULT_MAX_CONNECTIONS,
  DEFAULT_MEMORY_SHARE,
  DEFAULT_RATE_BURST,
  DEFAULT_RATE_PER_SECOND,
  MAX_ROOMS,
  MAX_ROOMS_PER_MEMBER,
} from "../../protocol/limits.ts";
import type { ServerOptions } from "../../server/server.ts";
import { type Arguments, badValue } from "./arguments.ts";
import type { OptionSpec } from "./command_spec.ts";

/** Options of `serve` that limit what its clients may use. */
export const BOUND_OPTIONS: readonly OptionSpec[] = [
  {
    name: "max-connections",
    value: "N",
    default: String(DEFAULT_MAX_CONNECTIONS),
    help: "Maximum number of connections",
  },
  {
    name: "connections-per-address",
    value: "N",
    default: String(DEFAULT_CONNECTIONS_PER_ADDRESS),
    help: "Connections per remote IP address; 0 for no limit",
  },
  {
    name: "attempts-per-address",
    value: "N",
    default: String(DEFAULT_ATTEMPTS_PER_ADDRESS),
    help: "New connections per IP address in 10 min; 0 for no limit",
  },
  {
    name: "max-memory",
    value: "MB",
    default: "25% of the RAM",
    help: "Above it, no new connections; 0 for no limit",
  },
  { name: "max-rooms", value: "N", default: String(MAX_ROOMS), help: "Maximum number of rooms" },
  { name: "max-calls", value: "N", default: String(DEFAULT_MAX_CALLS), help: "Calls at the same time; 0 for no calls" },
  {
    name: "rooms-per-member",
    value: "N",
    default: String(MAX_ROOMS_PER_MEMBER),
    help: `Maximum rooms that one member may join, up to ${MAX_ROOMS_PER_MEMBER}`,
  },
  {
    name: "rate",
    value: "N:BURST",
    default: `${DEFAULT_RATE_PER_SECOND}:${DEFAULT_RATE_BURST}`,
    help: "Messages a second and burst per member; 0 for no limit",
  },
];

const MEGABYTE = 1024 * 1024;

export type Bounds = Pick<
  ServerOptions,
  | ("maxConnections" | "connectionsPerAddress" | "attemptsPerAddress")
  | ("memory" | "maxRooms" | "roomsPerMember" | "maxCalls" | "rate")
>;

/** Parses `BOUND_OPTIONS`. Throws a usage failure. */
export function parseBounds(args: Arguments): Bounds {
  const perAddress = (option: string) => args.number(option, 0, 1_000_000);
  return {
    maxConnections: args.number("max-connections", 1, 1_000_000) ?? DEFAULT_MAX_CONNECTIONS,
    connectionsPerAddress: perAddress("connections-per-address") ?? DEFAULT_CONNECTIONS_PER_ADDRESS,
    attemptsPerAddress: perAddress("attempts-per-address") ?? DEFAULT_ATTEMPTS_PER_ADDRESS,
    memory: parseMemory(args),
    maxRooms: args.number("max-rooms", 1, 1_000_000),
    maxCalls: args.number("max-calls", 0, 10_000),
    roomsPerMember: args.number("rooms-per-member", 1, MAX_ROOMS_PER_MEMBER),
    rate: parseRate(args),
  };
}

function parseMemory(args: Arguments): Bounds["memory"] {
  const given = args.number("max-memory", 0, 1_000_000_000);
  const bytes = given === undefined ? DEFAULT_MEMORY_SHARE * machineBytes() : given * MEGABYTE;
  return bytes === 0 ? undefined : { bytes, measure: () => Deno.memoryUsage().rss };
}

/** 0 if the machine's memory is unknown. The user is not asked for the permission to read it. */
function machineBytes(): number {
  try {
    const { state } = Deno.permissions.querySync({ name: "sys", kind: "systemMemoryInfo" });
    return state === "granted" ? Deno.systemMemoryInfo().total : 0;
  } catch {
    return 0;
  }
}

function parseRate(args: Arguments): Bounds["rate"] {
  const text = args.text("rate");
  if (text === undefined) return { perSecond: DEFAULT_RATE_PER_SECOND, burst: DEFAULT_RATE_BURST };
  if (text === "0") return undefined;
  const [, perSecond, burst] = /^(\d+(?:\.\d+)?)(?::(\d+))?$/.exec(text) ?? [];
  const rate = { perSecond: Number(perSecond), burst: Number(burst ?? Math.ceil(Number(perSecond))) };
  if (!(rate.perSecond > 0) || !(rate.burst >= 1)) throw badValue("rate", text, "N:BURST such as 5:20, or 0");
  return rate;
}
