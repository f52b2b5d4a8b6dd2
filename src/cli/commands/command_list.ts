import { CALL } from "./calls/call_command.ts";
import { MIRROR } from "./calls/mirror.ts";
import { BACKUP } from "./data/backup.ts";
import { CLUSTER } from "./cluster.ts";
import type { CommandSpec } from "../args/arguments.ts";
import { completionsCommand } from "./completions.ts";
import { CONFIG } from "./config.ts";
import { CONNECT } from "./connect.ts";
import { DISCOVER } from "./discover.ts";
import { DOCTOR } from "./doctor.ts";
import { EXPORT } from "./data/export.ts";
import { helpCommand } from "./help.ts";
import { IMPORT } from "./data/import.ts";
import { INVITE } from "./invite.ts";
import { manCommand } from "./man.ts";
import { REGISTER_LINKS } from "./register_links.ts";
import { SEND } from "./send.ts";
import { SERVE } from "./serve.ts";
import { SERVICE_COMMAND } from "./service.ts";
import { TOP } from "./top.ts";

/** All commands, the most common first. */
export const COMMAND_LIST: readonly CommandSpec[] = [
  SERVE,
  CONNECT,
  SEND,
  INVITE,
  EXPORT,
  IMPORT,
  BACKUP,
  TOP,
  DISCOVER,
  DOCTOR,
  MIRROR,
  CALL,
  SERVICE_COMMAND,
  CLUSTER,
  REGISTER_LINKS,
  CONFIG,
  completionsCommand(() => COMMAND_LIST),
  helpCommand(() => COMMAND_LIST),
  manCommand(() => COMMAND_LIST),
];
