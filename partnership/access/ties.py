"""What ties a person to partnerships today: dated appointments (`partnership.ties`), and what higher apps bring.

Knows no model, so that the querysets of models can ask it.
Everything that authorises is read here, at each request; nothing of it is kept in a session.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from django.db.models import Model

from partnership import clock

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

Person: TypeAlias = "AbstractBaseUser | AnonymousUser"
# The attribute of a user object that carries what was read for this request.
REMEMBERED = "_ties"


@dataclass(frozen=True)
class Tie:
    """One thing a person holds: `kind` (a role, or delegate, deputy, member) on one object of a partnership.

    `partner_id` is set where the person acts for a partner.
    """

    kind: str
    label: str
    object_id: UUID
    partnership_id: UUID
    partner_id: UUID | None = None


@dataclass(frozen=True)
class Ties:
    """All that a person holds on one day."""

    items: tuple[Tie, ...] = field(default_factory=tuple)

    @cached_property
    def partnership_ids(self) -> frozenset[UUID]:
        """Partnerships the person belongs to."""
        return frozenset(tie.partnership_id for tie in self.items)

    @cached_property
    def partner_ids(self) -> frozenset[UUID]:
        """Partners the person acts for."""
        return frozenset(tie.partner_id for tie in self.items if tie.partner_id)

    def ids(self, label: str, *kinds: str) -> frozenset[UUID]:
        """Keys of the objects of a model on which the person holds one of `kinds` (any, if none is named)."""
        return frozenset(tie.object_id for tie in self.items if tie.label == label and (not kinds or tie.kind in kinds))

    def holds(self, *kinds: str, on: Model) -> bool:
        """Whether the person holds one of `kinds` on the object `on`."""
        return on.pk in self.ids(on._meta.label_lower, *kinds)

    def belongs_to(self, partnership_id: UUID) -> bool:
        """Whether anything ties the person to the partnership."""
        return partnership_id in self.partnership_ids

    @property
    def keys(self) -> tuple[Any, ...]:
        """Every key the ties name, each once, in their order."""
        named = (key for tie in self.items for key in (tie.object_id, tie.partnership_id, tie.partner_id) if key)
        return tuple(dict.fromkeys(named))

    def renamed(self, names: Mapping[Any, Any]) -> "Ties":
        """The same ties on other keys."""
        return Ties(
            tuple(
                Tie(tie.kind, tie.label, names[tie.object_id], names[tie.partnership_id], names.get(tie.partner_id))
                for tie in self.items
            )
        )

    def roles_in(self, partnership_id: UUID) -> frozenset[str]:
        """Kinds of ties within one partnership, whatever they are held on."""
        return frozenset(tie.kind for tie in self.items if tie.partnership_id == partnership_id)


Source = Callable[[Any, date], Iterable[Tie]]
_sources: list[Source] = []


def register_source(source: Source) -> Source:
    """Let an app add ties (in `AppConfig.ready`); the source costs at most one query."""
    if source not in _sources:
        _sources.append(source)
    return source


def ties(user: Person) -> Ties:
    """The ties of a person today; read once for a request (see `remember`), else afresh."""
    remembered = getattr(user, REMEMBERED, None)
    if remembered is not None:
        return remembered
    if not user.is_authenticated or not user.is_active:
        return Ties()
    on = clock.today()
    return Ties(tuple(tie for source in _sources for tie in source(user, on)))


def remember(user: Person) -> None:
    """Keep the ties on this user object: one request, one reading."""
    setattr(user, REMEMBERED, ties(user))


def forget(user: Person) -> None:
    """Read the ties afresh the next time; after a service has changed them."""
    if hasattr(user, REMEMBERED):
        delattr(user, REMEMBERED)
