"""Licences of packages against the allow-list."""

from email.message import Message

import pytest

from assistant.supply_chain.inventory import installed_packages
from assistant.supply_chain.licences import Licences, find_fault, load_licences, read_licence


@pytest.fixture(scope="module")
def licences() -> Licences:
    return load_licences()


def said(**headers: str | list[str]) -> Message:
    message = Message()
    for name, value in headers.items():
        for one in value if isinstance(value, list) else [value]:
            message[name.replace("_", "-")] = one
    return message


def test_every_installed_package_is_allowed(licences: Licences) -> None:
    """Nothing is installed here under a licence that nobody has looked at."""
    packages = installed_packages(licences)
    assert [fault for one in packages if (fault := find_fault(one.name, one.licence, licences))] == []
    assert len(packages) > 100


def test_every_exception_says_why(licences: Licences) -> None:
    """An exception without a reason, or for what the list allows anyway, is none."""
    for name, exempted in licences.exempted.items():
        assert exempted.reason.endswith("."), name
        assert find_fault(name, exempted.licence, licences) == ""


@pytest.mark.parametrize(
    ("metadata", "licence"),
    [
        (said(License_Expression="MIT"), "MIT"),
        (said(License_Expression="Apache-2.0 OR MIT", License="GPL"), "Apache-2.0 OR MIT"),
        (said(License="MIT License\n\nCopyright (c) 2022"), "MIT"),
        (said(License="Copyright (c) 2015", Classifier="License :: OSI Approved :: BSD License"), "LicenseRef-BSD"),
        (said(Classifier="License :: OSI Approved :: MIT License"), "MIT"),
        (said(License="Proprietary, all rights reserved"), ""),
        (
            said(Classifier=["License :: OSI Approved :: MIT License", "License :: OSI Approved :: Apache 2.0"]),
            "",
        ),
        (said(), ""),
    ],
)
def test_a_licence_is_read_from_the_metadata(licences: Licences, metadata: Message, licence: str) -> None:
    """The expression before the free text before the classifiers; what nobody knows, or is not clear, is none."""
    assert read_licence("some-package", metadata, licences) == licence


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("MIT AND BSD-3-Clause", True),
        ("GPL-3.0-only OR MIT", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("MIT AND GPL-2.0-only", False),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
        ("LicenseRef-Proprietary", False),
        ("", False),
    ],
)
def test_only_what_is_on_the_list_may_be_used(licences: Licences, licence: str, allowed: bool) -> None:
    """Every part of an AND and one part of an OR must be allowed; no licence is no permission."""
    assert (find_fault("some-package", licence, licences) == "") is allowed


def test_an_exception_is_for_one_package_and_one_licence(licences: Licences) -> None:
    """A package that changes its licence, or another one with the same licence, is looked at anew."""
    assert find_fault("psycopg", "LGPL-3.0-only", licences) == ""
    assert "psycopg: AGPL-3.0-only" in find_fault("psycopg", "AGPL-3.0-only", licences)
    assert "other: LGPL-3.0-only" in find_fault("other", "LGPL-3.0-only", licences)
