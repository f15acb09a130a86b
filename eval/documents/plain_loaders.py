"""The loaders of langchain-community as their documentation shows them: the plain side of every comparison."""

from collections.abc import Callable
from pathlib import Path

import docx2txt  # noqa: F401  # loaders import it when they read; here it is imported before the clock starts
import pypdf  # noqa: F401  # the same
from langchain_community.document_loaders import CSVLoader, Docx2txtLoader, PyPDFLoader, TextLoader
from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document

LOADERS: dict[str, Callable[[str], BaseLoader]] = {
    ".pdf": PyPDFLoader,
    ".docx": Docx2txtLoader,
    ".csv": CSVLoader,
    ".md": lambda path: TextLoader(path, encoding="utf-8"),
    ".txt": lambda path: TextLoader(path, encoding="utf-8"),
}


def load(path: Path) -> list[Document]:
    """The pages or rows of a file.

    Raises:
        KeyError: there is no loader that works without further programs.
    """
    return LOADERS[path.suffix.lower()](str(path)).load()
