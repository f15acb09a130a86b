"""Tells libraries, before they are imported, to send nothing home and to leave the processor to others."""

import os

_ALWAYS = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_RUN_HISTORY": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "TOKENIZERS_PARALLELISM": "false",
    # Threads that wait must not spin: beside a busy language model a question's embedding took 1.7 s, now 13 ms.
    "OMP_WAIT_POLICY": "passive",
}
_OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}


def silence_libraries(*, offline: bool = False) -> None:
    """Turn off telemetry of Gradio, Hugging Face and Chroma for this process and its children.

    Call it before those libraries are imported: some read the environment only once.

    Args:
        offline: also forbid the Hugging Face libraries to use the network (a server that answers citizens).
    """
    os.environ.update(_ALWAYS)
    if offline:
        os.environ.update(_OFFLINE)
