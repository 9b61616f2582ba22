"""Parsers for condition, movement, VAT regime, and yes or no, in many languages.

A word that dealers use for two grades stands for the lower one, so that no listing claims too much: "mint" is
very_good, "new / unworn" is unworn. Each parser returns a value of the OpenAPI document's enum and raises ValueError
with a message to show.
"""

import re
from collections.abc import Collection, Mapping

from inventory.text_matching import find_term, spelling_table, word_set

CONDITIONS = spelling_table(
    # The numbers are those of eBay. Its 3000 is any used watch.
    new="1000, new, brand new, factory new, neu, fabrikneu, neuf, neuve, nuovo, nuova, nuevo, nueva, нов, нова, ново",
    unworn="1500, unworn, never worn, new unworn, new never worn, new old stock, nos, ungetragen, neu ungetragen, "
    "jamais porté, jamais portée, non porté, mai indossato, sin usar, sin estrenar, неносен, неносено",
    very_good="2750, 2990, 4000, "
    "very good, mint, near mint, like new, as new, excellent, sehr gut, neuwertig, wie neu, très "
    "bon, très bien, comme neuf, molto buono, molto buone, ottimo, ottime, come nuovo, muy bueno, muy "
    "buena, muy buen, muy bien, como nuevo, много добро, много добър, отлично",
    good="5000, good, gut, bon, bien, buono, buone, bueno, buena, buen, добро, добър",
    fair="3010, 6000, fair, acceptable, satisfactory, akzeptabel, befriedigend, ausreichend, correct, satisfaisant, "
    "discreto, aceptable, satisfactorio, задоволително",
    poor="7000, poor, bad, for parts, schlecht, mangelhaft, defekt, mauvais, scarso, malo, mala, mal, лошо",
)
_CONDITION_FILLERS = word_set(
    "condition zustand etat condizioni condizione estado състояние used preowned pre owned gebraucht "
    "occasion usato usado употребяван"
)

MOVEMENTS = spelling_table(
    automatic="automatic, auto, self winding, selfwinding, automatik, automatikaufzug, automatique, "
    "automatico, automatica, carica automatica, remontage automatique, cuerda automática, автоматичен, "
    "автоматик, автоматично, spring drive, automatic chronograph",
    manual="manual, manual winding, manual wind, manually wound, hand wound, hand winding, hand wind, "
    "handwound, handaufzug, manuel, remontage manuel, manuale, carica manuale, cuerda manual, ръчен, ръчно "
    "навиване, ръчно",
    quartz="quartz, quarz, quarzo, cuarzo, кварц, кварцов, eco drive, solar, solar quartz, kinetic, "
    "mecaquartz, meca quartz, battery, batterie",
)
_MOVEMENT_FILLERS = word_set("movement werk uhrwerk mouvement movimento movimiento механизъм")

VAT_REGIMES = spelling_table(
    margin="margin, margin scheme, margin vat, vat margin scheme, differenzbesteuert, differenzbesteuerung, "
    "differenzbesteuert 25a ustg, 25a ustg, 25a, marge, tva sur la marge, régime de la marge, margine, "
    "regime del margine, regime margine, rebu, vat not deductible, vat non deductible, mwst nicht "
    "ausweisbar, марж, режим на маржа",
    standard="standard, standard vat, vat deductible, vat reclaimable, vat included, incl vat, including "
    "vat, vat, regelbesteuert, regelbesteuerung, mwst ausweisbar, inkl mwst, tva récupérable, tva incluse, "
    "iva esposta, iva deducible, iva inclusa, iva incluido, с ддс, ддс",
    export="export, export only, export price, net export, netto export, vat free export, tax free, tax free export",
)
_VAT_WORDS = r"(?:(?:incl|inkl|including|vat|mwst|ust|tva|iva|btw|moms|ддс)\b\.?\s*)*"
_VAT_RATE = re.compile(rf"{_VAT_WORDS}(?!0+(?:[.,]0+)?\s*%)[0-9]{{1,2}}(?:[.,][0-9])?\s*%\s*{_VAT_WORDS}", re.I)

_YES_NO = spelling_table(
    yes="yes, y, true, t, 1, x, included, available, ja, j, vorhanden, oui, o, sì, s, да, д",
    no="no, n, false, f, 0, none, missing, not included, not available, nein, keine, fehlt, non, нет, не, н",
)
_TICKS = str.maketrans({"✓": "yes", "✔": "yes", "☑": "yes", "✗": "no", "✘": "no", "☐": "no"})


def parse_condition(text: str) -> str:
    return _find_or_raise(CONDITIONS, text, "condition", _CONDITION_FILLERS)


def parse_movement(text: str) -> str:
    return _find_or_raise(MOVEMENTS, text, "movement", _MOVEMENT_FILLERS)


def parse_vat_regime(text: str) -> str:
    """Parse words such as "differenzbesteuert".

    A rate above zero, such as "19% VAT", is standard.
    """
    if _VAT_RATE.fullmatch(text.strip()):
        return "standard"
    return _find_or_raise(VAT_REGIMES, text, "VAT regime")


def parse_yes_no(text: str) -> bool:
    value = find_term(text.translate(_TICKS), _YES_NO)
    if value is None:
        raise ValueError("This is neither yes nor no. Enter one of them.")
    return value == "yes"


def _find_or_raise(table: Mapping[str, str], text: str, noun: str, fillers: Collection[str] = ()) -> str:
    value = find_term(text, table, fillers)
    if value is None:
        *others, last = dict.fromkeys(term.replace("_", " ") for term in table.values())
        raise ValueError(f"This is not a {noun}. Enter {', '.join(others)} or {last}.")
    return value
