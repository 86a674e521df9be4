"""Where files come from: a folder, a disk image or one file, opened read-only by construction."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from kaval.engine.kernel.errors import ConfigurationError
from kaval.lab.sources.entry import Limits, Source
from kaval.lab.sources.file import FileSource, is_plain_file
from kaval.lab.sources.folder import FolderSource

if TYPE_CHECKING:
    from kaval.lab.sources.image import ImageSource


def open_source(path: Path, *, name: str, limits: Limits) -> Source:
    """The source at a path: a folder, a disk image in any container that is read, or else one file of a known kind.

    A file is a disk whenever a file system is found in it, whatever its first bytes look like.

    Raises:
        MediumError (an OSError with a `trouble`): a container that cannot be read or must not be.
        OSError: nothing there, or not readable.
        ConfigurationError: a disk image, and a library of the extra `lab` is not installed.
    """
    mode = os.stat(path).st_mode
    if stat.S_ISDIR(mode):
        return FolderSource(path, name=name, limits=limits)
    if not (stat.S_ISREG(mode) or stat.S_ISBLK(mode)):
        raise OSError("neither a folder, nor a file, nor a block device")
    image = image_source()(path, name=name, limits=limits)
    if stat.S_ISREG(mode) and is_plain_file(path) and not image.holds_a_disk():
        image.close()
        return FileSource(path, name=name, limits=limits)
    return image


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
