"""Recognizes the field of a column header, and the unit of its numbers."""

import re

from inventory.measurements import UNITS
from inventory.money import CURRENCIES, currency
from inventory.text_matching import fold, spelling_table

PRICE_FIELDS = ("asking_price_eur", "cost_price_eur")
# The unit of a price whose sign belongs to several currencies.
AMBIGUOUS = "unclear"

_CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_CURRENCY_SIGN = re.compile(r"(?:(?<![^\W\d_])[^\W\d_]{1,3})?[$€£¥₺₹₩฿₪]")
_CURRENCY_WORDS = {"euro": "EUR", "euros": "EUR", "евро": "EUR", "лв": "BGN", "kr": AMBIGUOUS, AMBIGUOUS: AMBIGUOUS}
# Currency codes that headers use as words: "Top price" is not a price in Tongan paʻanga (TOP).
ENGLISH_WORDS = ("ALL", "TOP")

FIELD_SPELLINGS = spelling_table(
    sku="sku, stock no, stock nr, stock number, stock id, stock code, item no, item number, item "
    "code, inventory no, inventory number, article no, article number, artikelnummer, artikel nr, "
    "artikelnr, lagernummer, interne nummer, numéro de stock, numéro d'article, codice articolo, codice "
    "interno, código de artículo, número de artículo, артикул, артикулен номер, складов номер, номер на складе",
    brand="brand, make, maker, manufacturer, watch brand, marke, hersteller, marque, fabricant, marca, "
    "produttore, fabricante, марка, производител, бренд, производитель",
    model="model, model name, watch model, modell, modellname, modèle, modello, modelo, модел, модель, название модели",
    reference="reference, ref, ref no, ref nr, reference no, reference number, model reference, "
    "manufacturer reference, referenz, referenznummer, ref nummer, référence, numéro de référence, "
    "referenza, numero di referenza, rif, referencia, número de referencia, референция, референтен номер, референс, "
    "референс номер, реф",
    title="title, listing title, headline, titel, überschrift, titre, titolo, título, заглавие, заголовок",
    description="description, listing description, beschreibung, descrizione, descripción, описание",
    condition="condition, watch condition, grade, zustand, état, condizione, condizioni, estado, condición, "
    "състояние, состояние",
    year="year, year of production, production year, year of manufacture, baujahr, jahr, herstellungsjahr, "
    "année, année de fabrication, année de production, anno, anno di produzione, anno di fabbricazione, "
    "año, año de producción, año de fabricación, година, година на производство, год, год выпуска, год производства",
    case_material="case material, case, gehäusematerial, gehäuse, material gehäuse, matériau du boîtier, "
    "matière du boîtier, matière boîtier, boîtier, materiale cassa, materiale della cassa, cassa, material "
    "de la caja, material caja, материал на корпуса, корпус, материал корпуса",
    case_diameter_mm="case diameter, diameter, case size, size, durchmesser, gehäusedurchmesser, ø, gehäuse "
    "ø, größe, diamètre, diamètre du boîtier, diametro, diametro cassa, diámetro, diámetro de la caja, "
    "диаметър, диаметър на корпуса, диаметр, диаметр корпуса, размер корпуса",
    bracelet_material="bracelet material, bracelet, strap material, strap, band material, band, armband, "
    "armbandmaterial, material armband, matériau du bracelet, matière du bracelet, materiale bracciale, "
    "materiale del bracciale, bracciale, cinturino, material de la correa, material correa, correa, "
    "pulsera, material de la pulsera, материал на каишката, каишка, верижка, материал браслета, материал ремешка, "
    "браслет, ремешок",
    dial_color="dial color, dial colour, color of dial, dial, zifferblatt, zifferblattfarbe, cadran, "
    "couleur du cadran, couleur cadran, quadrante, colore quadrante, colore del quadrante, esfera, color de "
    "la esfera, color esfera, циферблат, цвят на циферблата, цвет циферблата",
    movement="movement, movement type, winding, aufzug, uhrwerk, werk, mouvement, type de mouvement, "
    "remontage, movimento, tipo di movimento, carica, movimiento, tipo de movimiento, cuerda, механизъм, "
    "вид механизъм, механизм, тип механизма",
    caliber="caliber, calibre, cal, caliber no, movement caliber, kaliber, werk kaliber, calibro, калибър, калибр",
    power_reserve_h="power reserve, gangreserve, réserve de marche, riserva di carica, reserva de marcha, "
    "запас на хода, запас от ход, запас хода",
    water_resistance_m="water resistance, water resistant, waterproof, water proof, depth rating, "
    "wasserdichtigkeit, wasserdicht, étanchéité, étanche, impermeabilità, resistenza all'acqua, resistencia "
    "al agua, estanqueidad, водоустойчивост, водонепроницаемост, водозащита, водонепроницаемость",
    complications="complications, complication, functions, features, komplikationen, funktionen, fonctions, "
    "complicazioni, funzioni, complicaciones, funciones, усложнения, функции, функции часов",
    has_box="has box, box, with box, original box, ovp, originalbox, mit box, boîte d'origine, écrin, "
    "scatola, scatola originale, caja original, estuche, кутия, оригинална кутия, boîte, коробка, оригинальная "
    "коробка",
    has_papers="has papers, papers, with papers, original papers, papiere, originalpapiere, mit papieren, "
    "papiers, papiers d'origine, documenti, documenti originali, papeles, documentación, документи, "
    "оригинални документи, документы, оригинальные документы",
    box_and_papers="box and papers, box papers, scope of delivery, delivery scope, delivery contents, "
    "included items, set, lieferumfang, box und papiere, box papiere, contenu de la livraison, boîte et "
    "papiers, contenuto della consegna, dotazione, corredo, scatola e documenti, contenido de la entrega, "
    "caja y papeles, комплект, окомплектовка, кутия и документи, комплектация, коробка и документы",
    asking_price_eur="asking price, price, sale price, sales price, selling price, preis, verkaufspreis, "
    "vk, vk preis, prix, prix de vente, prezzo, prezzo di vendita, precio, precio de venta, цена, продажна "
    "цена, цена продажи",
    vat_regime="vat regime, vat, vat scheme, vat status, tax scheme, taxation, besteuerung, mwst, "
    "mehrwertsteuer, ust, tva, régime de tva, régime tva, iva, regime iva, régimen de iva, ддс, режим на ддс, ндс",
    location_country="location country, country, location, country of location, land, standort, pays, lieu, "
    "paese, país, ubicación, държава, страна, местоположение, местонахождение",
    photos="photos, photo, photo urls, photo url, images, image, image urls, image url, pictures, bilder, "
    "fotos, foto, images urls, immagini, imágenes, снимки, фото, фотографии, изображения",
    cost_price_eur="cost price, cost, purchase price, buying price, buy price, einkaufspreis, einkauf, ek, "
    "ek preis, prix d'achat, prezzo di acquisto, prezzo d'acquisto, costo, precio de compra, precio de "
    "coste, покупна цена, доставна цена, себестойност, закупочная цена, цена закупки, себестоимость",
    serial_number="serial number, serial, serial no, serial nr, seriennummer, serien nr, numéro de série, "
    "numero di serie, matricola, número de serie, сериен номер, серийный номер",
    supplier="supplier, vendor, purchased from, bought from, lieferant, fournisseur, fornitore, proveedor, "
    "доставчик, поставщик",
)


def find_field(name: str) -> str | None:
    """Find the field that a header spells.

    One word may be a unit of that field, such as a currency.
    """
    words = _split_words(name)
    field = FIELD_SPELLINGS.get(" ".join(words))
    for word in () if field else words:
        rest = FIELD_SPELLINGS.get(" ".join(other for other in words if other not in (word, "in")))
        field = rest if rest and _unit_of_word(word, rest) else field
    return field


def find_unit(name: str, field: str) -> str | None:
    """Find the unit in the header of a field.

    The unit of a price is a currency code or AMBIGUOUS; other units are such as "bar" or "days".
    """
    words = _split_words(name)
    if FIELD_SPELLINGS.get(" ".join(words)) == field:
        return None
    return next(filter(None, (_unit_of_word(word, field) for word in reversed(words))), None)


def _unit_of_word(word: str, field: str) -> str | None:
    if field not in PRICE_FIELDS:
        return UNITS.get(field, {}).get(word)
    code = word.upper()
    return code if code in CURRENCIES and code not in ENGLISH_WORDS else _CURRENCY_WORDS.get(word)


def _split_words(name: str) -> list[str]:
    spelled_out = _CURRENCY_SIGN.sub(lambda sign: f" {_currency_code(sign[0])} ", _CAMEL_CASE.sub(" ", name))
    return fold(spelled_out).split()


def _currency_code(sign: str) -> str:
    try:
        return currency(sign)
    except ValueError:
        return AMBIGUOUS
