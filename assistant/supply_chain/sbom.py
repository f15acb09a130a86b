"""A software bill of materials in CycloneDX 1.6: packages, model files, licences, hashes, and what needs what."""

from collections.abc import Iterable

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.contrib.this.builders import this_tool
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

from assistant.supply_chain.inventory import PROJECT, ModelFile, Package

HASHED = "city-assistant:hash-of"


def write_bom(packages: Iterable[Package], models: Iterable[ModelFile]) -> str:
    """The bill of materials as JSON (ECMA-424).

    A wheel's own hash is not kept by an installation. The hash of a package is that of its RECORD file, which lists
    every installed file with its SHA-256; a property says so.
    """
    bom = Bom()
    bom.metadata.tools.tools.add(this_tool())
    by_name = {package.name: _library(package) for package in packages}
    product = by_name.pop(PROJECT, None) or Component(name=PROJECT, bom_ref=PROJECT)
    product.type = ComponentType.APPLICATION
    bom.metadata.component = product
    weights = [_weights(model) for model in models]
    bom.components.update(by_name.values(), weights)
    for package in packages:
        needed = [by_name[name] for name in package.requires if name in by_name]
        bom.register_dependency(by_name.get(package.name, product), needed)
    bom.register_dependency(product, weights)
    text: str = make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=2)
    return text


def _library(package: Package) -> Component:
    return Component(
        name=package.name,
        version=package.version,
        bom_ref=f"{package.name}=={package.version}",
        purl=PackageURL("pypi", name=package.name, version=package.version),
        licenses=_licences(package.licence),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=package.record_sha256)] if package.record_sha256 else None,
        properties=[Property(name=HASHED, value="RECORD")] if package.record_sha256 else None,
    )


def _weights(model: ModelFile) -> Component:
    return Component(
        type=ComponentType.MACHINE_LEARNING_MODEL,
        name=model.name,
        bom_ref=f"model:{model.name}",
        licenses=_licences(model.licence),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=model.sha256)],
        properties=[
            Property(name=HASHED, value="file"),
            Property(name="city-assistant:origin", value=model.origin),
            Property(name="city-assistant:size-bytes", value=str(model.size_bytes)),
        ],
    )


def _licences(licence: str) -> list[License] | None:
    return [LicenseFactory().make_from_string(licence)] if licence else None
