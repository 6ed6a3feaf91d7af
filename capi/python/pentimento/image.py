"""Images: their encoded bytes as received, never changed or re-encoded."""

from __future__ import annotations

import base64
import ctypes
import io
import json
import os
from ctypes import byref, c_char_p, c_ubyte, c_void_p
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Mapping, Sequence, Union

from . import _checks, _native, errors

if TYPE_CHECKING:
    from PIL import Image as PilImage

#: What is accepted as an image. A PIL image is encoded as PNG.
ImageLike = Union["Image", bytes, bytearray, memoryview, "PilImage.Image"]

# Finds an image of a run or a call by the SHA-256 in its record. Raises `errors.NotFound`.
Find = Callable[[str], _native.Owned]


class Image:
    """An image. Does not change; may be used from any thread; lives on when its run and engine are closed.

    One that comes out of a record may be without bytes (`has_bytes`): it knows what the image was, and `data` raises
    `errors.NotFound`. The images of a run are brought from it when their bytes are first asked for; do that before
    the run is closed.
    """

    __slots__ = ("_record", "_find", "_owned", "_info")

    def __init__(self, data: Union[bytes, bytearray, memoryview]):
        """Takes a copy of the bytes of a PNG, JPEG, WebP or GIF of at most 64 MiB. Only the header is read.

        Raises `errors.UnreadableImage`, `errors.TooLarge`, and TypeError for what is not a bytes.
        """
        try:
            copy = bytes(data if isinstance(data, Image) else memoryview(data))
        except TypeError:
            given = _checks.shown(data)
            raise TypeError(f"an image is made of bytes, not {given}; Image.open(path) reads a file") from None
        self._record: Mapping[str, Any] | None = None
        self._find: Find | None = None
        self._info: _native.ImageInfo | None = None
        self._owned: _native.Owned | None = own(
            _native.get_handle(_native.image_create, ctypes.cast(c_char_p(copy), c_void_p), len(copy)))

    @classmethod
    def open(cls, path: Union[str, os.PathLike[str]]) -> Image:
        """Reads an image from a file. Raises OSError too."""
        return cls(Path(path).read_bytes())

    @classmethod
    def recorded(cls, record: Mapping[str, Any]) -> Image:
        """An image of which only the record is known; see `record`."""
        return cls._of_record(record)

    @classmethod
    def _of_owned(cls, owned: _native.Owned) -> Image:
        """An image of the library."""
        image = cls.__new__(cls)
        image._record, image._find, image._info, image._owned = None, None, None, owned
        return image

    @classmethod
    def _of_record(cls, record: Mapping[str, Any], find: Find | None = None) -> Image:
        """An image of which the record is known, and a way to find its bytes on demand."""
        image = cls.__new__(cls)
        image._record, image._find, image._info, image._owned = record, find, None, None
        return image

    # Properties ------------------------------------------------------------------------------------------------------

    @property
    def record(self) -> Mapping[str, Any]:
        """{"media_type", "width", "height", "bytes", "sha256"}, as in the JSON of briefs and events."""
        if self._record is None:
            self._record = json.loads(_native.get_text(_native.image_record, self._handle()))
        return self._record

    @property
    def media_type(self) -> str:
        """"image/png", "image/jpeg", "image/webp" or "image/gif"."""
        return str(self._fact("media_type"))

    @property
    def width(self) -> int:
        """Pixels."""
        return int(self._fact("width"))

    @property
    def height(self) -> int:
        """Pixels."""
        return int(self._fact("height"))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.width, self.height

    @property
    def byte_count(self) -> int:
        """The number of encoded bytes, also if only the record is known."""
        return int(self._fact("bytes"))

    @property
    def sha256(self) -> str:
        """64 hexadecimal digits."""
        return str(self.record["sha256"])

    # Bytes -----------------------------------------------------------------------------------------------------------

    @property
    def has_bytes(self) -> bool:
        """True if `data` is available."""
        try:
            return bool(self._open().data)
        except errors.PentimentoError:
            return False

    @property
    def data(self) -> memoryview:
        """The encoded bytes without a copy: read-only, and valid as long as the view, also after the image, its run and
        its engine are gone. Raises `errors.NotFound` where only the record is known, `errors.BadHandle` if
        the run was closed before."""
        info = self._open()
        if not info.data:
            raise errors.NotFound(f"only the record of this image is here, not its bytes: {dict(self.record)}")
        view = (c_ubyte * info.size).from_address(info.data)
        view.keeps = self._owned  # the memory belongs to the handle
        return memoryview(view).cast("B").toreadonly()

    def __bytes__(self) -> bytes:
        """Returns a copy of the encoded bytes. Raises as `data`."""
        return bytes(self.data)

    def save(self, path: Union[str, os.PathLike[str]]) -> Path:
        """Writes the encoded bytes as they are, whatever the extension of the path, and returns the path. Raises as
        `data`, and OSError."""
        data = self.data
        target = Path(path)
        with target.open("wb") as file:
            file.write(data)
        return target

    def pil(self) -> PilImage.Image:
        """Returns the image as a PIL image. Raises ImportError unless Pillow is installed, and as `data`."""
        from PIL import Image as Pil

        return Pil.open(io.BytesIO(self.data))

    # Display ---------------------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"<{self.media_type} {self.width}x{self.height}, {self.byte_count} bytes>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The display in a notebook."""
        bundle = {"text/plain": repr(self)}
        if self.has_bytes:
            bundle[self.media_type] = base64.b64encode(self.data).decode("ascii")
        return bundle

    def _repr_png_(self) -> bytes | None:
        return bytes(self) if self.media_type == "image/png" and self.has_bytes else None

    def _repr_jpeg_(self) -> bytes | None:
        return bytes(self) if self.media_type == "image/jpeg" and self.has_bytes else None

    # Internal --------------------------------------------------------------------------------------------------------

    def _fact(self, name: str) -> Any:
        if self._record is not None:
            return self._record[name]
        info = self._open()
        if name == "bytes":
            return info.size
        value = getattr(info, name)
        return value.decode() if isinstance(value, bytes) else value

    def _handle(self) -> int:
        return self._opened().handle

    def _opened(self) -> _native.Owned:
        if self._owned is None:
            if self._find is None:
                raise errors.NotFound(f"only the record of this image is here, not its bytes: {dict(self.record)}")
            self._owned = self._find(self.sha256)
            self._find = None  # it may hold a whole run
        return self._owned

    def _open(self) -> _native.ImageInfo:
        if self._info is None:
            info = _native.ImageInfo(struct_size=ctypes.sizeof(_native.ImageInfo))
            _native.call(_native.image_get, self._handle(), byref(info))
            self._info = info
        return self._info


def as_image(image: ImageLike) -> Image:
    """Converts an argument to an image. Raises TypeError, and as `Image`."""
    if isinstance(image, Image):
        return image
    if isinstance(image, (bytes, bytearray, memoryview)):
        return Image(image)
    # A PIL image is known by what it can do, so that PIL need not be installed.
    if hasattr(image, "save") and hasattr(image, "tobytes"):
        encoded = io.BytesIO()
        image.save(encoded, format="PNG")
        return Image(encoded.getvalue())
    given = type(image).__name__
    raise TypeError(f"an image is an Image, bytes or a PIL image, not {given}; Image.open(path) reads a file")


def find_in(function: Callable[..., int], handle: int, *keeps: Any) -> Find:
    """Finds the images of a run or a call, by ptm_run_image or ptm_call_image. `keeps` lives as long as the result."""

    def find(sha256: str, keeps: Any = keeps) -> _native.Owned:
        return own(_native.get_handle(function, handle, _native.view(sha256)))

    return find


def find_among(images: Sequence[Image]) -> Find:
    """Finds images among those given, which all have bytes."""
    by_hash = {image.sha256: image for image in images}

    def find(sha256: str) -> _native.Owned:
        if sha256 not in by_hash:
            raise errors.NotFound("the image is not among those that were given to fold()")
        return by_hash[sha256]._opened()

    return find


def own(handle: int) -> _native.Owned:
    """Takes ownership of the handle of an image."""
    return _native.Owned(handle, _native.image_release)
