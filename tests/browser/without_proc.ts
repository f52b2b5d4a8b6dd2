/**
 * To be imported before playwright-core, which looks in `/proc/sys` for Windows around it: Deno keeps that from whoever has
 * not all rights, and tests have none that they do not need.
 */

import fs from "node:fs";

const { existsSync } = fs;
fs.existsSync = (path) => !String(path).startsWith("/proc/") && existsSync(path);
