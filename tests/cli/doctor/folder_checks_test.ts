import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { readArguments } from "../../../src/cli/args/arguments.ts";
import { EXIT } from "../../../src/cli/args/exit_codes.ts";
import { DOCTOR } from "../../../src/cli/commands/doctor.ts";
import { checkDatabase, checkDisk, checkFolder } from "../../../src/cli/doctor/folder_checks.ts";
import { type NamedFinding, perform } from "../../../src/cli/doctor/check_result.ts";
import { hostChecks } from "../../../src/cli/doctor/machine_examination.ts";
import { newestWrite, probeFolder, readDiskSpace } from "../../../src/cli/doctor/system_tools.ts";
import { makeCertificate } from "../../../src/cli/hosting/certificate.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";

const GIBIBYTE = 1024 ** 3;
const NEVER = new AbortController().signal;

/** Performs one check of `doctor` with these arguments. */
async function findingOf(name: string, ...args: string[]): Promise<NamedFinding> {
  const check = hostChecks(readArguments(args, DOCTOR, () => undefined)).find((candidate) => candidate.name === name)!;
  return await perform(check, NEVER);
}

Deno.test("a folder is fine if it can be written or created, and others that can change it are a warning", () => {
  const probe = { folder: "/data", existing: "/data", syncMs: 1, open: false };
  assertEquals(checkFolder(probe).verdict, "ok");
  assertStringIncludes(checkFolder({ ...probe, existing: "/", open: true }).found, "can be created");
  assertEquals(checkFolder({ ...probe, open: true }).next, "chmod go-w /data");
});

Deno.test("little space, a slow sync and a network drive are warnings, and a full disk fails", () => {
  const local = { freeBytes: 20 * GIBIBYTE, isNetworkDrive: false };
  assertEquals(checkDisk(local, 0.4).found, "20.0 GiB free, and a sync takes 1 ms");
  for (
    const [space, syncMs] of [
      [{ ...local, freeBytes: GIBIBYTE / 2 }, 1],
      [{ ...local, isNetworkDrive: true }, 1],
      [local, 150],
    ] as const
  ) assertEquals(checkDisk(space, syncMs).verdict, "warning");
  const full = checkDisk({ ...local, freeBytes: 1024 }, 1);
  assertEquals([full.verdict, "code" in full && full.code], ["failed", EXIT.cannotStore]);
});

Deno.test("the number of rooms, and a running server, are part of the history's finding", () => {
  assertEquals(checkDatabase({ rooms: undefined, isServed: false }).found, "There is no history yet");
  assertEquals(
    checkDatabase({ rooms: 1, isServed: true }).found,
    "The history opens, with 1 room, and a server runs on it",
  );
});

Deno.test("a probe leaves no file behind, and creates no folder", async () => {
  using temporary = temporaryFolder();
  const { existing, syncMs } = await probeFolder(`${temporary.path}/a/b`);
  assert(temporary.path.endsWith(existing.split(/[/\\]/).at(-1)!), existing);
  assert(syncMs >= 0);
  assertEquals([...Deno.readDirSync(temporary.path)], []);
  assert((await readDiskSpace(`${temporary.path}/a`)).freeBytes > 0);
});

Deno.test("a folder that is a file is refused", async () => {
  using temporary = temporaryFolder();
  await Deno.writeTextFile(`${temporary.path}/file`, "");
  await assertRejects(() => probeFolder(`${temporary.path}/file`));
  const finding = await findingOf("Data folder", "--data", `${temporary.path}/file`);
  assertEquals([finding.verdict, "code" in finding && finding.code], ["failed", EXIT.cannotStore]);
});

Deno.test("the newest write is that of the history or of its log", async () => {
  using temporary = temporaryFolder();
  assertEquals(newestWrite(temporary.path), undefined);
  for (const [name, at] of [["confab.db", 1_000], ["confab.db-wal", 2_000]] as const) {
    await Deno.writeTextFile(`${temporary.path}/${name}`, "");
    await Deno.utime(`${temporary.path}/${name}`, new Date(at), new Date(at));
  }
  assertEquals(newestWrite(temporary.path), 2_000);
});

Deno.test("a missing history is fine, and a damaged one fails with what to do", async () => {
  using temporary = temporaryFolder();
  assertEquals((await findingOf("History", "--data", temporary.path)).verdict, "ok");
  await Deno.writeTextFile(`${temporary.path}/confab.db`, "not a database ".repeat(100));
  const finding = await findingOf("History", "--data", temporary.path);
  assertEquals([finding.verdict, "code" in finding && finding.code], ["failed", EXIT.cannotStore]);
  assertStringIncludes(finding.found, "put a backup in its place");
});

Deno.test("a missing certificate is fine and is not created, a valid one is fine, and a damaged one fails", async () => {
  using temporary = temporaryFolder();
  const { path } = temporary;
  assertEquals((await findingOf("Certificate", "--data", path)).verdict, "ok");
  assertEquals([...Deno.readDirSync(path)], []);
  const { cert, key } = await makeCertificate([], new Date());
  await Deno.writeTextFile(`${path}/cert.pem`, cert);
  await Deno.writeTextFile(`${path}/key.pem`, key);
  assertStringIncludes((await findingOf("Certificate", "--data", path)).found, "Valid until ");
  const files = ["--cert", `${path}/cert.pem`, "--key", `${path}/key.pem`];
  assertEquals((await findingOf("Certificate", "--data", path, ...files)).verdict, "ok");
  await Deno.writeTextFile(`${path}/key.pem`, (await makeCertificate([], new Date())).key);
  const finding = await findingOf("Certificate", "--data", path);
  assertEquals([finding.verdict, "code" in finding && finding.code], ["failed", EXIT.cannotStore]);
  assertStringIncludes(finding.found, "do not match");
});
