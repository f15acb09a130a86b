"""The child process that serves a checkpoint folder with `transformers serve` over the OpenAI protocol."""

import argparse
import os
import sys
from pathlib import Path

from assistant.lifeline import end_with_parent
from assistant.models.gguf_conversion import convert_gguf

HOST = "127.0.0.1"


def main(arguments: list[str]) -> None:
    """Convert where that is needed, then serve until the parent ends."""
    options = _parse(arguments)
    end_with_parent()
    os.environ["HF_HUB_OFFLINE"] = "1"  # read by libraries when they are imported; models are always local
    if options.gguf and not options.folder.is_dir():
        print(f"converting {options.gguf.name}, once", flush=True)
        convert_gguf(options.gguf, options.folder, options.chat_template)
    from transformers.cli.serve import Serve  # half a minute of imports on a cold disk

    Serve(force_model=str(options.folder), host=HOST, port=options.port)


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="transformers_server")
    parser.add_argument("--folder", type=Path, required=True, help="the checkpoint, or where it is to be made")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--gguf", type=Path, help="the file to convert while the folder is missing")
    parser.add_argument("--chat-template", default="")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
