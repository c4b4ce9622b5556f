"""Short pages that answer the public's questions, in every language, with all that they ever said."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import PublicIdModel


class Guide(PublicIdModel):
    """One page of answers, such as that on MMR. What it says is in its versions."""

    slug = models.SlugField(_("address on the site"), max_length=60, unique=True)
    position = models.PositiveSmallIntegerField(_("order in the list"), default=0)

    class Meta:
        verbose_name = _("guide")
        verbose_name_plural = _("guides")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.slug


class GuideVersionQuerySet(models.QuerySet["GuideVersion"]):
    def latest_of_each(self) -> "GuideVersionQuerySet":
        """The version that is shown of each guide in each language."""
        newer = GuideVersion.objects.using(self.db).filter(
            guide=models.OuterRef("guide"), language=models.OuterRef("language"), pk__gt=models.OuterRef("pk")
        )
        return self.filter(~models.Exists(newer))


class GuideVersion(PublicIdModel):
    """What a guide says in one language from a moment on; the latest of each language is shown.

    ``body`` is plain text with a few marks (``clinics.guides.marks`` says which). ``translates`` is the English version
    that a translation was made from: while another English version is the latest, the translation is out of date.
    """

    append_only = True

    guide = models.ForeignKey(Guide, on_delete=models.PROTECT, related_name="versions")
    language = models.CharField(_("language"), max_length=10, default="en-gb")
    title = models.CharField(_("title"), max_length=120)
    summary = models.CharField(_("in one sentence"), max_length=300)
    body = models.TextField(_("text"))
    source = models.CharField(_("source"), max_length=300)
    reviewed_on = models.DateField(_("reviewed on"))
    review_by = models.DateField(_("to be reviewed by"))
    translates = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="translations")
    written_at = models.DateTimeField(_("written"))
    # Nobody where it came with the service.
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    written_by_name = models.CharField(_("written by"), max_length=200, blank=True, default="")

    objects = GuideVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a guide")
        verbose_name_plural = _("versions of guides")
        ordering = ["-id"]
        indexes = [
            # The latest of each language.
            models.Index(fields=["guide", "language", "-id"], name="guide_version_latest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(title="") & ~models.Q(body="") & ~models.Q(source=""),
                name="guide_version_says_something_and_on_what_ground",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"
