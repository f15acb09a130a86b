"""Language models, embeddings and the judge of answers: catalog, download, provenance, engines."""

from assistant.models.catalog import load_catalog
from assistant.models.download import pull
from assistant.models.embedding import CityEmbeddings, embedder
from assistant.models.encoders import check_encoders
from assistant.models.engine import Engine, open_engine
from assistant.models.installed import verify
from assistant.models.judge import AnswerJudge
from assistant.models.provenance import check_provenance
from assistant.models.reranking import CrossEncoderReranker

chat_model = open_engine

__all__ = [
    "AnswerJudge",
    "CityEmbeddings",
    "CrossEncoderReranker",
    "Engine",
    "chat_model",
    "check_encoders",
    "check_provenance",
    "embedder",
    "load_catalog",
    "open_engine",
    "pull",
    "verify",
]
