// Public representations of rows: the fields of the hub's API, in its order.
const formatTime = ms => (ms == null ? null : new Date(ms).toISOString())
const toEuro = cents => cents / 100
const toBoolean = bit => (bit == null ? null : bit === 1)
const parseJson = text => (text == null ? null : JSON.parse(text))

const renderListing = row => ({
  id: row.id,
  object: 'listing',
  is_test: row.is_test === 1,
  published: row.is_published === 1,
  status: row.status,
  brand: row.brand,
  model: row.model,
  reference: row.reference,
  title: row.title,
  description: row.description,
  condition: row.condition,
  year: row.year,
  case_material: row.case_material,
  case_diameter_mm: row.case_diameter_mm,
  bracelet_material: row.bracelet_material,
  dial_color: row.dial_color,
  movement: row.movement,
  caliber: row.caliber,
  power_reserve_h: row.power_reserve_h,
  water_resistance_m: row.water_resistance_m,
  complications: JSON.parse(row.complications),
  has_box: toBoolean(row.has_box),
  has_papers: toBoolean(row.has_papers),
  asking_price_eur: toEuro(row.asking_price_cents),
  vat_regime: row.vat_regime,
  location_country: row.location_country,
  photos: JSON.parse(row.photos),
  created_at: formatTime(row.created_at),
  updated_at: formatTime(row.updated_at),
  published_at: formatTime(row.published_at),
  sold_at: formatTime(row.sold_at)
})

const renderCustomer = row => ({
  id: row.id,
  object: 'customer',
  is_test: row.is_test === 1,
  external_id: row.external_id,
  email: row.email,
  phone: row.phone,
  first_name: row.first_name,
  last_name: row.last_name,
  company: row.company,
  vat_id: row.vat_id,
  address: parseJson(row.address),
  notes: row.notes,
  metadata: JSON.parse(row.metadata),
  created_at: formatTime(row.created_at),
  updated_at: formatTime(row.updated_at)
})

/** An order that was just received; `items` are the listings it sells. */
const renderReceivedOrder = (order, customer, items) => ({
  id: order.id,
  object: 'order',
  is_test: order.is_test === 1,
  external_id: null,
  status: 'received',
  origin: 'api',
  customer: renderCustomer(customer),
  items: items.map(row => ({
    listing_id: row.id,
    brand: row.brand,
    model: row.model,
    reference: row.reference,
    price_eur: toEuro(row.asking_price_cents)
  })),
  total_eur: toEuro(order.total_cents),
  shipping_address: null,
  billing_address: null,
  note: order.note,
  tracking: null,
  metadata: {},
  created_at: formatTime(order.at),
  updated_at: formatTime(order.at),
  fulfilled_at: null,
  cancelled_at: null,
  cancel_reason: null
})

module.exports = { formatTime, renderListing, renderReceivedOrder }
