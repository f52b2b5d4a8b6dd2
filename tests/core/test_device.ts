/** A device with a key. The server has checked that it holds the key of its joins and claims. */

import { Buffer } from "node:buffer";
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { type DeviceStatement, deviceText } from "../../src/protocol/identity/signed_text.ts";

/** The bytes before the 32 bytes of an Ed25519 key in PKCS #8. RFC 8410, section 7. */
const PKCS8 = "302e020100300506032b657004220420";

export class TestDevice {
  readonly key: string;
  readonly #secret: KeyObject;

  constructor(secret: KeyObject = generateKeyPairSync("ed25519").privateKey) {
    this.#secret = secret;
    this.key = createPublicKey(secret).export({ format: "jwk" }).x!;
  }

  /** The same device for each number. */
  static numbered(number: number): TestDevice {
    const hex = PKCS8 + number.toString(16).padStart(64, "0");
    return new TestDevice(createPrivateKey({ key: Buffer.from(hex, "hex"), format: "der", type: "pkcs8" }));
  }

  /** A statement with its signature, as fields of a command. */
  states(fields: Partial<DeviceStatement> & Pick<DeviceStatement, "member" | "key">): object {
    const add = fields.action === "revoke" ? {} : { kind: "page", name: "Firefox on Android" };
    const statement = {
      action: "add" as const,
      number: 1,
      time: "2026-01-02T03:04:05.678Z",
      by: this.key,
      ...add,
      ...fields,
    };
    const text = deviceText({ ...statement, chat: "s-1" });
    return { statement, signature: sign(null, new TextEncoder().encode(text), this.#secret).toString("base64url") };
  }
}
