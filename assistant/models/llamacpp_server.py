"""The child process that serves a GGUF file with llama.cpp over the OpenAI protocol."""

import argparse
import os
import sys
import threading

from assistant.lifeline import end_with_parent
from assistant.models.native_server import SPINNING

HOST = "127.0.0.1"


def main(arguments: list[str]) -> None:
    """Serve until the parent ends; the process exits with an error when the file cannot be loaded."""
    options = _parse(arguments)
    end_with_parent()
    for name, value in SPINNING.items():
        os.environ[name] = value  # read when the library is loaded
    import xllamacpp  # 100 MB of native code that only this process needs

    params = xllamacpp.CommonParams()
    params.model.path = options.model
    params.model_alias = {options.alias}
    params.hostnames = [HOST]
    params.port = options.port
    params.n_parallel = options.slots
    params.n_ctx = options.context * options.slots  # llama.cpp divides the total among its slots
    params.cache_ram_mib = options.prompt_cache_mib
    params.swa_full = True  # without it, models with a sliding window (Gemma 3) read the static prefix every time
    params.cpuparams.n_threads = options.threads
    params.cpuparams_batch.n_threads = options.threads
    params.ui = False
    params.endpoint_metrics = True
    params.endpoint_slots = False  # it would show what citizens asked
    params.cors_origins = f"http://{HOST}"  # no web page may call the engine from a visitor's browser
    if options.chat_template:
        params.chat_template = options.chat_template
        params.use_jinja = False  # a built-in template's name, not a template's text
    try:
        server = xllamacpp.Server(params)
    except RuntimeError as error:
        sys.exit(f"llama.cpp cannot load {options.model}; the lines above say why ({error})")
    print(f"listening on {server.listening_address}", flush=True)
    threading.Event().wait()


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="llamacpp_server")
    parser.add_argument("--model", required=True)
    parser.add_argument("--alias", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--slots", type=int, required=True)
    parser.add_argument("--context", type=int, required=True, help="tokens for each slot")
    parser.add_argument("--prompt-cache-mib", type=int, required=True, help="memory for prompts kept beside the slots")
    parser.add_argument("--chat-template", default="", help="name of a template built into llama.cpp")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
