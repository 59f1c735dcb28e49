"""What a double-click starts: the page on the user's own folder; with arguments, the command.

A folder that is dropped on the program is opened in its place. The window stays where something went wrong, so that it
can be read.
"""

from __future__ import annotations

import multiprocessing
import sys
from pathlib import Path

from generator.cli import main


def start(arguments: list[str]) -> int:
    """Run the page or the command.

    Args:
        arguments: as the system gives them, without the program's name.

    Returns:
        The exit code.
    """
    if not arguments:
        code = main(["serve", "--documents"])
    elif len(arguments) == 1 and Path(arguments[0]).is_dir():
        code = main(["serve", arguments[0]])
    else:
        return main(arguments)
    if code and sys.stdin is not None and sys.stdin.isatty():
        input("按回车键关闭这个窗口。")
    return code


if __name__ == "__main__":
    # Workers are this program once more: without this each would open a page of its own.
    multiprocessing.freeze_support()
    sys.exit(start(sys.argv[1:]))
