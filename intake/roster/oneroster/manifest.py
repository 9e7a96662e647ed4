"""manifest.csv: which version it is, and for each file whether it is whole, a delta or absent."""

from dataclasses import dataclass

from intake.roster.oneroster.csv_text import RaggedRow, encoding_of, rows
from intake.roster.oneroster.package import Package
from intake.roster.oneroster.report import Mode, refuse

MANIFEST = "manifest.csv"
VERSIONS = ("1.1", "1.2")
_READ = ("orgs", "users", "demographics", "enrollments", "classes", "academicSessions", "roles")
_MODES = {"bulk": Mode.FULL, "delta": Mode.DELTA}


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the package says of itself, of the files that are read here."""

    version: str
    files: dict[str, Mode]
    """By name without its ending; a file that isn't in it is absent."""

    @property
    def mode(self) -> Mode:
        """The students' own: whether somebody who is not in it has left."""
        return self.files.get("users", Mode.DELTA)

    def forced(self, mode: Mode | None) -> "Manifest":
        """The same with every file read as the operator says."""
        if mode is None:
            return self
        return Manifest(self.version, dict.fromkeys(self.files, mode))


def read_manifest(package: Package, encoding: str | None) -> Manifest:
    """The package's manifest. Raises RosterRefused where it is missing or contradicts the files."""
    if MANIFEST not in package.names():
        raise refuse(
            MANIFEST,
            "missing; OneRoster 1.1 and 1.2 packages have one at their top (a 1.0 export has none: "
            "ask for 1.1 or 1.2)",
        )
    found: dict[str, tuple[int, str]] = {}
    encoding = encoding_of(package, MANIFEST, encoding)
    for row in rows(package, MANIFEST, encoding, ("propertyName", "value")):
        if isinstance(row, RaggedRow):
            raise refuse(MANIFEST, f"{row.has} instead of {row.columns}", row.line)
        name = row["propertyName"].lower()
        if name in found:
            raise refuse(MANIFEST, "a property that is there twice", row.line)
        found[name] = (row.line, row["value"])
    line, version = found.get("oneroster.version", (0, ""))
    if version not in VERSIONS:
        raise refuse(MANIFEST, f"oneroster.version must be {' or '.join(VERSIONS)}", line)
    return Manifest(version, _files(package, found))


def _files(package: Package, found: dict[str, tuple[int, str]]) -> dict[str, Mode]:
    files: dict[str, Mode] = {}
    for name in _READ:
        line, value = found.get(f"file.{name.lower()}", (0, "absent"))
        said = value.lower() or "absent"
        is_there = f"{name.lower()}.csv" in package.names()
        if said == "absent":
            continue
        if said not in _MODES:
            raise refuse(MANIFEST, f"file.{name} must be bulk, delta or absent", line)
        if not is_there:
            raise refuse(MANIFEST, f"names {name}.csv, which is not in the package", line)
        files[name] = _MODES[said]
    if not files.keys() & {"users", "demographics", "enrollments"}:
        raise refuse(MANIFEST, "names no file of students: users.csv is absent")
    if files.get("users") is Mode.FULL:
        for name in ("orgs", "demographics"):
            if name not in files:
                raise refuse(MANIFEST, f"{name}.csv is absent: {_NEEDED[name]}")
    return files


_NEEDED = {
    "orgs": "the schools are in it",
    "demographics": "birth dates are in it, and who may sign depends on them (34 CFR 99.5)",
}
