// Fastify and better-sqlite3 with the work of the hub's API: authentication, rate limit, validation, idempotency, outbox.
// DATABASE=copy.db SYNCHRONOUS=NORMAL PORT=8121 node server.js
const crypto = require('node:crypto')
const fastify = require('fastify')
const rateLimit = require('@fastify/rate-limit')
const { db, sha256 } = require('./database')
const { findPage } = require('./listing_pages')
const { placeOnce } = require('./orders')
const schemas = require('./schemas')

const findCaller = db.prepare(`
  SELECT k.dealer_id, k.is_test, i.rate_limit, i.is_enabled, i.is_test_mode, i.api_version, d.tier
  FROM api_key k JOIN integration i ON i.dealer_id = k.dealer_id JOIN dealer d ON d.id = k.dealer_id
  WHERE k.hash = ?`)
const KEY = /^Bearer (wth_[A-Za-z0-9]{32})$/

const app = fastify({ genReqId: () => `req_${crypto.randomBytes(16).toString('hex')}` })
app.decorateRequest('caller', null)
app.decorateRequest('text', null)

function sendError(request, reply, status, code) {
  return reply.code(status).send({ error: { type: 'error', code, message: code, request_id: request.id } })
}

function authenticate(request, reply, done) {
  const key = KEY.exec(request.headers.authorization ?? '')
  const caller = key && findCaller.get(sha256(key[1]))
  if (!caller) return sendError(request, reply, 401, 'invalid_api_key')
  if (caller.tier !== 'business' || !caller.is_enabled) return sendError(request, reply, 403, 'integration_disabled')
  request.caller = caller
  reply.header('X-Request-Id', request.id).header('X-API-Version', caller.api_version)
  done()
}

function parseBody(request, text, done) {
  request.text = text // the idempotency record keeps a hash of it
  try {
    done(null, JSON.parse(text))
  } catch (error) {
    error.statusCode = 400
    done(error)
  }
}

async function listListings(request) {
  return findPage(request.caller, request.query.limit, request.query.after)
}

async function createOrder(request, reply) {
  const key = request.headers['idempotency-key']
  const { status, body } = placeOnce(request.caller, key, request.text, request.body, request.id)
  return reply.code(status).type('application/json').send(body)
}

async function main() {
  app.addHook('onRequest', authenticate)
  await app.register(rateLimit, {
    max: request => request.caller.rate_limit,
    timeWindow: 60_000,
    keyGenerator: request => request.caller.dealer_id
  })
  app.addContentTypeParser('application/json', { parseAs: 'string' }, parseBody)
  app.get('/api/v1/listings', { schema: schemas.listListings }, listListings)
  app.post('/api/v1/orders', { schema: schemas.createOrder }, createOrder)
  await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
}

main()
