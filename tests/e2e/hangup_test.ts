import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { makeCertificate, readCertificate, trusted } from "../../src/cli/hosting/certificate.ts";
import { dialTls } from "../../src/transports/tls.ts";
import { assertUntroubled, commandLine, HAS_TMUX, serve, type Served, WINDOWS } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { isInstalled, Program } from "../helpers/process.ts";
import { poll } from "../helpers/process_lines.ts";
import { Tmux } from "../helpers/tmux.ts";

const HAS_NOHUP = !WINDOWS && isInstalled("nohup", ["--version"], /coreutils/);
const HAS_SETSID = !WINDOWS && isInstalled("setsid", ["--version"], /util-linux/);

async function readWhen(path: string, includes: string): Promise<string> {
  let text = "";
  await poll(async () => {
    text = await Deno.readTextFile(path).catch(() => "");
    return text.includes(includes);
  }, () => `${includes} in ${path}:\n${text}`);
  return text;
}

/** The certificate that the server shows is this one. */
async function assertShows(server: Served, cert: string): Promise<void> {
  const connection = await dialTls(server.host, server.port, { trusted: trusted(readCertificate(cert))! });
  connection.close();
}

Deno.test({
  name: "a service that gets SIGHUP opens its log again and keeps its connections",
  ignore: WINDOWS,
  async fn() {
    const path = `${newFolder()}/serve.log`;
    await using server = await serve("--log-file", path);
    await using ada = await Peer.join(server.address, "ada");
    await readWhen(path, "connected");
    await Deno.rename(path, `${path}.1`);
    server.program.kill("SIGHUP");
    await readWhen(path, "reloaded");
    await ada.send({ type: "message", ref: "r", text: "still here" });
    await ada.next({ type: "ack", ref: "r" });
    await server.stop();
    const [before, after] = [await Deno.readTextFile(`${path}.1`), await Deno.readTextFile(path)];
    assert(before.includes("started") && !before.includes("reloaded"), before);
    assert(after.includes("drained") && !after.includes("started"), after);
  },
});

Deno.test({
  name: "a renewed certificate is used after SIGHUP, and a pair that does not match is reported and not used",
  ignore: WINDOWS,
  async fn() {
    const folder = newFolder();
    const [first, second, third] = await Promise.all([0, 1, 2].map(() => makeCertificate([], new Date())));
    const paths = { cert: `${folder}/cert.pem`, key: `${folder}/key.pem` };
    const write = async (cert: string, key: string) => {
      await Promise.all([Deno.writeTextFile(paths.cert, cert), Deno.writeTextFile(paths.key, key)]);
    };
    await write(first!.cert, first!.key);
    await using server = await serve("--cert", paths.cert, "--key", paths.key);
    await assertShows(server, first!.cert);
    await write(second!.cert, second!.key);
    server.program.kill("SIGHUP");
    assertStringIncludes(
      await server.program.stderr.next("certificate renewed"),
      readCertificate(second!.cert).fingerprint,
    );
    await assertShows(server, second!.cert);
    await write(third!.cert, second!.key);
    server.program.kill("SIGHUP");
    assertStringIncludes(await server.program.stderr.next("certificate not renewed"), "do not match");
    await assertShows(server, second!.cert);
    await server.stop();
  },
});

for (const [wrapper, exists] of [["nohup", HAS_NOHUP], ["setsid", HAS_SETSID]] as const) {
  Deno.test({
    name: `a server under ${wrapper} survives SIGHUP and ends at SIGTERM`,
    ignore: !exists,
    async fn() {
      const [command, ...args] = commandLine(["serve", "--memory", "--port", "0"]);
      await using program = new Program(wrapper, { args: [command, ...args] });
      await program.stdout.next("Listening on ");
      program.kill("SIGHUP");
      await program.stderr.next("reloaded");
      program.kill("SIGTERM");
      const { code, stderr } = await program.exit();
      assertEquals(code, 0, stderr);
      assertUntroubled(stderr);
    },
  });
}

Deno.test({
  name: "a server in a terminal says goodbye and ends when its window is closed, unless nohup protects it",
  ignore: !HAS_TMUX || !HAS_NOHUP,
  async fn() {
    const logs = newFolder();
    let pid = 0;
    {
      await using tmux = await Tmux.open(undefined, "serve");
      const options = `--memory --port 0 --log-file ${logs}`;
      await tmux.enter(`nohup confab serve ${options}/nohup.log >${logs}/out 2>&1 & echo pid $!`);
      pid = Number(/^pid (\d+)/m.exec(await tmux.until(/^pid \d+/m))![1]);
      await readWhen(`${logs}/nohup.log`, "started");
      await tmux.enter(`confab serve ${options}/window.log`);
      await readWhen(`${logs}/window.log`, "started");
    }
    await readWhen(`${logs}/window.log`, "drained");
    Deno.kill(pid, "SIGHUP");
    await readWhen(`${logs}/nohup.log`, "reloaded");
    Deno.kill(pid, "SIGTERM");
    await readWhen(`${logs}/nohup.log`, "drained");
  },
});
