import { assertEquals, assertMatch } from "@std/assert";
import { runConfab, serve } from "../helpers/e2e.ts";
import { Cluster } from "../helpers/e2e_cluster.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { HAS_ETCD } from "../helpers/etcd.ts";
import { smallDisk } from "../helpers/small_disk.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

const MB = 1024 * 1024;

Deno.test("a disk that a file would fill refuses the rest of it, the chat goes on, and the file as well once there is space", async () => {
  using folder = temporaryFolder();
  using disk = smallDisk(folder.path, "size=80m");
  if (disk === undefined) return;
  await using server = await serve("--data", folder.path, "--files-total", "1GB");
  await using ada = await Peer.join(server.address, "ada");
  const size = 90 * MB;
  await ada.send({ type: "offer", room: "lobby", name: "big.bin", size, ref: "1" });
  const { path, token } = await ada.next({ type: "slot" });
  const url = `http://${server.address}${path}`;
  const headers = { Authorization: `Bearer ${token}` };
  const bytes = new Uint8Array(size);
  // A busy machine may connect, and take longer to copy these bytes than the server waits for a browser's first byte.
  await fetch(url, { method: "HEAD", headers });
  const full = await fetch(url, { method: "PUT", headers, body: bytes });
  assertEquals([full.status, (await full.text()).length > 0], [507, true]);
  for (let index = 0; index < 20; index++) {
    await ada.send({ type: "message", room: "lobby", text: "x".repeat(8_000), ref: `m${index}` });
    await ada.next({ type: "ack", ref: `m${index}` });
  }
  const head = await fetch(url, { method: "HEAD", headers });
  const offset = Number(head.headers.get("upload-offset"));
  await new Deno.Command("mount", { args: ["-o", "remount,size=400m", folder.path] }).output();
  const rest = await fetch(url, {
    method: "PATCH",
    headers: {
      ...headers,
      ...{ "Content-Type": "application/partial-upload", "Upload-Offset": `${offset}`, "Upload-Complete": "?1" },
    },
    body: bytes.subarray(offset),
  });
  assertEquals([rest.status, (await rest.json()).size], [201, size]);
  ada.close();
  server.program.kill("SIGTERM");
  const { code, stderr } = await server.program.exit();
  const errors = stderr.split("\n").filter((line) => line.includes("error"));
  assertEquals([code, errors.length], [0, 1]);
  assertMatch(
    errors[0]!,
    /store failed error="Less than 64 MB of the disk are free, which the chat needs: free some space"$/,
  );
});

Deno.test({
  name:
    "a server of a cluster whose disk is full says so and ends with 7, and has all that was acknowledged once there is space",
  ignore: !HAS_ETCD,
  async fn() {
    using folder = temporaryFolder();
    using disk = smallDisk(folder.path, "size=80m");
    if (disk === undefined) return;
    await using cluster = await Cluster.start();
    const other = await cluster.serve();
    const server = await cluster.serve("--data", folder.path);
    await using ada = await Peer.join(server.address, "ada");
    disk.fill();
    await ada.send({ type: "message", room: "lobby", text: "on a full disk", ref: "1" });
    await ada.next({ type: "ack", ref: "1" });
    // It writes its checkpoint at its end.
    server.program.kill("SIGTERM");
    const { code, stderr } = await server.program.exit();
    const last = stderr.trimEnd().split("\n").at(-1)!;
    assertEquals([code, stderr.includes("internal error")], [7, false], stderr);
    assertMatch(last, /the disk is full; free some space and try again$/);
    disk.free();
    const again = await cluster.serve("--data", folder.path);
    for (const each of [again, other]) await each.stop();
    const [one, two] = await Promise.all([again, other].map((each) => runConfab(["export", "--data", each.folder])));
    assertMatch(one!.stdout, /"text":"on a full disk"/);
    assertEquals(one!.stdout, two!.stdout);
  },
});
