// Keyset pagination of the published listings, newest first, with signed cursors.
const crypto = require('node:crypto')
const { db } = require('./database')
const { renderListing } = require('./representations')

const SELECT = 'SELECT * FROM listing WHERE dealer_id = ? AND is_test = ? AND is_published'
const ORDER = 'ORDER BY created_at DESC, id DESC LIMIT ?'
const firstPage = db.prepare(`${SELECT} ${ORDER}`)
const nextPage = db.prepare(`${SELECT} AND (created_at, id) < (?, ?) ${ORDER}`)

const KEY = crypto.randomBytes(32)
const SIGNATURE_SIZE = 16
const sign = payload => crypto.createHmac('sha256', KEY).update(payload).digest().subarray(0, SIGNATURE_SIZE)

function encodeCursor(row) {
  const payload = Buffer.from(JSON.stringify([row.created_at, row.id]))
  return Buffer.concat([sign(payload), payload]).toString('base64url')
}

function decodeCursor(cursor) {
  const bytes = Buffer.from(cursor, 'base64url')
  const [signature, payload] = [bytes.subarray(0, SIGNATURE_SIZE), bytes.subarray(SIGNATURE_SIZE)]
  if (!crypto.timingSafeEqual(sign(payload), signature)) throw new Error('invalid_cursor')
  return JSON.parse(payload)
}

/** The page of a caller after the cursor, as the list envelope of the API. */
function findPage(caller, limit, after) {
  const start = after === undefined ? [] : decodeCursor(after)
  const statement = after === undefined ? firstPage : nextPage
  const rows = statement.all(caller.dealer_id, caller.is_test, ...start, limit + 1)
  const hasMore = rows.length > limit
  if (hasMore) rows.pop()
  const next = hasMore ? encodeCursor(rows[limit - 1]) : null
  return { object: 'list', data: rows.map(renderListing), has_more: hasMore, next_cursor: next }
}

module.exports = { findPage }
