import { DeviceError } from "../../../client/calls/call_ports.ts";
import type { Arguments, CommandSpec } from "../../args/arguments.ts";
import { EXIT, type ExitCode, Failure } from "../../args/exit_codes.ts";
import { listAttachedDevices } from "../../camera/attached_devices.ts";
import type { AttachedDevice } from "../../camera/device_parsers.ts";
import { complain } from "../../platform/standard_io.ts";
import { listMicrophones } from "../../sound/microphone_list.ts";
import { deviceRights } from "../command_rights.ts";

export const CALL: CommandSpec = {
  name: "call",
  operands: "",
  maxOperands: 0,
  summary: "Lists the cameras and microphones for calls",
  options: [
    { name: "devices", help: "Lists the devices by the words that choose them" },
    { name: "json", help: "Prints each device as one line of JSON" },
  ],
  examples: [
    { line: "call --devices", what: "lists cameras for --camera and microphones for --microphone" },
  ],
  startsPrograms: true,
  rights: deviceRights,
  run: call,
};

/** A program that lists devices ends by itself; one that hangs is ended. */
const MAX_LIST_MS = 10_000;

/** A device that an option of `connect` can choose. */
interface Choice extends AttachedDevice {
  readonly option: "camera" | "microphone";
}

async function call(args: Arguments): Promise<ExitCode> {
  if (!args.flag("devices")) {
    throw new Failure(EXIT.usage, "call only lists devices, with --devices: to call somebody, connect and type /call");
  }
  const signal = AbortSignal.timeout(MAX_LIST_MS);
  const [cameras, microphones] = await Promise.all([camerasOrComplaint(signal), listMicrophones(signal)]);
  const choices: Choice[] = [
    ...cameras.map((device) => ({ option: "camera" as const, ...device })),
    ...microphones.map((device) => ({ option: "microphone" as const, ...device })),
  ];
  if (args.flag("json")) { for (const choice of choices) console.log(JSON.stringify(choice)); }
  else for (const line of deviceLines(choices)) console.log(line);
  return EXIT.fine;
}

/** Without ffmpeg there may be microphones all the same. */
async function camerasOrComplaint(signal: AbortSignal): Promise<readonly AttachedDevice[]> {
  try {
    return (await listAttachedDevices(signal)).cameras;
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    complain(error.message);
    return [];
  }
}

/** One line for each device: the option that chooses it, in columns with its name. */
export function deviceLines(choices: readonly Choice[]): string[] {
  const missing = (["camera", "microphone"] as const)
    .filter((option) => !choices.some((choice) => choice.option === option))
    .map((option) => `No ${option} was found: plug one in, or name a file or test with --${option}`);
  const words = choices.map(({ option, id }) => `--${option} ${/^[\w/.:-]+$/.test(id) ? id : JSON.stringify(id)}`);
  const width = Math.max(0, ...words.map((word) => word.length));
  const lines = choices.map(({ id, name }, nth) => name === id ? words[nth]! : `${words[nth]!.padEnd(width)}  ${name}`);
  return [...lines, ...missing];
}
