"""The process that meets a photo's foreign bytes: takes limits first, reads stdin, writes the photo made anew."""

from __future__ import annotations

import sys
from contextlib import suppress

MEMORY = 1024 * 1024 * 1024  # bytes of address space: the largest photo needs half of it
CPU_SECONDS = 10


def take_limits() -> None:
    """Bound memory, time and files of this process, where the system knows such limits."""
    if sys.platform == "win32":
        return
    import resource

    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        with suppress(ValueError, OSError):  # a stricter limit of the service stays
            resource.setrlimit(limit, (most, most))


def main() -> None:
    """Answer ``photo WIDTH HEIGHT LENGTH`` and both pictures, or ``refused REASON``."""
    take_limits()
    from generator.rendering.pictures import PhotoRefusedError, remake_photo

    out = sys.stdout.buffer
    try:
        photo = remake_photo(sys.stdin.buffer.read())
    except PhotoRefusedError as error:
        out.write(b"refused %s\n" % error.fault.value.encode())
        return
    out.write(b"photo %d %d %d\n" % (photo.width, photo.height, len(photo.large)) + photo.large + photo.small)


if __name__ == "__main__":
    main()
