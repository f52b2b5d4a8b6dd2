import { DEFAULT_PORT } from "../../protocol/address/endpoint.ts";
import type { CommandSpec } from "../args/arguments.ts";
import { DATA_OPTION } from "../hosting/data_folder.ts";

export const DOCTOR: CommandSpec = {
  name: "doctor",
  operands: "[ADDRESS]",
  // The words of a spoken invite are separate arguments, as for connect.
  maxOperands: Infinity,
  summary: "Finds what prevents a chat, and says what to do",
  options: [
    { name: "port", value: "N", default: String(DEFAULT_PORT), help: "Port on which a server here would listen" },
    DATA_OPTION,
    { name: "cert", value: "FILE", help: "Certificate that a server here would use (PEM)" },
    { name: "key", value: "FILE", help: "Private key of the certificate (PEM)" },
    { name: "json", help: "Prints each check as one line of JSON" },
  ],
  examples: [
    { line: "doctor", what: "tests whether this machine can host a chat" },
    { line: "doctor 192.168.1.26", what: "tests the way to a server, without joining" },
  ],
  run: async (args) => await (await import("../doctor/examination.ts")).runDoctor(args),
};
