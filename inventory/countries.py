"""Countries by ISO 3166-1 alpha-2 code, and by their names in many languages."""

from functools import cache

from babel import Locale

from inventory.text_matching import WITHOUT_UMLAUTS, find_term, fold, spelling_table, word_set

# All assigned codes of ISO 3166-1 alpha-2.
CODES = word_set(
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV "
    "BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES "
    "ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE "
    "IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY "
    "MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU "
    "NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM "
    "SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE "
    "VG VI VN VU WF WS YE YT ZA ZM ZW"
)

# Languages of Europe's dealers and their suppliers. Babel has the names of all countries in them.
_LANGUAGES = word_set("en de fr it es pt nl bg ro hu pl cs sk sl hr sr el da sv nb fi et lv lt ru uk tr ja zh")
# Spellings that Babel's data lacks in these languages.
_SPELLINGS = spelling_table(
    AE="UAE, U.A.E., Dubai",
    BA="Bosnia and Herzegovina, Bosnia",
    CZ="Czech Republic",
    GB="UK, U.K., Great Britain, Britain, England, Scotland, Wales, Northern Ireland",
    GR="EL",
    HK="Hong Kong, Hongkong",
    KR="Korea",
    NL="The Netherlands, Holland",
    TR="Turkey",
    US="United States of America, U.S.A., U.S.",
)


def parse_country(text: str) -> str:
    """Parse a code in either case, or a name such as "Tyskland" or "Munich, Germany".

    Returns the alpha-2 code. Raises ValueError with a message to show.
    """
    code = text.strip().upper()
    if code in CODES:
        return code
    names = _load_names()
    found_code = find_term(text, names) or names.get(fold(text.rpartition(",")[2]))
    if found_code is None:
        raise ValueError("This is not a known country. Enter its two-letter code, such as DE.")
    return found_code


@cache
def _load_names() -> dict[str, str]:
    """Return the codes by folded name. A name of several countries is left out.

    Loading takes a fifth of a second, so it waits for the first name.
    """
    found: dict[str, set[str]] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            for spelling in {fold(name), fold(name.translate(WITHOUT_UMLAUTS))} if code in CODES else ():
                found.setdefault(spelling, set()).add(code)
    return {name: min(codes) for name, codes in found.items() if len(codes) == 1} | _SPELLINGS
