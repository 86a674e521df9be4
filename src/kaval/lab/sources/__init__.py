"""Where files come from: a folder or a disk image, opened read-only by construction."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from kaval.engine.kernel.errors import ConfigurationError
from kaval.lab.sources.entry import Limits, Source
from kaval.lab.sources.folder import FolderSource

if TYPE_CHECKING:
    from kaval.lab.sources.image import ImageSource


def open_source(path: Path, *, name: str, limits: Limits) -> Source:
    """The source at a path: a folder or a raw disk image.

    Raises:
        OSError: nothing there, or not readable.
        ConfigurationError: a disk image, and pytsk3 (extra `lab`) is not installed.
    """
    mode = os.stat(path).st_mode
    if stat.S_ISDIR(mode):
        return FolderSource(path, name=name, limits=limits)
    if not (stat.S_ISREG(mode) or stat.S_ISBLK(mode)):
        raise OSError("neither a folder, nor a file, nor a block device")
    return image_source()(path, name=name, limits=limits)


def image_source() -> type[ImageSource]:
    """The class that reads disk images, imported only when one is met.

    Raises:
        ConfigurationError: pytsk3 is not installed.
    """
    try:
        from kaval.lab.sources.image import ImageSource
    except ImportError as error:
        raise ConfigurationError(
            "disk images need pytsk3, which is not installed: run  pip install 'kaval[lab]'"
        ) from error
    return ImageSource
