import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Arguments } from "../../../src/cli/args/arguments.ts";
import { EXIT, Failure } from "../../../src/cli/args/exit_codes.ts";
import { runCluster, statusLines } from "../../../src/cli/cluster/cluster_command.ts";
import { type EngineOptions, openEngine } from "../../../src/cli/cluster/engine.ts";
import type { EnginePlan } from "../../../src/cli/args/cluster_options.ts";
import { listenTcp } from "../../../src/transports/tcp.ts";

const OPTIONS: EngineOptions = { cluster: "test", onTrouble: () => {} };

class Folder implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "confab-cluster-" });

  write(name: string, text: string): string {
    const path = `${this.path}/${name}`;
    Deno.writeTextFileSync(path, text, { mode: 0o600 });
    return path;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** The failure of `cluster` with these operands. */
async function failureOf(operands: readonly string[], keyFile?: string): Promise<[number, string]> {
  const options = new Map(keyFile === undefined ? [] : [["cluster-key-file", [keyFile]] as const]);
  const { code, message } = await assertRejects(() => runCluster(new Arguments(operands, options)), Failure);
  return [code, message];
}

Deno.test("wrong arguments of cluster are refused with what to write", async () => {
  using folder = new Folder();
  const key = folder.write("cluster.key", "A".repeat(43));
  const { path } = folder;
  assertEquals(await failureOf([]), [EXIT.usage, "Say what to do: key, status or remove"]);
  assertEquals(await failureOf(["stats"]), [EXIT.usage, 'Unknown action "stats": use key, status or remove']);
  assertEquals(await failureOf(["key", `${path}/no/k`]), [
    EXIT.cannotStore,
    `Cannot write the key to ${path}/no/k: its folder does not exist: make it first`,
  ]);
  assertEquals(await failureOf(["status"], `${path}/none`), [
    EXIT.usage,
    `Cannot read the key file ${path}/none: it does not exist; make it once with confab cluster key FILE, ` +
    "and copy it to all servers",
  ]);
  assertEquals(await failureOf(["status", "a b"], key), [
    EXIT.usage,
    'Invalid address "a b": the host is neither a name nor an IP address',
  ]);
});

Deno.test("cluster status says when nothing listens at the address, and does not speak of the key then", async () => {
  using folder = new Folder();
  const key = folder.write("cluster.key", "A".repeat(43));
  const listener = listenTcp("127.0.0.1", 0);
  const address = listener.address;
  listener.close();
  assertEquals(await failureOf(["status", address], key), [
    EXIT.cannotConnect,
    `No answer from ${address}: connection refused; check the address and that the server is running`,
  ]);
});

Deno.test("the lines of cluster status count one entry and several, and tell clocks that are wrong by seconds", () => {
  const server = { addresses: ["10.0.0.1:5050"], name: "a", version: "1", level: 1, unicode: "16.0", kept: 0 };
  const [first, second] = statusLines({
    ...{ incarnation: 1, isStalled: false, clockDifference: 0, index: 9, skipped: 0, time: 0, level: 1, delay: 1 },
    ...{ queuedBytes: 0, position: 12, kept: 8 },
    servers: [
      { ...server, incarnation: 1, isSelf: true, trims: true, lag: 1, delay: 5.4, ahead: 0 },
      { ...server, incarnation: 2, isSelf: false, trims: false, lag: 2, delay: 6, ahead: -2_400 },
    ],
  });
  assertEquals(first, "1  10.0.0.1:5050  a  1  1 entry behind, 5 ms to apply, clock right  (asked, trims the log)");
  assertEquals(second, "2  10.0.0.1:5050  a  1  2 entries behind, 6 ms to apply, clock 2 s behind");
});

Deno.test("files for TLS with etcd that hold no certificate or key are refused at the start", () => {
  using folder = new Folder();
  const garbage = folder.write("garbage.pem", "garbage");
  const broken = folder.write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  const key = folder.write("key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
  const none = { ca: undefined, cert: undefined, certKey: undefined, loginFile: undefined };
  const refusal = (files: Partial<EnginePlan>) =>
    assertThrows(() => openEngine({ endpoints: [], ...none, ...files }, OPTIONS), Failure);
  assertEquals(refusal({ ca: garbage }).message, "The file of --cluster-ca has no certificate: give a file in PEM");
  assertEquals(refusal({ cert: garbage, certKey: key }).code, EXIT.usage);
  assertEquals(
    refusal({ cert: broken, certKey: broken }).message,
    "The file of --cluster-cert-key has no private key: give a file in PEM",
  );
  assertEquals(refusal({ cert: broken, certKey: key }).code, EXIT.usage);
});
