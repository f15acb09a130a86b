"""Converts a GGUF file once into a checkpoint folder that transformers can serve."""

import shutil
from pathlib import Path

from filelock import FileLock

from assistant.models.catalog import TEMPLATE_FROM_FILE

# For base models and other files without a template of their own: the turns, one after the other.
PLAIN_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)
GEMMA_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "<start_of_turn>{{ 'model' if message['role'] == 'assistant' else 'user' }}\n"
    "{{ message['content'] | trim }}<end_of_turn>\n{% endfor %}"
    "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
TEMPLATES = {TEMPLATE_FROM_FILE: PLAIN_TEMPLATE, "gemma": GEMMA_TEMPLATE}


def convert_gguf(gguf: Path, folder: Path, chat_template: str) -> None:
    """Write the dequantised model and its tokenizer into `folder`, which appears whole or not at all.

    Args:
        gguf: the quantised file.
        folder: nothing is done where it exists; about four times the file's size in bfloat16.
        chat_template: the catalog's name of a template, for a file without one.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f".{folder.name}.lock")):
        if folder.is_dir():
            return
        half_made = folder.with_name(f".{folder.name}.half")
        shutil.rmtree(half_made, ignore_errors=True)
        half_made.mkdir()
        _convert_into(half_made, gguf, chat_template)
        half_made.rename(folder)


def _convert_into(folder: Path, gguf: Path, chat_template: str) -> None:
    import torch  # heavy, and only the child process that converts needs it
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    tokenizer = AutoTokenizer.from_pretrained(str(gguf.parent), gguf_file=gguf.name)
    tokenizer.chat_template = tokenizer.chat_template or TEMPLATES.get(chat_template, PLAIN_TEMPLATE)
    tokenizer.save_pretrained(folder)
    dequantise = GgufConfig(dequantize=True)
    model = AutoModelForCausalLM.from_pretrained(
        str(gguf.parent), gguf_file=gguf.name, quantization_config=dequantise, dtype=torch.bfloat16
    )
    model.config.architectures = model.config.architectures or [type(model).__name__]
    model.save_pretrained(folder)
