"""Keys: made, filled, followed by a new version. A version a ballot was weighed by is never changed."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from committees.models import Key, KeyShare
from membership.models import Partner
from partnership import clock
from partnership.db.locks import lock
from partnership.errors import Refusal
from partnership.models import Partnership, User
from partnership.services import audit

FIELDS = ("name", "unit", "source")


class KeyRefused(Refusal):
    """The key is in use, exists already, or cannot begin on that day."""


@transaction.atomic
def create(
    *, by: User | None, partnership: Partnership, code: str, name: str, unit: str, valid_from: date, source: str = ""
) -> Key:
    """Set up a key without values. Raises KeyRefused."""
    lock(Partnership.objects.all(), partnership.pk)
    if Key.objects.filter(partnership=partnership, code=code).exists():
        raise KeyRefused(
            _("Den Schlüssel „%(code)s“ gibt es schon. Für andere Werte legen Sie dort eine neue Fassung an.")
            % {"code": code},
            field="code",
        )
    key = Key(
        partnership=partnership,
        code=code,
        name=name.strip(),
        unit=unit.strip(),
        source=source.strip(),
        valid_from=valid_from,
        created_by=by,
    )
    try:
        key.clean_fields(exclude=("partnership", "created_by"))
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise KeyRefused(sentences[0], field=field) from error
    key.save(force_insert=True)
    _note(by, "key.created", key)
    return key


@transaction.atomic
def edit(*, by: User | None, key: Key, **changes: Any) -> Key:
    """Correct name, unit and source of a version that is not in use. Raises KeyRefused."""
    key = _unused(key)
    if unknown := set(changes) - set(FIELDS):
        raise TypeError(f"A key has no {sorted(unknown)}")
    for name, value in changes.items():
        setattr(key, name, value.strip())
    key.save(update_fields=list(changes))
    _note(by, "key.changed", key)
    return key


@transaction.atomic
def set_values(*, by: User | None, key: Key, values: Mapping[Partner, Decimal]) -> Key:
    """Replace the values of a version that is not in use; partners without one are left out. Raises KeyRefused."""
    key = _unused(key)
    if any(value < 0 for value in values.values()):
        raise KeyRefused(_("Ein Wert ist nie negativ."))
    if any(partner.partnership_id != key.partnership_id for partner in values):
        raise KeyRefused(_("Ein Partner gehört einer anderen Partnerschaft an."))
    key.shares.all().delete()
    KeyShare.objects.bulk_create(
        KeyShare(key=key, partner=partner, value=value) for partner, value in sorted(values.items(), key=_by_number)
    )
    _note(by, "key.filled", key, partners=len(values), sum=str(sum(values.values())))
    return key


@transaction.atomic
def new_version(*, by: User | None, key: Key, name: str, valid_from: date, source: str = "") -> Key:
    """Follow the newest version from a day on, with its values to begin with. Raises KeyRefused."""
    lock(Partnership.objects.all(), key.partnership_id)
    last = lock(Key.objects.select_related("partnership"), _newest(key).pk)
    if valid_from <= last.valid_from:
        raise KeyRefused(
            _("„%(name)s“ gilt ab dem %(day)s; die nächste Fassung beginnt danach.")
            % {"name": last.name, "day": date_format(last.valid_from, "d.m.Y")},
            field="valid_from",
        )
    if last.is_used and valid_from < clock.today():
        raise KeyRefused(
            _("Nach „%(name)s“ wurde schon abgestimmt. Eine neue Fassung gilt frühestens ab heute.")
            % {"name": last.name},
            field="valid_from",
        )
    last.valid_until = valid_from
    last.save(update_fields=["valid_until"])
    made = Key.objects.create(
        partnership=last.partnership,
        code=last.code,
        unit=last.unit,
        name=name.strip(),
        source=source.strip(),
        valid_from=valid_from,
        created_by=by,
    )
    KeyShare.objects.bulk_create(
        KeyShare(key=made, partner_id=share.partner_id, value=share.value) for share in last.shares.all()
    )
    _note(by, "key.created", made, follows=str(last.pk))
    return made


def _newest(key: Key) -> Key:
    return Key.objects.filter(partnership=key.partnership_id, code=key.code).order_by("-valid_from")[0]


def _unused(key: Key) -> Key:
    """The key under its lock. Raises KeyRefused where a ballot was weighed by it."""
    key = lock(Key.objects.select_related("partnership"), key.pk)
    if key.is_used:
        raise KeyRefused(
            _("Nach „%(name)s“ wurde schon abgestimmt; diese Fassung bleibt, wie sie ist. Legen Sie eine neue an.")
            % {"name": key.name}
        )
    return key


def _by_number(item: tuple[Partner, Decimal]) -> int:
    return item[0].number


def _note(by: User | None, action: str, key: Key, **facts: Any) -> None:
    audit.record(by=by, action=action, subject=key, partnership=key.partnership, code=key.code, name=key.name, **facts)
