// Orders: one immediate transaction writes the order, its events and deliveries, and the idempotency record.
const { db, newId, sha256, prepareInsert } = require('./database')
const { recordEvents } = require('./outbox')
const { renderListing, renderReceivedOrder } = require('./representations')

const DAY_MS = 86_400_000

const lockDealer = db.prepare(
  'UPDATE dealer SET written_at = max(written_at + 1, ?) WHERE id = ? RETURNING written_at'
)
const countWritten = db.prepare(
  'UPDATE dealer SET written_bytes = CASE WHEN written_day = ? THEN written_bytes ELSE 0 END + ?, written_day = ? WHERE id = ?'
)
const findRecord = db.prepare('SELECT * FROM idempotency_record WHERE digest = ? AND created_at > ?')
const insertRecord = prepareInsert('idempotency_record', [
  'digest', 'dealer_id', 'body_hash', 'status', 'body', 'request_id', 'created_at'
])
const findListing = db.prepare('SELECT * FROM listing WHERE id = ? AND dealer_id = ? AND is_test = ?')
const sellListing = db.prepare(
  "UPDATE listing SET status = 'sold', held_by = ?, updated_at = ?, sold_at = ? WHERE id = ? RETURNING *"
)
const findCustomer = db.prepare('SELECT * FROM customer WHERE dealer_id = ? AND is_test = ? AND email_folded = ? LIMIT 2')
const insertCustomer = db.prepare(`
  INSERT INTO customer
    (id, dealer_id, is_test, email, email_folded, metadata, claimed_at, created_at, updated_at, search_text)
  VALUES (?, ?, ?, ?, ?, '{}', ?, ?, ?, ?) RETURNING *`)
const insertOrder = db.prepare(`
  INSERT INTO sales_order
    (id, dealer_id, is_test, status, origin, customer_id, total_cents, note, metadata, created_at, updated_at, search_text)
  VALUES (?, ?, ?, 'received', 'api', ?, ?, ?, '{}', ?, ?, ?)`)
const insertItem = prepareInsert('order_item', [
  'order_id', 'position', 'listing_id', 'brand', 'model', 'reference', 'price_cents', 'search_text'
])

const CONFLICT = { status: 409, body: '{"error":{"type":"conflict_error","code":"listing_not_available"}}' }
const REUSED = { status: 409, body: '{"error":{"type":"conflict_error","code":"key_reused_with_different_body"}}' }

const fold = text => text.normalize('NFC').toLowerCase()
const searchText = lines => `\n${lines.filter(Boolean).map(fold).join('\n')}\n`

/** Place an order once per key. Returns the status and the JSON text of the response. */
const placeOnce = db.transaction((caller, key, requestBody, input, requestId) => {
  const digest = sha256([caller.dealer_id, caller.is_test, 'POST', '/api/v1/orders', key].join('\n'))
  const bodyHash = sha256(requestBody)
  const stored = findRecord.get(digest, Date.now() - DAY_MS)
  if (stored) return stored.body_hash === bodyHash ? stored : REUSED
  const response = place(caller, input, requestId)
  if (response.status !== 201) return response
  const now = Date.now()
  insertRecord.run(digest, caller.dealer_id, bodyHash, response.status, response.body, requestId, now)
  const [day, size] = [Math.floor(now / DAY_MS), requestBody.length + Buffer.byteLength(response.body)]
  countWritten.run(day, size, day, caller.dealer_id)
  return response
}).immediate

function place(caller, input, requestId) {
  const at = lockDealer.get(Date.now(), caller.dealer_id).written_at
  const listings = input.items.map(item => findListing.get(item.listing_id, caller.dealer_id, caller.is_test))
  if (!listings.every(row => row?.is_published && row.status === 'in_stock')) return CONFLICT
  const customer = findOrCreateCustomer(caller, input.customer, at)
  const order = { ...insertOrderRows(caller, customer, listings, input.note ?? null, at), at }
  const sold = listings.map(row => sellListing.get(order.id, at, at, row.id))
  const body = renderReceivedOrder(order, customer, listings)
  const changes = [['order.received', body], ...sold.map(row => ['listing.sold', renderListing(row)])]
  recordEvents(caller, changes, at, requestId)
  return { status: 201, body: JSON.stringify(body) }
}

function findOrCreateCustomer(caller, { email }, at) {
  const folded = fold(email)
  const found = findCustomer.get(caller.dealer_id, caller.is_test, folded)
  if (found) return found
  const id = newId('cus')
  const text = searchText([id, email])
  return insertCustomer.get(id, caller.dealer_id, caller.is_test, email, folded, at, at, at, text)
}

function insertOrderRows(caller, customer, listings, note, at) {
  const order = { id: newId('ord'), is_test: caller.is_test, note }
  order.total_cents = listings.reduce((total, row) => total + row.asking_price_cents, 0)
  insertOrder.run(
    order.id, caller.dealer_id, caller.is_test, customer.id, order.total_cents, note, at, at, searchText([order.id])
  )
  listings.forEach((row, position) => {
    const text = searchText([row.id, row.brand, row.model, row.reference])
    insertItem.run(order.id, position, row.id, row.brand, row.model, row.reference, row.asking_price_cents, text)
  })
  return order
}

module.exports = { placeOnce }
