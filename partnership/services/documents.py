"""Documents: what may be uploaded, where it lies, who may read it."""

import hashlib
import os
import struct
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import puremagic
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Model, Sum
from django.template.defaultfilters import filesizeformat
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from partnership import clock
from partnership.access import Person, ties
from partnership.db.locks import lock
from partnership.enums import Audience, Role
from partnership.errors import Refusal
from partnership.models import Document, DocumentVersion, Partnership, User
from partnership.services import audit

# By content and by name alike: extension -> type under which it is served.
TYPES = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".txt": "text/plain",
    ".md": "text/plain",
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
}
ZIPPED = {".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp"}
TEXT = {".txt", ".md", ".csv"}
INLINE = {"application/pdf", "image/png", "image/jpeg"}

MAX_UNPACKED = 200 * 1024 * 1024
MAX_ENTRIES = 5_000
MAX_PIXELS = 50_000_000

MayRead = Callable[[Person, str], bool]
_scopes: dict[str, MayRead] = {}


class UploadRefused(Refusal):
    """The file is too large, of a kind that is not taken, or not what it says it is."""


def register_scope(label: str, may_read: MayRead) -> None:
    """Let a higher app say who reads documents laid before one of its objects (in `AppConfig.ready`)."""
    _scopes[label] = may_read


def may_read(user: Person, document: Document) -> bool:
    """Whether a person may read a document now: asked on each access, never remembered."""
    if document.withdrawn_at is not None:
        return ties(user).holds(Role.MANAGING_OFFICE, on=document.partnership)
    if document.scope_type:
        check = _scopes.get(document.scope_type)
        if check is None or not check(user, document.scope_pk):
            return False
    if document.audience == Audience.PUBLIC:
        return True
    if document.audience == Audience.PARTNERS:
        return ties(user).belongs_to(document.partnership_id)
    if document.audience == Audience.COMMITTEE:
        return bool(document.scope_type)
    return ties(user).holds(Role.MANAGING_OFFICE, on=document.partnership)


@transaction.atomic
def add(
    *,
    by: User,
    partnership: Partnership,
    title: str,
    file: UploadedFile,
    audience: str = Audience.PARTNERS,
    scope: Model | None = None,
    is_download: bool = False,
) -> Document:
    """A new document with its first version. Raises UploadRefused."""
    lock(Partnership.objects.all(), partnership.pk)
    document = Document.objects.create(
        partnership=partnership,
        title=title.strip() or Path(file.name or "").stem,
        audience=audience,
        scope_type=scope._meta.label_lower if scope else "",
        scope_pk=str(scope.pk) if scope else "",
        is_download=is_download,
        created_by=by,
    )
    _add_version(by=by, document=document, file=file, number=1)
    audit.record(by=by, action="document.added", subject=document, audience=audience)
    return document


@transaction.atomic
def add_version(*, by: User, document: Document, file: UploadedFile) -> DocumentVersion:
    """A newer version; the older ones are kept. Raises UploadRefused."""
    lock(Partnership.objects.all(), document.partnership_id)
    number = document.versions.count() + 1
    version = _add_version(by=by, document=document, file=file, number=number)
    audit.record(by=by, action="document.version_added", subject=document, number=number)
    return version


@transaction.atomic
def withdraw(*, by: User, document: Document) -> Document:
    """Take a document out of everybody's sight but the office's; nothing is deleted."""
    document.withdrawn_at = clock.now()
    document.save(update_fields=["withdrawn_at"])
    audit.record(by=by, action="document.withdrawn", subject=document)
    return document


@transaction.atomic
def restore(*, by: User, document: Document) -> Document:
    """Undo a withdrawal."""
    document.withdrawn_at = None
    document.save(update_fields=["withdrawn_at"])
    audit.record(by=by, action="document.restored", subject=document)
    return document


def path_of(version: DocumentVersion) -> Path:
    """Where the bytes lie: by their hash, so that database and files can be compared."""
    return Path(settings.MEDIA_ROOT) / version.sha256[:2] / version.sha256


def _add_version(*, by: User, document: Document, file: UploadedFile, number: int) -> DocumentVersion:
    name, content_type = inspect(file)
    used = (
        DocumentVersion.objects.filter(document__partnership=document.partnership_id).aggregate(total=Sum("size"))[
            "total"
        ]
        or 0
    )
    if used + (file.size or 0) > settings.UPLOAD_QUOTA_BYTES:
        raise UploadRefused(
            _("Der Speicher der Partnerschaft ist voll (%(limit)s).")
            % {"limit": filesizeformat(settings.UPLOAD_QUOTA_BYTES)},
            field="file",
        )
    return DocumentVersion.objects.create(
        document=document,
        number=number,
        file_name=name,
        content_type=content_type,
        size=file.size or 0,
        sha256=_store(file),
        uploaded_by=by,
        uploaded_at=clock.now(),
    )


def _store(file: UploadedFile) -> str:
    """Write the bytes under their SHA-256, whole or not at all."""
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=root, delete=False) as temporary:
        for chunk in file.chunks():
            digest.update(chunk)
            temporary.write(chunk)
        temporary.flush()
        os.fsync(temporary.fileno())
    target = root / digest.hexdigest()[:2] / digest.hexdigest()
    target.parent.mkdir(exist_ok=True)
    os.chmod(temporary.name, settings.FILE_UPLOAD_PERMISSIONS)
    os.replace(temporary.name, target)
    return digest.hexdigest()


def inspect(file: UploadedFile) -> tuple[str, str]:
    """Safe name and type of an upload, told by its content. Raises UploadRefused with the reason."""
    name = get_valid_filename(Path((file.name or "").replace("\x00", "").replace("\\", "/")).name[-150:] or "datei")
    extension = Path(name).suffix.lower()
    if (file.size or 0) > settings.UPLOAD_LIMIT_BYTES:
        raise UploadRefused(
            _("Die Datei ist größer als %(limit)s.") % {"limit": filesizeformat(settings.UPLOAD_LIMIT_BYTES)},
            field="file",
        )
    if not file.size:
        raise UploadRefused(_("Die Datei ist leer."), field="file")
    if extension not in TYPES:
        raise UploadRefused(
            _("Dateien der Art „%(extension)s“ werden nicht angenommen. Möglich sind: %(allowed)s.")
            % {"extension": extension or _("ohne Endung"), "allowed": ", ".join(sorted(TYPES))},
            field="file",
        )
    if not _content_fits(file, extension):
        raise UploadRefused(
            _("Der Inhalt passt nicht zur Endung „%(extension)s“.") % {"extension": extension}, field="file"
        )
    return name, TYPES[extension]


def _content_fits(file: UploadedFile, extension: str) -> bool:
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    if extension in TEXT:
        return _is_text(head)
    if extension in ZIPPED:
        return _is_office_file(file, extension)
    if extension == ".pdf":
        return _is_pdf(file, head)
    try:
        kinds = {match.mime_type for match in puremagic.magic_string(head)}
    except puremagic.PureError:
        return False
    return TYPES[extension] in kinds and _pixels(file, extension) <= MAX_PIXELS


def _is_text(head: bytes) -> bool:
    # A character may be cut at the end of the first block.
    text = head.decode("utf-8", errors="ignore") if head[:2] not in (b"\xff\xfe", b"\xfe\xff") else ""
    return (
        b"\x00" not in head and bool(text or head.decode("cp1252", errors="ignore")) and b"<script" not in head.lower()
    )


def _is_pdf(file: UploadedFile, head: bytes) -> bool:
    import pikepdf

    if not head.startswith(b"%PDF-"):
        return False
    try:
        with pikepdf.open(cast(BinaryIO, file)) as pdf:
            return len(pdf.pages) > 0
    except pikepdf.PasswordError:
        raise UploadRefused(_("Das PDF ist mit einem Passwort geschützt."), field="file") from None
    except pikepdf.PdfError:
        return False
    finally:
        file.seek(0)


def _is_office_file(file: IO[bytes], extension: str) -> bool:
    """Looks at the directory of the archive before anything is unpacked; macros are refused."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
                raise UploadRefused(_("Die Datei ist entpackt zu groß."), field="file")
            if any(name.lower().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names):
                raise UploadRefused(_("Dateien mit Makros werden nicht angenommen."), field="file")
            if any(name.lower().endswith((".zip", ".exe", ".js")) for name in names):
                raise UploadRefused(_("Die Datei enthält weitere Archive oder Programme."), field="file")
            if extension in (".odt", ".ods", ".odp"):
                # The size was checked above; the type stands unpacked in the first entry.
                return (
                    "mimetype" in names
                    and archive.read("mimetype")[:100].decode("ascii", "replace") == TYPES[extension]
                )
            folder = {".docx": "word/", ".xlsx": "xl/", ".pptx": "ppt/"}[extension]
            return "[Content_Types].xml" in names and any(name.startswith(folder) for name in names)
    except zipfile.BadZipFile:
        return False
    finally:
        file.seek(0)


def _pixels(file: IO[bytes], extension: str) -> int:
    """Width × height as the header says, without decoding the picture."""
    file.seek(0)
    data: Any = file.read(512 * 1024)
    file.seek(0)
    if extension == ".png":
        width, height = struct.unpack(">II", data[16:24]) if len(data) >= 24 else (0, 0)
        return width * height
    position = 2
    while position + 9 < len(data) and data[position] == 0xFF:
        marker, length = data[position + 1], int.from_bytes(data[position + 2 : position + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[position + 5 : position + 9])
            return width * height
        position += 2 + length
    return MAX_PIXELS + 1
