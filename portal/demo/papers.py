"""Documents and an enquiry for the demonstration; the documents are one page each and say that they are examples."""

import json

from django.core.files.uploadedfile import SimpleUploadedFile

from membership.services import enquiries
from partnership.enums import Audience
from partnership.services import documents
from portal.demo import content
from portal.demo.stage import Stage, moment

SHEET = """
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title)
#set text(lang: "de", region: "de", size: 11pt)
#set page(paper: "a4", margin: 2.5cm)
#title()
#for line in d.lines [#par(line)]
"""
DOWNLOADS = (
    (
        "Geschäftsordnung (Beispiel)",
        (
            "Dieses Blatt ist ein Beispiel für die Demonstration. Es gibt keine wirkliche Geschäftsordnung wieder.",
            "§ 1 Jeder Partner hat in jedem Komitee eine Stimme.",
            "§ 2 Ein Komitee ist beschlussfähig, wenn mehr als die Hälfte der stimmberechtigten Partner teilnimmt.",
            "§ 3 Beschlüsse brauchen mehr Ja- als Neinstimmen; Enthaltungen zählen nicht mit.",
            "§ 4 Die Einladung ergeht mit einer Frist von zwei Wochen.",
        ),
    ),
    (
        "Mitgliedsbeiträge (Beispiel)",
        ("Dieses Blatt ist ein Beispiel für die Demonstration; es nennt keine wirklichen Beiträge.",),
    ),
)


def lay_out(stage: Stage) -> None:
    """Put the downloads on the public page and a first enquiry on the product managers' list."""
    import typst

    with moment(-400):
        for title, lines in DOWNLOADS:
            sheet = typst.compile(
                SHEET.encode(),
                sys_inputs={"data": json.dumps({"title": title, "lines": lines})},
                pdf_standards=["ua-1"],
            )
            documents.add(
                by=stage[content.OFFICE],
                partnership=stage.partnership,
                title=title,
                file=SimpleUploadedFile(f"{title.split(' ')[0].lower()}.pdf", sheet),
                audience=Audience.PUBLIC,
                is_download=True,
            )
    with moment(-1, 14):
        enquiries.receive(
            partnership=stage.partnership,
            kind="join",
            organisation="Stadt Neugierig (Beispiel)",
            name="Nele Neugierig",
            email=f"neugierig@{content.DOMAIN}",
            message="Wir betreiben ein eigenes Geoportal und möchten wissen, was ein Beitritt für uns bedeutet.",
        )
