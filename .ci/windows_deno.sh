#!/usr/bin/env bash
# Provides Deno for Windows under wine, for Debian on x64: the tests run there as they do on Windows.
#
# Wine 8 lacks two things that Deno needs:
# - bcryptprimitives.dll with ProcessPrng. A DLL beside deno.exe exports it, by SystemFunction036 of advapi32.
# - a complete implementation of VirtualAlloc2, MapViewOfFile3 and UnmapViewOfFile2. V8 looks them up by name and works
#   without them, so a copy of deno.exe asks for names that do not exist.
#
# Needs wine64, the compiler of mingw-w64 and npm. Keeps everything in a cache folder.
# Prints three assignments for the shell: WINE (the loader), WINEPREFIX and DENO_EXE. Exits 1 if they are not available.
set -euo pipefail

readonly VERSION=2.9.6
readonly PACKAGE=@deno/win32-x64

give_up() {
  echo "windows_deno: $*" >&2
  exit 1
}

[ "$(uname -sm)" = "Linux x86_64" ] || give_up "only for Linux x64, this is $(uname -sm)"

wine=/usr/lib/wine/wine64
[ -x "$wine" ] || wine=$(command -v wine64) || give_up "wine64 is missing"
folder=${XDG_CACHE_HOME:-$HOME/.cache}/confab-windows/$VERSION
export WINEPREFIX=$folder/prefix WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml="
unset DISPLAY WAYLAND_DISPLAY
# On the drive of the user's folder: there Deno links deno.exe for each program that it starts, elsewhere it copies it.
deno=$WINEPREFIX/drive_c/deno/deno.exe

# The DLL beside deno.exe. It is a new file in the folder of the executable, where Windows looks first.
build_random_dll() {
  command -v x86_64-w64-mingw32-gcc >/dev/null || give_up "x86_64-w64-mingw32-gcc is missing"
  x86_64-w64-mingw32-gcc -O2 -shared -s -x c -o "$1" - -ladvapi32 <<'C'
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID bytes, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T length) {
  while (length > 0) {
    ULONG part = length > 0x10000 ? 0x10000 : (ULONG)length;
    if (!SystemFunction036(bytes, part)) return FALSE;
    bytes += part;
    length -= part;
  }
  return TRUE;
}
C
}

install_deno() {
  command -v npm >/dev/null || give_up "npm is missing"
  mkdir -p "${deno%/*}"
  # The package says that it is for Windows, hence --force.
  npm install --prefix "$folder" --no-save --no-audit --no-fund --ignore-scripts --force --loglevel error \
    "$PACKAGE@$VERSION" >&2 || give_up "npm install failed"
  [ -f "$folder/node_modules/$PACKAGE/deno.exe" ] || give_up "the package has no deno.exe"
  build_random_dll "${deno%/*}/bcryptprimitives.dll"
  LC_ALL=C sed 's/VirtualAlloc2\x00/VirtualAllocX\x00/g; s/MapViewOfFile3\x00/MapViewOfFileX\x00/g
    s/UnmapViewOfFile2\x00/UnmapViewOfFileX\x00/g' "$folder/node_modules/$PACKAGE/deno.exe" >"$deno.new"
  rm -r "$folder/node_modules"
  mv "$deno.new" "$deno"
}

create_prefix() {
  rm -rf "$WINEPREFIX"
  mkdir -p "$folder"
  timeout -k 5 180 "$wine" wineboot -i </dev/null >&2 2>&1 || give_up "wineboot failed"
  timeout -k 5 60 "$wine" winecfg -v win10 </dev/null >&2 2>&1 || give_up "winecfg failed"
  touch "$folder/prefix-is-complete"
}

[ -f "$folder/prefix-is-complete" ] || create_prefix
[ -f "$deno" ] || install_deno

timeout -k 5 60 "$wine" "$deno" --version </dev/null 2>/dev/null | grep -q "^deno $VERSION " ||
  give_up "$deno does not run under wine"

printf 'WINE=%q\nWINEPREFIX=%q\nDENO_EXE=%q\n' "$wine" "$WINEPREFIX" "$deno"
