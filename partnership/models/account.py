"""Accounts: people who sign in with their e-mail address."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes people; addresses are kept in lower case, as people type them either way."""

    def create_user(self, email: str, name: str = "", password: str | None = None, **extra: Any) -> "User":
        """A person; without a password they cannot sign in before they accept an invitation."""
        user = self.model(email=email.strip().lower(), name=name.strip(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """An administrator of the installation; holds no governance role by that."""
        extra.setdefault("name", email.split("@")[0])
        return self.create_user(email, password=password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. What they may do follows from dated appointments and delegations."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("E-Mail-Adresse"), unique=True)
    name = models.CharField(_("Name"), max_length=150)
    job_title = models.CharField(_("Funktion im Haus"), max_length=150, blank=True)
    phone = models.CharField(_("Telefon"), max_length=40, blank=True)
    language = models.CharField(_("Sprache"), max_length=5, blank=True, choices=[("de", "Deutsch"), ("en", "English")])
    time_zone = models.CharField(_("Zeitzone"), max_length=50, default="Europe/Berlin")
    is_active = models.BooleanField(_("aktiv"), default=True)
    is_staff = models.BooleanField(_("darf in die Verwaltung"), default=False)
    created_at = models.DateTimeField(_("angelegt"), default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("Person")
        verbose_name_plural = _("Personen")
        ordering = ("name", "email")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_account_per_address",
                violation_error_message=_("Mit dieser E-Mail-Adresse gibt es bereits ein Konto."),
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        super().clean()
        self.email = self.email.strip().lower()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class AccountInvitation(models.Model):
    """A link by which a person sets their first password and lands where the mail was about.

    Only the hash of the secret is stored; an expired link renews itself by a new mail.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("Person"))
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    target = models.CharField(_("Ziel"), max_length=300, default="/")
    partnership = models.ForeignKey(
        "partnership.Partnership",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        verbose_name=_("Partnerschaft"),
    )
    created_at = models.DateTimeField(_("angelegt"))
    expires_at = models.DateTimeField(_("gültig bis"))
    accepted_at = models.DateTimeField(_("angenommen"), null=True, blank=True)
    invited_by = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("eingeladen von"),
    )

    class Meta:
        verbose_name = _("Einladung")
        verbose_name_plural = _("Einladungen")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.user} {self.created_at:%Y-%m-%d}"
