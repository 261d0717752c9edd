"""Taking files in."""

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class BoundedUpload(TemporaryFileUploadHandler):
    """Keeps no more of a file than may be uploaded: five gigabytes fill neither disk nor memory.

    The rest is read and dropped. The file still says how large it was, so the service refuses it with its sentence
    and the form keeps what was typed.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start <= settings.UPLOAD_LIMIT_BYTES:
            super().receive_data_chunk(raw_data, start)
