import { systemClock } from "../../client/clock.ts";
import { dialInTime, Untrusted } from "../../client/link/dial.ts";
import type { Connection } from "../../transports/connection.ts";
import { parseAddress } from "../args/address.ts";
import type { Arguments } from "../args/arguments.ts";
import { RequestClient } from "./request_client.ts";
import { dialOwnServer } from "../hosting/control_socket.ts";
import { chooseFolder } from "../hosting/data_folder.ts";
import { planServer } from "./connect_plan.ts";
import { createDialer, PLAN_CONTEXT } from "./dialer.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import { complain } from "../platform/standard_io.ts";
import {
  ADMIN_PASSWORD_OPTION,
  ADMIN_PASSWORD_VARIABLE,
  givenAdminPassword,
  promptPassword,
} from "../args/password_options.ts";
import type { Reach } from "../invites/share.ts";

/** A connection to a server that accepts this user as its owner. */
export interface OwnerClient {
  readonly requests: RequestClient;
  readonly reach: Reach | undefined;
}

/**
 * Connects as owner to the server of the data folder, or to the one at `address` with the admin
 * password, and runs `work`.
 */
export async function askAsOwner<T>(
  args: Arguments,
  address: string | undefined,
  work: (owner: OwnerClient) => Promise<T>,
): Promise<T> {
  const elsewhere = address === undefined ? undefined : await dialElsewhere(args, address);
  const { connection, reach } = elsewhere ?? await dialOwnServer(chooseFolder(args));
  using requests = new RequestClient(connection);
  if (elsewhere !== undefined) {
    await requests.ask({ type: "auth", password: elsewhere.password }, "authenticated");
  }
  return await work({ requests, reach });
}

interface Elsewhere {
  readonly connection: Connection;
  readonly reach: Reach | undefined;
  readonly password: string;
}

async function dialElsewhere(args: Arguments, text: string): Promise<Elsewhere> {
  const address = parseAddress(text);
  if (address.kind === "unix") {
    throw new Failure(
      EXIT.usage,
      "ADDRESS must be HOST:PORT: for a server on this machine, choose its folder with --data",
    );
  }
  const { dial, reach } = createDialer(planServer(args, { address, tls: false }, PLAN_CONTEXT), complain);
  const password = await adminPassword(args);
  const connection = await dialInTime(dial, systemClock, new AbortController().signal).catch((error: Error) => {
    const code = error instanceof Untrusted ? EXIT.untrusted : EXIT.cannotConnect;
    throw new Failure(code, error.message, { cause: error });
  });
  return { connection, password, reach: reach() };
}

async function adminPassword(args: Arguments): Promise<string> {
  const password = givenAdminPassword(args) ?? await promptPassword("Admin password:");
  if (password !== undefined) return password;
  const ways = `--${ADMIN_PASSWORD_OPTION.name} FILE or ${ADMIN_PASSWORD_VARIABLE}`;
  throw new Failure(EXIT.usage, `The admin password is missing: give it with ${ways}, or run this in a terminal`);
}
