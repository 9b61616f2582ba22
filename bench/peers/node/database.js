// The copy of a hub's database, with the hub's settings: WAL, foreign keys, and the durability that SYNCHRONOUS names.
const crypto = require('node:crypto')
const Database = require('better-sqlite3')

const db = new Database(process.env.DATABASE)
db.pragma('journal_mode = WAL')
db.pragma(`synchronous = ${process.env.SYNCHRONOUS}`)
db.pragma('busy_timeout = 10000')
db.pragma('foreign_keys = ON')

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A new ID: the prefix, `_` and 24 random base62 characters. */
function newId(prefix) {
  let id = `${prefix}_`
  for (const byte of crypto.randomBytes(24)) id += ALPHABET[byte % 62]
  return id
}

const sha256 = text => crypto.createHash('sha256').update(text).digest('hex')

/** A prepared INSERT of one row, with a placeholder per column. */
function prepareInsert(table, columns) {
  const names = columns.map(name => `"${name}"`).join(', ')
  return db.prepare(`INSERT INTO ${table} (${names}) VALUES (${columns.map(() => '?').join(', ')})`)
}

module.exports = { db, newId, sha256, prepareInsert }
