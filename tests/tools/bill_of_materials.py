"""Writes what the wheel carries and needs as a CycloneDX document, and a list of licences: `make sbom`, into dist/.

The Python part is read from the metadata of a clean environment with the wheel in it; the scripts of the pages, which are bundled
into the wheel, from the lock file of npm.
"""

from __future__ import annotations

import base64
import csv
import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
LOCK: Final = ROOT / "server" / "web" / "package-lock.json"
BUILT: Final = ROOT / "server" / "allegata" / "web" / "static" / "built"
#: What stands in an environment beside the wheel and what it needs.
TOOLS: Final = frozenset(("pip", "setuptools"))
Json = dict[str, Any]


def bundled(lock: Path = LOCK) -> list[Json]:
    """Return the packages of npm that can be in the bundles as components (CycloneDX 1.6): all but those of development."""
    packages: dict[str, Json] = json.loads(lock.read_text("utf-8"))["packages"]
    found = {name.rpartition("node_modules/")[2]: said for name, said in packages.items() if name and not said.get("dev")}
    return [_component(name, found[name]) for name in sorted(found)]


def _component(name: str, said: Json) -> Json:
    version = said["version"]
    purl = f"pkg:npm/{name.replace('@', '%40')}@{version}"
    kind, _, digest = said["integrity"].partition("-")
    hashes = [{"alg": {"sha512": "SHA-512", "sha256": "SHA-256"}[kind], "content": base64.b64decode(digest).hex()}]
    licence: Json = {"licenses": [{"expression": said["license"]}]} if said.get("license") else {}
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl, "hashes": hashes, **licence}


def installed(python: Path) -> Json:
    """Return the document on what is installed for a Python."""
    command = [sys.executable, "-m", "cyclonedx_py", "environment", str(python), "--pyproject", str(ROOT / "pyproject.toml")]
    done = subprocess.run([*command, "--output-reproducible", "--short-PURLs"], capture_output=True, check=True)
    document: Json = json.loads(done.stdout)
    document["components"] = [item for item in document["components"] if item["name"] not in TOOLS]
    return document


def with_bundled(document: Json) -> Json:
    """Return a document with the components that are bundled."""
    root, found = document["metadata"]["component"]["bom-ref"], bundled()
    document["components"] += found
    refs = [item["bom-ref"] for item in found]
    for item in document.setdefault("dependencies", []):
        if item["ref"] == root:
            item["dependsOn"] = sorted({*item.get("dependsOn", []), *refs})
    document["dependencies"] += [{"ref": ref} for ref in refs]
    return document


def licences(document: Json) -> list[tuple[str, str, str]]:
    """Return name, version and licence of each component; raise SystemExit where one has none that its metadata names."""
    rows = [(item["name"], item["version"], _licence(item)) for item in document["components"]]
    missing = [name for name, _, licence in rows if not licence]
    if missing:
        raise SystemExit(f"The metadata of these name no licence: {', '.join(missing)}.")
    return sorted(rows, key=lambda row: row[0].lower())


#: What the metadata leave out: the licence as the file LICENSE of the package has it.
_READ: Final = {"jsuri": "MIT"}


def _licence(item: Json) -> str:
    said = [one.get("expression") or one["license"].get("id") or one["license"].get("name") for one in item.get("licenses", ())]
    return " AND ".join(dict.fromkeys(filter(None, said))) or _READ.get(item["name"], "")


def main() -> None:
    """Build the wheel, install it, and write both files."""
    dist = ROOT / "dist"
    dist.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "build", "--wheel", "--outdir", folder, str(ROOT)], check=True, capture_output=True)
        environment = Path(folder) / "environment"
        venv.create(environment, with_pip=True)
        python = environment / "bin" / "python"
        wheel = next(Path(folder).glob("*.whl"))
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel)], check=True)
        document = installed(python)
    document["components"] = [item for item in document["components"] if item["name"] != "allegata"]
    if BUILT.is_dir():
        document = with_bundled(document)
    (dist / "allegata.cdx.json").write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", "utf-8")
    with (dist / "licences.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("name", "version", "licence"), *licences(document)])
    sys.stdout.write(f"{len(document['components'])} components in {dist / 'allegata.cdx.json'}\n")


if __name__ == "__main__":
    main()
