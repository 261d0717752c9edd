"""Importing partners and, with what higher apps bring, their delegates: read, preview, take over.

`files` reads tables, `rows` has the words, `partners` knows the partner columns, `plan` says what a table would
change, `batches` keeps what was uploaded and takes it over in one transaction. Nothing is written before that.
"""

from membership.services.imports.batches import apply, preview, refresh, upload
from membership.services.imports.files import MAXIMUM_BYTES, MAXIMUM_ROWS, FileRefused
from membership.services.imports.plan import Plan, register_part
from membership.services.imports.rows import Column, ImportRefused, Part, Planner, Row

__all__ = [
    "MAXIMUM_BYTES",
    "MAXIMUM_ROWS",
    "Column",
    "FileRefused",
    "ImportRefused",
    "Part",
    "Plan",
    "Planner",
    "Row",
    "apply",
    "preview",
    "refresh",
    "register_part",
    "upload",
]
