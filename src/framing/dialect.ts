import { ProtocolError } from "../protocol/errors.ts";

/** The protocol of a connection, told from its first line. */
export type Dialect = "json" | "http" | "plain";

/** The end of a request line, whatever its method and version. The version names the protocol: RTSP and SIP have such lines, too. */
const HTTP_VERSION = /(^|\s)HTTP\/\S*$/i;

/** `first` is the first line, or all of a head that begins with it. A byte order mark and blanks before it mean nothing. */
export function detectDialect(first: string): Dialect {
  const [line] = first.trim().split("\n", 1);
  // Checked first: a browser lets a page choose the method, and nothing that begins like a request is to be obeyed.
  if (HTTP_VERSION.test(line!.trimEnd())) return "http";
  return line!.startsWith("{") ? "json" : "plain";
}

/** The line without the byte order mark that some programs begin with. */
export function withoutMark(line: string): string {
  return line.startsWith("\ufeff") ? line.slice(1) : line;
}

interface OtherProtocol {
  readonly name: string;
  readonly begins: RegExp;
}

/**
 * Lines that programs of other protocols send, none of them a possible name. A web site can make a browser connect to this
 * port, and mail servers, printers and FTP servers can be told to do so: what they send must not be taken for chat.
 */
const OTHER_PROTOCOLS: readonly OtherProtocol[] = [
  // RFC 9112, RFC 7826 and RFC 3261 share the forms of request lines, status lines and headers.
  { name: "RTSP", begins: /^RTSP\/\d|\sRTSP\/\S*$/i },
  { name: "SIP", begins: /^SIP\/\d|\sSIP\/\S*$/i },
  { name: "HTTP", begins: /^HTTP\/|\sHTTP\/\S*$/i },
  { name: "HTTP", begins: /^[!#$%&'*+.^`|~\w-]+\s+(\/|\*$|https?:)/i },
  { name: "HTTP", begins: /^(GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH)\s/ },
  { name: "SMTP", begins: /^(EHLO|HELO|LHLO)\s|^(MAIL FROM|RCPT TO):/i },
  { name: "HTTP or another protocol with headers", begins: /^[!#$%&'*+.^`|~\w-]+:/ },
  { name: "FTP, POP3 or IRC", begins: /^(USER|PASS)\s/i },
  { name: "FTP", begins: /^(ACCT|PORT|EPRT|RETR|STOR)\s/i },
  { name: "IRC", begins: /^(NICK|CAP)\s/i },
  { name: "IMAP", begins: /^[A-Z]{1,8}\d+ [A-Z]{2}/ },
  { name: "DICT", begins: /^CLIENT\s/i },
  { name: "the PROXY protocol", begins: /^PROXY\s/ },
  { name: "SSH", begins: /^SSH-\d/i },
  { name: "Redis", begins: /^\*\d+$/ },
  { name: "XML or HTML", begins: /^</ },
  { name: "a print job", begins: /^(%!|@PJL\b)/i },
];

/** Sequences that reset a printer (PJL, PCL, ESC/P). The arrow keys of a terminal send others, and the name is asked for again. */
const PRINTER_RESETS = ["\x1b%", "\x1bE", "\x1b@"];
const BACKSPACE = "\b";
const ESCAPE = "\x1b";

/** Throws `bad_frame`, which ends the connection, for a line where a name is expected that no person types. */
export function refuseOtherProtocols(line: string): void {
  const name = protocolOf(line);
  if (name === undefined) return;
  throw new ProtocolError("bad_frame", `This looks like ${name}, not like a name: connect again and send a name first`);
}

function protocolOf(line: string): string | undefined {
  if (PRINTER_RESETS.some((reset) => line.includes(reset))) return "a print job";
  // NUL at the end comes from telnet, after a carriage return: RFC 854.
  const text = line.replaceAll("\0", "").trim();
  if (line.startsWith("\0") || !line.trimStart().startsWith(text) || hasControls(text)) return "a binary protocol";
  return OTHER_PROTOCOLS.find(({ begins }) => begins.test(text))?.name;
}

/** C0 without what keys of a terminal send. */
function hasControls(text: string): boolean {
  for (const char of text) {
    if (char < " " && char !== "\t" && char !== BACKSPACE && char !== ESCAPE) return true;
  }
  return false;
}
