/** Schemas of keys and signatures in commands. They are apart from other fields, since the page needs no checks of commands. */

import * as v from "valibot";
import { publicKeyBytes, signatureBytes } from "../identity/public_key.ts";

export const key = v.pipe(
  v.string(),
  v.check(
    (text) => publicKeyBytes(text) !== undefined,
    "is not an Ed25519 key: expected 43 characters of base64url, and no key of small order",
  ),
);
export const signature = v.pipe(
  v.string(),
  v.check((text) => signatureBytes(text) !== undefined, "is not a signature: expected 86 characters of base64url"),
);
