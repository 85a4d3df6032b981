#!/usr/bin/env python3
"""Makes our content of a site that the bench's gen.py made: the same pages, under our keys.

    prepare.py SITE      reads SITE/zola/content, writes SITE/ours
"""
import pathlib, shutil, sys

if len(sys.argv) != 2:
    sys.exit(__doc__)
site = pathlib.Path(sys.argv[1])
ours = site / "ours"
shutil.rmtree(ours, ignore_errors=True)
(ours / "news").mkdir(parents=True)
(ours / "pages").mkdir()
for page in sorted((site / "zola/content/actualites").glob("p-*.md")):
    text = page.read_text(encoding="utf-8")
    (ours / "news" / page.name).write_text(text.replace("\ndescription = ", "\nsummary = ", 1), encoding="utf-8")
# With the map of the site, a navigation of ten.
for rank, name in enumerate(["Accueil", "Consultations", "Calendrier", "Budget participatif", "Méthode",
                             "Questions fréquentes", "Accessibilité", "Données ouvertes", "Contact"]):
    (ours / "pages" / f"page-{rank}.md").write_text(
        f'+++\ntitle = "{name}"\nsummary = "{name}"\norder = {rank}\n+++\nBienvenue.\n', encoding="utf-8")
(ours / "site.toml").write_text('''name = "Consultation citoyenne"
tagline = "Consultation citoyenne"
description = "Consultation citoyenne"
accessibility = "partiellement conforme"
source_code = "https://consult.example/source"
contact_email = "contact@consult.example"
moderation_delay = "2 jours"
''', encoding="utf-8")
