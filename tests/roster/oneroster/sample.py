"""A small district in OneRoster: two schools, families of several scripts; and how to write it."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping
from copy import deepcopy
from pathlib import Path

Rows = list[dict[str, str]]
Files = dict[str, Rows]

HEADERS = {
    "manifest": "propertyName,value",
    "orgs": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
    "academicSessions": "sourcedId,status,dateLastModified,title,type,startDate,endDate,"
    "parentSourcedId,schoolYear",
    "classes": "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,"
    "location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods",
    "users": "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,"
    "givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,"
    "metadata.language",
    "users12": "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,"
    "familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,"
    "userMasterIdentifier,resourceSourcedIds,preferredGivenName,preferredMiddleName,"
    "preferredFamilyName,primaryOrgSourcedId,pronouns",
    "roles": "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,"
    "orgSourcedId,userProfileSourcedId",
    "demographics": "sourcedId,status,dateLastModified,birthDate,sex",
    "enrollments": "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,"
    "userSourcedId,role,primary,beginDate,endDate",
}


def user(key: str, role: str, given: str, family: str, **more: str) -> dict[str, str]:
    """A row of users.csv (1.1)."""
    return {
        "sourcedId": key, "enabledUser": "true", "orgSourcedIds": "sch-1", "role": role,
        "username": key, "givenName": given, "familyName": family, **more,
    }  # fmt: skip


FILES: Files = {
    "orgs": [
        {"sourcedId": "dist", "name": "Granite District", "type": "district"},
        {"sourcedId": "sch-1", "name": "Riverside Elementary", "type": "school",
         "parentSourcedId": "dist"},
        {"sourcedId": "sch-2", "name": "Westview High", "type": "school",
         "parentSourcedId": "dist"},
    ],
    "academicSessions": [
        {"sourcedId": "y27", "title": "2026-27", "type": "schoolYear", "startDate": "2026-08-15",
         "endDate": "2027-06-05", "schoolYear": "2027"},
    ],
    "classes": [
        {"sourcedId": "c-1", "title": "Room 12", "classType": "homeroom",
         "schoolSourcedId": "sch-1", "termSourcedIds": "y27"},
        {"sourcedId": "c-2", "title": "Art", "classType": "scheduled",
         "schoolSourcedId": "sch-1", "termSourcedIds": "y27"},
    ],
    "users": [
        user("t-1", "teacher", "Jordan", "Lee", email="jordan.lee@example.org"),
        user("s-1", "student", "يوسف", "الحسن", grades="05", agentSourcedIds="g-1,g-2",
             **{"metadata.language": "ara"}),
        user("s-2", "student", "Mateo", "Hernández Ruiz", grades="06", agentSourcedIds="g-3",
             **{"metadata.language": "Spanish"}),
        user("s-3", "student", "Ayaan", "Warsame", grades="12", orgSourcedIds="sch-2",
             phone="801-555-0146"),
        user("g-1", "parent", "فاطمة", "الحسن", sms="(801) 555-0144",
             email="Fatima.Alhassan@Example.org"),
        user("g-2", "guardian", "Karim", "Al-Hassan", phone="+1 801 555 0160"),
        user("g-3", "parent", "Lucía", "Ruiz Peña", phone="801.555.0143"),
    ],
    "demographics": [
        {"sourcedId": "s-1", "birthDate": "2015-03-04"},
        {"sourcedId": "s-2", "birthDate": "2014-09-03"},
        {"sourcedId": "s-3", "birthDate": "2008-02-20"},
    ],
    "enrollments": [
        {"sourcedId": "e-1", "classSourcedId": "c-1", "schoolSourcedId": "sch-1",
         "userSourcedId": "s-1", "role": "student"},
        {"sourcedId": "e-2", "classSourcedId": "c-2", "schoolSourcedId": "sch-1",
         "userSourcedId": "s-1", "role": "student"},
        {"sourcedId": "e-3", "classSourcedId": "c-1", "schoolSourcedId": "sch-1",
         "userSourcedId": "s-2", "role": "student"},
        {"sourcedId": "e-t", "classSourcedId": "c-1", "schoolSourcedId": "sch-1",
         "userSourcedId": "t-1", "role": "teacher", "primary": "true"},
    ],
}  # fmt: skip


def district() -> Files:
    """A copy to change."""
    return deepcopy(FILES)


def row(files: Files, name: str, key: str) -> dict[str, str]:
    """One row, to change."""
    return next(one for one in files[name] if one["sourcedId"] == key)


def without(files: Files, name: str, *keys: str) -> None:
    """Leave rows out."""
    files[name] = [one for one in files[name] if one["sourcedId"] not in keys]


def texts(
    files: Files, *, mode: str = "bulk", version: str = "1.1", headers: Mapping[str, str] = HEADERS
) -> dict[str, str]:
    """Every file's text, with its manifest."""
    properties = [("manifest.version", "1.0"), ("oneroster.version", version)]
    properties += [(f"file.{name}", mode) for name in files]
    properties += [("file.results", "absent"), ("source.systemName", "Some SIS")]
    made = {"manifest.csv": _csv(headers["manifest"].split(","), properties)}
    for name, found in files.items():
        header = headers["users12" if name == "users" and version == "1.2" else name].split(",")
        made[f"{name}.csv"] = _csv(header, [[one.get(c, "") for c in header] for one in found])
    return made


def _csv(header: list[str], found: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(found)
    return text.getvalue()


def folder(path: Path, made: Mapping[str, str | bytes]) -> Path:
    """Write a folder."""
    path.mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        (path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def zipped(path: Path, made: Mapping[str, str | bytes]) -> Path:
    """Write a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in made.items():
            archive.writestr(name, text)
    return path
