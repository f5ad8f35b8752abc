"""Office files are archives; one made twice of the same report must be the same twice."""

import io
import zipfile

_EPOCH = (1980, 1, 1, 0, 0, 0)


def settled(content: bytes) -> bytes:
    """The same archive without the time at which its parts were packed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(zipfile.ZipInfo(part.filename, _EPOCH), old.read(part), zipfile.ZIP_DEFLATED)
    return target.getvalue()
