/**
 * - `unreachable`: no answer, or none of use. Another endpoint may give one.
 * - `busy`: no leader, or too slow. It passes by itself.
 * - `full`: the database has reached its quota. Reads go on, and writes after an operator has acted.
 * - `expired`: the token of the login is not valid any more.
 * - `foreign`: the endpoint belongs to another etcd than the one that answered first, or was set up anew.
 * - `compacted`: what was asked for is no longer kept.
 * - `tooLarge`: the answer is longer than the caller takes.
 * - `oversized`: etcd does not take so large a request.
 * - `open`: etcd has no logins.
 * - `refused`: user, password or permission are wrong, or this is not etcd.
 */
export type EtcdFaultKind =
  | "unreachable"
  | "busy"
  | "full"
  | "expired"
  | "foreign"
  | "compacted"
  | "tooLarge"
  | "oversized"
  | "open"
  | "refused";

/** One request to one endpoint failed. `message` is one sentence for the operator: what happened, and what to do. */
export class EtcdFault extends Error {
  override readonly name = "EtcdFault";
  readonly kind: EtcdFaultKind;

  constructor(kind: EtcdFaultKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

interface Rule {
  /** A code of gRPC, or words of the message. */
  readonly matches: number | RegExp;
  readonly kind: EtcdFaultKind;
  readonly say: (endpoint: string, message: string) => string;
}

const NO_LEADER = (endpoint: string) =>
  `etcd at ${endpoint} has no leader: more than half of its machines must run and reach each other`;

/** The first rule that matches counts. etcd's own words come before codes, which several errors share. */
const RULES: readonly Rule[] = [
  {
    matches: /database space exceeded/,
    kind: "full",
    say: () =>
      "The database of etcd is full (NOSPACE): raise etcd's --quota-backend-bytes, or free space with " +
      "etcdctl defrag, then run etcdctl alarm disarm",
  },
  {
    matches: /corrupt/i,
    kind: "busy",
    say: (endpoint) =>
      `etcd at ${endpoint} reports that its data is corrupt: replace the machine that etcdctl alarm list names`,
  },
  {
    matches: /invalid auth token|auth token is not provided|revision of auth store/,
    kind: "expired",
    say: (endpoint) => `etcd at ${endpoint} does not accept the login any more`,
  },
  {
    matches: /user name is empty/,
    kind: "refused",
    say: (endpoint) => `etcd at ${endpoint} requires a login: name a user of etcd and a file with the password`,
  },
  {
    matches: /authentication failed|user name not found/,
    kind: "refused",
    say: (endpoint) => `etcd at ${endpoint} refuses the user or the password: check both`,
  },
  {
    matches: /permission denied/,
    kind: "refused",
    say: (endpoint) =>
      `etcd at ${endpoint} gives the user no access: run etcdctl role grant-permission ROLE readwrite --prefix /confab/`,
  },
  {
    matches: /request is too large|message larger than max/,
    kind: "oversized",
    say: (endpoint) =>
      `etcd at ${endpoint} takes only small entries: its --max-request-bytes must be at least 1572864, the default`,
  },
  { matches: /authentication is not enabled/, kind: "open", say: said },
  { matches: /has been compacted|future revision/, kind: "compacted", say: said },
  { matches: /no leader|leader changed|leader failure|proposal dropped/, kind: "busy", say: NO_LEADER },
  { matches: /too many requests|timed out/, kind: "busy", say: (endpoint) => `etcd at ${endpoint} is overloaded` },
  { matches: 16, kind: "expired", say: said },
  { matches: 7, kind: "refused", say: said },
  { matches: 12, kind: "refused", say: notEtcd },
];

/** The plain text of the gateway, which would take the name for that of the user. */
const COMMON_NAME = /^CommonName of client/;

/** `message` and `code` come from the body of an error, which is text if it is not JSON. */
export function faultOfAnswer(endpoint: string, status: number, body: unknown): EtcdFault {
  const { message, code } = errorOf(body);
  if (message === undefined) {
    if (status === 404) return new EtcdFault("refused", notEtcd(endpoint));
    if (typeof body === "string" && COMMON_NAME.test(body)) return new EtcdFault("refused", namedCertificate(endpoint));
    if (status === 400) {
      return new EtcdFault("refused", `${endpoint} answers with HTTP status 400: check whether etcd uses TLS there`);
    }
    return new EtcdFault("unreachable", `etcd at ${endpoint} answers with HTTP status ${status}`);
  }
  const rule = RULES.find(({ matches }) => typeof matches === "number" ? matches === code : matches.test(message));
  const words = printable(message);
  return rule === undefined
    ? new EtcdFault("unreachable", said(endpoint, words))
    : new EtcdFault(rule.kind, rule.say(endpoint, words));
}

/** `reason` is what `fetch`, or the reading of a body, threw. */
export function faultOfConnection(endpoint: string, reason: unknown): EtcdFault {
  const chain = [reason, reason instanceof Error ? reason.cause : undefined];
  const words = chain.flatMap((error) => error instanceof Error ? [error.message] : []).join(": ");
  const say = (text: string, kind: EtcdFaultKind = "unreachable") => new EtcdFault(kind, text, { cause: reason });
  if (/refused/i.test(words)) {
    return say(`Connection refused by ${endpoint}: check the address and that etcd is running`);
  }
  if (/dns error|failed to lookup/i.test(words)) return say(`Unknown host in ${endpoint}: check the spelling`);
  if (/peer certificate/i.test(words)) {
    const detail = (/peer certificate: *([\w ]+)/i.exec(words)?.[1] ?? "invalid").trim();
    return say(
      `The certificate of etcd at ${endpoint} is not trusted (${detail}): name the certificate of its CA`,
      "refused",
    );
  }
  if (/fatal alert/i.test(words)) {
    return say(
      `etcd at ${endpoint} refuses the client certificate, or lacks one: name a certificate that its CA has signed`,
      "refused",
    );
  }
  if (/\btls\b|corrupt message/i.test(words)) {
    return say(`TLS with etcd at ${endpoint} fails: check whether etcd uses TLS there`, "refused");
  }
  return say(`The connection to etcd at ${endpoint} broke: check etcd, and whether it uses TLS there`);
}

export function slowFault(endpoint: string, ms: number): EtcdFault {
  return new EtcdFault("busy", `etcd at ${endpoint} does not answer within ${ms / 1000} s: check it and the network`);
}

/** The answer has not the form that etcd's answers have. */
export function malformedFault(endpoint: string, options?: ErrorOptions): EtcdFault {
  return new EtcdFault("unreachable", `${endpoint} gives answers that etcd would not give: check the address`, options);
}

function said(endpoint: string, message: string): string {
  return `etcd at ${endpoint} answers: ${message}`;
}

function namedCertificate(endpoint: string): string {
  return `etcd at ${endpoint} has users, and then takes only a client certificate without a common name (CN): make one`;
}

function notEtcd(endpoint: string): string {
  return `${endpoint} is not etcd 3.4 or later, or its gRPC gateway is off: check the address and --enable-grpc-gateway`;
}

/** Reads `{ error, message, code }`, and `{ error: { message, grpc_code } }` of a stream. */
function errorOf(body: unknown): { message: string | undefined; code: number | undefined } {
  const outer = isRecord(body) ? body : {};
  const inner = isRecord(outer.error) ? outer.error : outer;
  const message = [inner.message, inner.error].find((value) => typeof value === "string");
  const code = [inner.code, inner.grpc_code].find((value) => typeof value === "number");
  return { message: message as string | undefined, code: code as number | undefined };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** At most 200 characters, without control characters: the words of etcd reach a terminal. */
function printable(message: string): string {
  return message.replaceAll(/\p{Cc}+/gu, " ").slice(0, 200);
}
