"""Starts the web app with the settings of the environment."""

from assistant.errors import AssistantError
from assistant.quiet import silence_libraries
from assistant.settings import load_settings


def main() -> None:
    """Serve until told to stop; exit code 1 and a message on stderr mean that it could not start."""
    silence_libraries(offline=True)
    from assistant.web.server import run_web  # here: libraries read the environment when they are imported

    try:
        run_web(load_settings())
    except AssistantError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
