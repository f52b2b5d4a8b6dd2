/** How clients of each kind of server join a room and send a message. */

export type Mode = "jsonl" | "websocket" | "nats" | "redis" | "irc" | "raw";

export interface Client {
  /** Index among all connections, receivers first. */
  readonly number: number;
  readonly sends: boolean;
  readonly receives: boolean;
  /** The address to connect to, such as 127.0.0.2; 127.0.0.1 by default. */
  readonly hostname?: string;
}

/** The meaning of a server's line before the join: the join is complete, or a reply is due. */
export type Step = { readonly joined: true } | { readonly answer: string } | undefined;

export interface Dialect {
  /** The first bytes to send, one per character. A client without any, and without a step, has joined once it is connected. */
  readonly hello: (client: Client) => string;
  readonly waits: boolean;
  /** True if the server does not send lines: a step then sees all bytes since the last line end. */
  readonly unlined?: true;
  readonly step: (line: string) => Step;
  /** The bytes that send this text, with the terminator. */
  readonly message: (text: string, client: Client) => string;
  /** Sent by all now and then, for servers that close silent connections. */
  readonly alive?: string;
}

export interface DialectOptions {
  readonly room: string;
  readonly join: string;
  readonly msg: string;
  readonly expect: string;
}

const JOINED: Step = { joined: true };
const DIALECTS: Readonly<Record<Mode, (options: DialectOptions) => Dialect>> = {
  jsonl,
  websocket,
  nats,
  redis,
  irc,
  raw,
};

export function isMode(word: string): word is Mode {
  return word in DIALECTS;
}

export function dialectOf(mode: Mode, options: DialectOptions): Dialect {
  return DIALECTS[mode](options);
}

function jsonl({ room, join, msg, expect }: DialectOptions): Dialect {
  const fill = (template: string, text: string, { number }: Client) =>
    `${template.replaceAll("%d", String(number)).replace("%s", text)}\n`;
  return {
    hello: (client) => fill(join, room, client),
    waits: true,
    step: (line) => line.includes(expect) ? JOINED : undefined,
    message: (text, client) => fill(msg, text, client),
    alive: '{"type":"pong"}\n',
  };
}

const UPGRADE = [
  "GET /ws HTTP/1.1",
  "Host: 127.0.0.1",
  "Origin: http://127.0.0.1",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "",
  "",
].join("\r\n");

/** The same dialect in frames of RFC 6455. A mask of zeros leaves the text unchanged. */
function websocket(options: DialectOptions): Dialect {
  const { hello, step, message } = jsonl(options);
  const frame = (line: string) => {
    const { length } = line.trimEnd();
    const size = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 0xff];
    return String.fromCharCode(0x81, ...size, 0, 0, 0, 0) + line.trimEnd();
  };
  return {
    hello: (client) => UPGRADE + frame(hello(client)),
    waits: true,
    unlined: true,
    step,
    message: (text, client) => frame(message(text, client)),
    alive: frame('{"type":"pong"}'),
  };
}

function raw({ expect }: DialectOptions): Dialect {
  return {
    hello: () => "",
    waits: expect !== "",
    step: (line) => line.includes(expect) ? JOINED : undefined,
    message: (text) => `${text}\n`,
  };
}

/** https://docs.nats.io/reference/reference-protocols/nats-protocol */
function nats({ room }: DialectOptions): Dialect {
  const connect = 'CONNECT {"verbose":false,"pedantic":false,"lang":"deno","version":"1"}\r\n';
  return {
    hello: ({ receives }) => `${connect}${receives ? `SUB ${room} 1\r\n` : ""}PING\r\n`,
    waits: true,
    step: (line) => line.startsWith("PONG") ? JOINED : line.startsWith("PING") ? { answer: "PONG\r\n" } : undefined,
    message: (text) => `PUB ${room} ${text.length}\r\n${text}\r\n`,
  };
}

/** https://redis.io/docs/latest/develop/reference/protocol-spec/ */
function redis({ room }: DialectOptions): Dialect {
  const command = (...words: string[]) =>
    `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`;
  return {
    hello: ({ receives }) => receives ? command("SUBSCRIBE", room) : command("PING"),
    waits: true,
    step: (line) => line.startsWith("+PONG") || line.startsWith("subscribe") ? JOINED : undefined,
    message: (text) => command("PUBLISH", room, text),
  };
}

/** RFC 2812: 001 welcomes, 366 ends the list of names that follows a JOIN. */
function irc({ room }: DialectOptions): Dialect {
  return {
    hello: ({ number }) => `NICK u${number}\r\nUSER u${number} 0 * :load\r\n`,
    waits: true,
    step: (line) => {
      if (line.startsWith("PING")) return { answer: `PONG${line.slice("PING".length)}\r\n` };
      const [, code] = line.split(" ", 2);
      if (code === "001") return { answer: `JOIN #${room}\r\n` };
      return code === "366" ? JOINED : undefined;
    },
    message: (text) => `PRIVMSG #${room} :${text}\r\n`,
  };
}
