"""Importing partners and, with what higher apps bring, their delegates: read, preview, take over.

`files` reads tables, `plan` says what a table would change, `partners` knows the partner columns, `batches` keeps
what was uploaded and takes it over in one transaction. Nothing is written before that.
"""

from membership.services.imports.batches import apply, preview, refresh, upload
from membership.services.imports.files import MAXIMUM_BYTES, MAXIMUM_ROWS, FileRefused
from membership.services.imports.plan import Column, ImportRefused, Part, Plan, Planner, Row, register_part

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
