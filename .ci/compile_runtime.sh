#!/usr/bin/env bash
# Provides a Deno with which `deno compile` works offline, for Linux x64 with glibc. Its argument names the platform of the
# executables, by default linux-x64; linux-arm64 has a runtime, too.
#
# `deno compile` appends the program to a runtime that it downloads. A machine that reaches only npm cannot download it.
# Every executable that `deno compile` made begins with that runtime, and Deno uses the file in DENORT_BIN instead of
# downloading if both have the same version. This script installs from npm, once, into a cache folder:
# - Deno 2.7.11, which is also the oldest version that Confab supports
# - an executable that was compiled with that version (a command-line tool that is published on npm)
#
# Prints two assignments for the shell, COMPILE_DENO and DENORT_BIN. Exits 1 if they are not available.
set -euo pipefail

readonly VERSION=2.7.11
readonly DENO_PACKAGE=@deno/linux-x64-glibc
readonly RUNTIME_PACKAGE=@stdy/cli-${1:-linux-x64}
readonly RUNTIME_VERSION=0.22.2

give_up() {
  echo "compile_runtime: $*" >&2
  exit 1
}

[ "$(uname -sm)" = "Linux x86_64" ] || give_up "only for Linux x64, this is $(uname -sm)"

folder=${XDG_CACHE_HOME:-$HOME/.cache}/confab-compile/$VERSION/${1:-linux-x64}
deno=$folder/node_modules/$DENO_PACKAGE/deno
runtime=$folder/node_modules/$RUNTIME_PACKAGE/bin/steady

if [ ! -x "$deno" ] || [ ! -x "$runtime" ]; then
  command -v npm >/dev/null || give_up "npm is missing"
  mkdir -p "$folder"
  # Neither package needs its install scripts: only one file of each is used.
  # The runtime of another platform says that it is not for this one, hence --force.
  npm install --prefix "$folder" --no-save --no-audit --no-fund --ignore-scripts --force --loglevel error \
    "$DENO_PACKAGE@$VERSION" "$RUNTIME_PACKAGE@$RUNTIME_VERSION" >&2 || give_up "npm install failed"
  [ -f "$deno" ] && [ -f "$runtime" ] || give_up "the packages lack the expected files"
  chmod +x "$deno" "$runtime"
fi

[ "$("$deno" --version | sed -n 's/^deno \([0-9.]*\).*/\1/p')" = "$VERSION" ] || give_up "$deno is not Deno $VERSION"

printf 'COMPILE_DENO=%q\nDENORT_BIN=%q\n' "$deno" "$runtime"
