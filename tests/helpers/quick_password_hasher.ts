/** Takes the place of `src/server/turn/password_hasher.ts` in a program that hashes passwords 32 times as fast. */

import { PasswordHasher as RealHasher } from "../../src/server/turn/password_hasher.ts";

/** Binary logarithm of the cost. */
const COST = 12;

export class PasswordHasher extends RealHasher {
  constructor(...[done, log]: ConstructorParameters<typeof RealHasher>) {
    super(done, log, COST);
  }
}
