import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { openCertificate } from "../../../src/cli/hosting/server_certificate.ts";
import { DeviceKey } from "../../../src/cli/hosts/device_key.ts";
import { type StandbyBounds, type StandbyHost, StandbyListener } from "../../../src/cli/hosts/standby_listener.ts";
import { dialHost } from "../../../src/cli/joining/tls_dialer.ts";
import { isGenuineView } from "../../../src/identity/host_signature.ts";
import { createVerifier } from "../../../src/identity/key_choice.ts";
import { parseEndpoint } from "../../../src/protocol/address/endpoint.ts";
import { parseAnswer } from "../../../src/protocol/hosts/candidate_answer.ts";
import { MAX_STANDBY_PER_ADDRESS } from "../../../src/protocol/limits.ts";

const NONCE = "A".repeat(22);
const certificate = (await openCertificate({ kind: "own" }, [], undefined))!;
const BOB: StandbyHost = { name: "bob", address: "192.0.2.7:5050" };

function standby(host: () => StandbyHost | undefined = () => BOB, bounds?: StandbyBounds) {
  const [device, chat] = [DeviceKey.make(), { chat: "c-1", chatKey: DeviceKey.make().key }];
  const view = { key: device.key, term: 3, hosts: false, mayHost: true, progress: { term: 3, entries: 7 } };
  const listener = new StandbyListener({
    ...{ ...chat, certificate, hostname: "127.0.0.1", port: 0, host, ...bounds !== undefined && { bounds } },
    ...{ view: () => view, sign: (text: string) => device.sign(text) },
  });
  return { listener, chat, view };
}

/** Sends bytes, and returns all that comes back until the port closes the connection. */
async function exchange({ address }: StandbyListener, bytes: string): Promise<string> {
  const { connection, fingerprint } = await dialHost(parseEndpoint(address));
  assertEquals(fingerprint, certificate.fingerprint);
  const { bytes: stream } = connection;
  await connection.write(new TextEncoder().encode(bytes));
  const decoder = new TextDecoder();
  let text = "";
  const buffer = new Uint8Array(64 * 1024);
  for (let count; (count = await stream.read(buffer)) !== null;) {
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  connection.close();
  return text;
}

Deno.test("a candidate answers a question with its signed view, for this certificate", async () => {
  const { listener, chat, view } = standby();
  await using _ = listener;
  const answer = parseAnswer(await exchange(listener, `{"type":"ask","nonce":"${NONCE}"}\n`));
  const { key, term, hosts, mayHost, progress } = answer;
  assertEquals({ key, term, hosts, mayHost, progress }, view);
  const context = { ...chat, nonce: NONCE, tls: certificate.fingerprint };
  assert(await isGenuineView(answer, context, createVerifier()));
  assertEquals(await isGenuineView(answer, { ...context, nonce: "B".repeat(22) }, createVerifier()), false);
});

Deno.test("whoever wants to join learns who hosts, as a program, as a person and as a browser", async () => {
  const { listener } = standby();
  await using _ = listener;
  const sentence = 'This program does not host the chat now: "bob" does, at 192.0.2.7:5050';
  const ping = JSON.parse(await exchange(listener, '{"type":"ping"}\n{"type":"ping"}\n'));
  assertEquals(ping, { type: "error", code: "shutting_down", message: sentence });
  assertEquals(JSON.parse(await exchange(listener, `{"type":"ask","nonce":"short"}\n`)), ping);
  assertEquals(await exchange(listener, "hello\n"), `${sentence}\n`);
  const response = await exchange(listener, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  assertStringIncludes(response, "HTTP/1.1 503 Service Unavailable\r\n");
  assert(response.endsWith(`\r\n\r\n${sentence}\n`));
  const head = await exchange(listener, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  assert(head.endsWith("\r\n\r\n"));
});

Deno.test("while nobody hosts, a candidate says so", async () => {
  const { listener } = standby(() => undefined);
  await using _ = listener;
  assertEquals(await exchange(listener, "hello\n"), "This chat has no host now: try again in some seconds\n");
});

Deno.test("a line without an end, or of bytes that are no text, gets the line of the error and no more", async () => {
  const { listener } = standby();
  await using _ = listener;
  assertStringIncludes(await exchange(listener, "{".padEnd(70_000, "x")), '"code":"shutting_down"');
  assertStringIncludes(await exchange(listener, "\u0000\u0001\n"), "does not host");
});

for (
  const [of, bounds, most] of [
    ["of one address", undefined, MAX_STANDBY_PER_ADDRESS],
    ["of all together", { connections: 3, perAddress: 9, patienceMs: 60_000 }, 3],
  ] as const
) {
  Deno.test(`a connection beyond the limit ${of} gets no answer, and one that ends makes room`, async () => {
    const { listener } = standby(undefined, bounds);
    await using _ = listener;
    const { host: hostname, port } = parseEndpoint(listener.address);
    const silent = [];
    for (let n = 0; n < most; n++) silent.push(await Deno.connect({ hostname, port }));
    await until(() => listener.size === most);
    assertEquals(await exchange(listener, "hello\n").catch(() => ""), "");
    assertEquals(listener.size, most);
    for (const conn of silent) conn.close();
    await until(() => listener.size === 0);
    assertStringIncludes(await exchange(listener, "hello\n"), "does not host");
  });
}

Deno.test("a connection that does not ask in time is closed", async () => {
  const { listener } = standby(undefined, { connections: 9, perAddress: 9, patienceMs: 400 });
  await using _ = listener;
  assertEquals(await exchange(listener, '{"type":"ask"'), "");
  await until(() => listener.size === 0);
});

Deno.test("closing the port ends its connections and frees the port", async () => {
  const { listener } = standby();
  const { host: hostname, port } = parseEndpoint(listener.address);
  const { connection } = await dialHost({ host: hostname, port });
  using _silent = await Deno.connect({ hostname, port });
  await until(() => listener.size === 2);
  await listener[Symbol.asyncDispose]();
  assertEquals(listener.size, 0);
  assertEquals(await connection.bytes.read(new Uint8Array(1)).catch(() => null), null);
  connection.close();
  Deno.listen({ hostname, port }).close();
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve));
}
