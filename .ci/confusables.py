"""Writes src/protocol/text/confusables.ts from ICU's copy of the UTS 39 data. Needs PyICU (Debian: python3-icu).

It keeps the single code points that a name may contain: letters, digits and marks that neither NFKC nor NFD changes.
"""

import unicodedata

import icu

checker = icu.SpoofChecker()
alike: dict[str, list[str]] = {}
for code in range(0x21, 0x110000):
    char = chr(code)
    category = unicodedata.category(char)
    if not (category[0] == "L" or category in ("Nd", "Nl", "No", "Mn", "Mc") or char in "_-.'"):
        continue
    if unicodedata.normalize("NFKC", char) != char or unicodedata.normalize("NFD", char) != char:
        continue
    skeleton = checker.getSkeleton(0, char)
    if skeleton != char:
        alike.setdefault(skeleton, []).append(char)

lines = []
for skeleton, chars in sorted(alike.items()):
    target = "+".join(f"{ord(c):x}" for c in skeleton)
    lines.append(target + "=" + ",".join(f"{ord(c):x}" for c in chars))

rows, row = [], ""
for line in lines:
    if row and len(row) + 1 + len(line) > 112:
        rows.append(row)
        row = line
    else:
        row = f"{row} {line}" if row else line
rows.append(row)

with open("src/protocol/text/confusables.ts", "w", encoding="utf-8") as out:
    out.write("/**\n * Letters, digits and marks that look like others: `target=code,code…`, in hexadecimal, a target of several code\n")
    out.write(f" * points joined by `+`. Source: UTS 39 confusables, Unicode {icu.UNICODE_VERSION}. Written by `.ci/confusables.py`.\n */\n")
    out.write("export const CONFUSABLES = `\n" + "\n".join(rows) + "\n`;\n")
