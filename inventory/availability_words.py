"""Words for availability: column names and cells, in European languages.

They include the words of Shopify, WooCommerce, eBay, PrestaShop, Magento, Chrono24 and schema.org.
"""

from inventory.text_matching import spelling_table, word_set

# `sold` and `withheld` are columns that hold a yes, a date or a name for such watches.
AVAILABILITY_SPELLINGS = spelling_table(
    status="status, stock status, inventory status, listing status, item status, product status, "
    "availability status, sale "
    "status, sales status, watch status, offer status, publication status, post status, availability, visibility, "
    "visibility in catalog, catalog visibility, sichtbarkeit im katalog, visibilité dans le catalogue, lagerstatus, "
    "verkaufsstatus, angebotsstatus, verfügbarkeit, "
    "sichtbarkeit, statut, statut de vente, état du stock, disponibilité, visibilité, stato, stato vendita, stato "
    "inserzione, disponibilità, visibilità, estado de venta, estado del stock, disponibilidad, visibilidad, статус, "
    "статус на продажба, наличност, видимост, наличие, доступность, видимость, beschikbaarheid",
    quantity="quantity, qty, stock, stock qty, stock quantity, stock level, stock amount, current stock, total stock, "
    "available stock, inventory, inventory qty, inventory quantity, inventory level, inventory count, total "
    "inventory, total inventory qty, variant inventory qty, variant inventory quantity, available, available "
    "quantity, available qty, quantity available, qty available, quantity in stock, qty in stock, on hand, on hand "
    "quantity, quantity on hand, qty on hand, in stock, is in stock, instock, units, units in stock, pieces, pcs, "
    "menge, anzahl, stück, stückzahl, bestand, lagerbestand, lagermenge, auf lager, verfügbar, quantité, quantité "
    "disponible, quantité en stock, stock disponible, en stock, disponible, quantità, quantità disponibile, giacenza, "
    "in magazzino, disponibile, cantidad, cantidad disponible, existencias, количество, налично количество, складова "
    "наличност, наличен, брой, бройка, количество на складе, остаток, в наличии, aantal, voorraad",
    published="published, is published, published on online store, published online, publish, active, is active, "
    "enabled, is "
    "enabled, product online, online, is online, live, listed, visible, is visible, for sale, is for sale, on sale "
    "now, available for order, available for sale, published at, published on, veröffentlicht, aktiv, sichtbar, "
    "freigeschaltet, zu verkaufen, publié, actif, activé, en ligne, visible en ligne, à vendre, disponible à la "
    "vente, pubblicato, attivo, in vendita, publicado, activo, en venta, публикуван, публикувана, активен, активна, "
    "видим, за продажба",
    sold="sold, is sold, sold out, sold date, date sold, date of sale, sold on, sold at, sold to, sold price, "
    "sold for, "
    "sold quantity, quantity sold, qty sold, buyer, buyer name, verkauft, verkauft am, verkauft an, verkaufsdatum, "
    "käufer, vendu, vendue, vendu le, date de vente, acheteur, venduto, venduta, venduto il, data di vendita, "
    "acquirente, vendido, vendida, vendido el, fecha de venta, comprador, продаден, продадена, продадено, дата на "
    "продажба, купувач, продано, продан, покупатель, дата продажи, verkocht",
    withheld="reserved, is reserved, reserved for, reserved until, reserved by, reserved quantity, on hold, hold, "
    "draft, is "
    "draft, archived, is archived, deleted, is deleted, hidden, is hidden, disabled, is disabled, inactive, "
    "discontinued, not for sale, reserviert, reserviert für, reserviert bis, entwurf, archiviert, gelöscht, "
    "versteckt, deaktiviert, inaktiv, réservé, réservé pour, brouillon, archivé, supprimé, masqué, riservato, "
    "prenotato, bozza, archiviato, nascosto, reservado, reservado para, borrador, archivado, oculto, резервиран, "
    "резервирана, чернова, архивиран, скрит, gereserveerd",
    listing_format="format, listing format, listing type, selling format, auction format, angebotsformat, "
    "verkaufsformat",
)
AVAILABILITY_FIELDS = tuple(dict.fromkeys(AVAILABILITY_SPELLINGS.values()))

SOLD_WORDS = (
    "sold, sold out, soldout, out of stock, outofstock, no stock, not in stock, out of inventory, verkauft, "
    "ausverkauft, nicht auf lager, nicht vorrätig, vergriffen, vendu, vendue, rupture de stock, en rupture, hors "
    "stock, épuisé, épuisée, venduto, venduta, esaurito, esaurita, non in magazzino, vendido, vendida, agotado, "
    "agotada, sin existencias, sin stock, продаден, продадена, продадено, изчерпан, изчерпана, изчерпано, няма "
    "наличност, не е в наличност, продан, продана, нет в наличии, нет на складе, распродано, verkocht, uitverkocht, "
    "sprzedany, sprzedane, продано, satıldı, såld, solgt"
)
# The price of an auction is its first bid.
AUCTION_WORDS = word_set("auction auktion chinese enchère enchères asta subasta търг")
UNMISTAKABLE_WORDS = (
    "reserved, on hold, under offer, sale pending, archived, draft, not for sale, unlisted, reserviert, entwurf, "
    "archiviert, unverkäuflich, réservé, réservée, brouillon, archivé, archivée, riservato, riservata, prenotato, "
    "prenotata, bozza, archiviato, archiviata, reservado, reservada, borrador, archivado, archivada, резервиран, "
    "резервирана, резервирано, чернова, архивиран, архивирана, архивирано, резерв, в резерве, забронировано, "
    "забронирован, забронирована, зарезервировано, "
    "зарезервирован, зарезервирована, отложено, черновик, в архиве, gereserveerd, zarezerwowany, reserverad"
)
WITHHELD_WORDS = (
    "hold, pending, pending payment, pending review, pending sale, in negotiation, deposit paid, deposit taken, "
    "layaway, inactive, disabled, hidden, private, offline, not online, not published, unpublished, not visible, not "
    "visible individually, invisible, none, ended, end, enditem, expired, closed, deleted, delete, trash, trashed, "
    "removed, withdrawn, cancelled, canceled, discontinued, retired, blocked, suspended, rejected, paused, scheduled, "
    "future, auto draft, not available, unavailable, no longer available, not listed, pre order, preorder, backorder, "
    "on backorder, onbackorder, incoming, in transit, on order, on request, available on request, needs to be "
    "procured, to be procured, in repair, repair, in service, service, at service, consigned out, on memo, memo, "
    "returned, scrapped, stolen, lost, inaktiv, deaktiviert, versteckt, ausgeblendet, privat, beendet, abgelaufen, "
    "gelöscht, nicht verfügbar, nicht veröffentlicht, nicht sichtbar, vorbestellung, auf anfrage, in reparatur, in "
    "verhandlung, zurückgezogen, inactif, inactive en ligne, désactivé, masqué, caché, hors ligne, terminé, expiré, "
    "supprimé, non disponible, indisponible, non publié, sur commande, sur demande, en réparation, retiré, inattivo, "
    "disattivato, nascosto, terminato, scaduto, eliminato, non disponibile, non pubblicato, su ordinazione, su "
    "richiesta, in riparazione, in trattativa, ritirato, inactivo, desactivado, oculto, finalizado, caducado, "
    "eliminado, no disponible, no publicado, bajo pedido, a consultar, en reparación, retirado, неактивен, неактивна, "
    "скрит, скрита, изтекъл, изтрит, изтрита, недостъпен, не е наличен, по заявка, в ремонт, запазен, запазена, niet "
    "beschikbaar"
)
FOR_SALE_WORDS = (
    "в наличии, есть в наличии, в продаже, продается, на складе, доступно, активно, опубликовано, for sale, in "
    "stock, instock, in stock now, available, available now, available immediately, immediately "
    "available, ready to ship, ready for shipping, ships today, limited availability, limitedavailability, low stock, "
    "active, enabled, live, online, published, publish, public, listed, visible, catalog search, catalog, search, "
    "both, everywhere, shop and search results, shop only, search results only, open, ongoing, on display, in store, "
    "instoreonly, onlineonly, not sold, unsold, not reserved, add, revise, verifyadd, new, add item, auf lager, "
    "vorrätig, verfügbar, sofort verfügbar, sofort lieferbar, lieferbar, lagernd, aktiv, aktiviert, veröffentlicht, "
    "sichtbar, nicht verkauft, zu verkaufen, en stock, disponible, disponible immédiatement, actif, activé, publié, "
    "en ligne, à vendre, en vente, non vendu, disponibile, disponibile subito, in magazzino, attivo, attiva, "
    "pubblicato, in vendita, non venduto, disponible ahora, activo, activa, publicado, en venta, no vendido, наличен, "
    "налична, налично, в наличност, на склад, активен, активна, публикуван, публикувана, за продажба, op voorraad, "
    "beschikbaar, i lager, på lager"
)
