"""Copies the documents to where the site is made from. What they link to outside of it is linked to in the repository.

    stage.py REPOSITORY TARGET VERSION
"""

import pathlib
import re
import shutil
import sys

ROOT = pathlib.Path(sys.argv[1]).resolve()
TARGET = pathlib.Path(sys.argv[2]).resolve()
VERSION = sys.argv[3]
SOURCE = "https://github.com/baton-dev/baton/blob/main/"
LINK = re.compile(r"(!?\[[^\]]*\]\()([^)\s]+)(\))")
FENCE = re.compile(r"(?ms)^(```.*?^```$)")

# Documents of the repository's root, and what they are called on the site.
PAGES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
}


def place(path):
    """Where a file of the repository stands on the site, or None."""
    relative = path.relative_to(ROOT).as_posix()
    if relative in PAGES:
        return pathlib.PurePosixPath(PAGES[relative])
    return pathlib.PurePosixPath(relative[len("docs/"):]) if relative.startswith("docs/") and path.is_file() else None


def relink(document, text):
    here = place(document)

    def link(found):
        target = found.group(2)
        if "://" in target or target.startswith(("#", "mailto:")):
            return found.group(0)
        path, hash_, anchor = target.partition("#")
        resolved = (document.parent / path).resolve()
        if not resolved.exists():
            sys.exit(f"{document}: {target} is not there")
        there = place(resolved)
        if there is None:
            if resolved == ROOT / "docs" / "adr":
                there = pathlib.PurePosixPath("adr/0001-words-live-in-spi-and-event.md")
            else:
                return found.group(1) + SOURCE + resolved.relative_to(ROOT).as_posix() + hash_ + anchor + found.group(3)
        up = [".."] * (len(here.parts) - 1)
        return found.group(1) + "/".join(up + list(there.parts)) + hash_ + anchor + found.group(3)

    parts = FENCE.split(text)
    return "".join(part if part.startswith("```") else LINK.sub(link, part) for part in parts)


def main():
    shutil.rmtree(TARGET, ignore_errors=True)
    documents = [ROOT / name for name in PAGES] + sorted((ROOT / "docs").rglob("*"))
    for file in documents:
        there = place(file) if file.is_file() else None
        if there is None:
            continue
        copy = TARGET / there
        copy.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".md":
            copy.write_text(relink(file, file.read_text()))
        else:
            shutil.copy(file, copy)
    (TARGET / "api.md").write_text(
        f"# Javadoc\n\nThe [Javadoc of all modules](api/index.html), version {VERSION}.\n"
    )


main()
