"""Countries by ISO 3166-1 alpha-2 code, and by name where watches are traded."""

from inventory.text_matching import find_term, fold, spelling_table, word_set

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

_NAMES = spelling_table(
    AD="Andorra",
    AE="United Arab Emirates, UAE, U.A.E., Dubai",
    AL="Albania",
    AT="Austria, Österreich",
    AU="Australia",
    BA="Bosnia and Herzegovina, Bosnia",
    BE="Belgium, België, Belgique, Belgien",
    BG="Bulgaria, България, Bulgarien",
    BY="Belarus",
    CA="Canada",
    CH="Switzerland, Schweiz, Suisse, Svizzera",
    CN="China",
    CY="Cyprus",
    CZ="Czechia, Czech Republic, Česko, Tschechien",
    DE="Germany, Deutschland, Allemagne, Germania, Alemania, Германия",
    DK="Denmark, Danmark, Dänemark",
    EE="Estonia",
    ES="Spain, España, Spanien, Espagne, Spagna",
    FI="Finland, Suomi",
    FR="France, Frankreich, Francia",
    GB="United Kingdom, UK, U.K., Great Britain, Britain, England, Scotland, Wales, Northern Ireland",
    GE="Georgia",
    GI="Gibraltar",
    GR="Greece, Ελλάδα, Griechenland, EL",
    HK="Hong Kong, Hongkong",
    HR="Croatia, Hrvatska, Kroatien",
    HU="Hungary, Magyarország, Ungarn",
    IE="Ireland, Irland",
    IL="Israel",
    IN="India",
    IS="Iceland",
    IT="Italy, Italia, Italien, Italie",
    JP="Japan",
    KR="South Korea, Korea",
    KW="Kuwait",
    LI="Liechtenstein",
    LT="Lithuania",
    LU="Luxembourg, Luxemburg",
    LV="Latvia",
    MC="Monaco",
    MD="Moldova",
    ME="Montenegro",
    MK="North Macedonia",
    MT="Malta",
    NL="Netherlands, The Netherlands, Nederland, Holland, Niederlande",
    NO="Norway, Norge",
    PL="Poland, Polska, Polen",
    PT="Portugal",
    QA="Qatar",
    RO="Romania, România, Rumänien",
    RS="Serbia",
    SA="Saudi Arabia",
    SE="Sweden, Sverige, Schweden",
    SG="Singapore",
    SI="Slovenia",
    SK="Slovakia",
    SM="San Marino",
    TH="Thailand",
    TR="Turkey, Türkiye, Türkei",
    TW="Taiwan",
    UA="Ukraine",
    US="United States, United States of America, USA, U.S.A., U.S.",
    VA="Vatican City",
)


def parse_country(text: str) -> str:
    """Parse a code in either case, or a name such as "Germany" or "Munich, Germany".

    Returns the alpha-2 code. Raises ValueError with a message to show.
    """
    code = text.strip().upper()
    if code in CODES:
        return code
    found_code = find_term(text, _NAMES) or _NAMES.get(fold(text.rpartition(",")[2]))
    if found_code is None:
        raise ValueError("This is not a known country. Enter its two-letter code, such as DE.")
    return found_code
