// One delivery attempt: load the rows, sign, send to a checked address, and log the attempt in one transaction.
const crypto = require('node:crypto')
const dns = require('node:dns')
const net = require('node:net')
const { Agent, request } = require('undici')
const { db } = require('./database')

const TIMEOUT_MS = 15_000
const PREVIEW_CHARACTERS = 1_000

const loadDelivery = db.prepare(`
  SELECT d.id, d.event_id, d.event_type, d.attempts, e.url, e.secret, v.body
  FROM delivery d JOIN endpoint e ON e.id = d.endpoint_id JOIN event v ON v.id = d.event_id
  WHERE d.id = ? AND e.is_enabled AND d.completed_at IS NULL`)
const insertAttempt = db.prepare(`
  INSERT INTO attempt (delivery_id, number, trigger, started_at, finished_at, status, error, url, request_headers,
    response_headers, response_preview)
  VALUES (?, ?, 'automatic', ?, ?, ?, ?, ?, ?, ?, ?)`)
const updateDelivery = db.prepare(`
  UPDATE delivery SET state = ?, attempts = ?, step = ?, last_status = ?, last_error = ?, completed_at = ? WHERE id = ?`)

const blocked = new net.BlockList()
for (const [address, prefix] of [['10.0.0.0', 8], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.168.0.0', 16]]) {
  blocked.addSubnet(address, prefix, 'ipv4')
}
for (const [address, prefix] of [['::1', 128], ['fc00::', 7], ['fe80::', 10]]) blocked.addSubnet(address, prefix, 'ipv6')

const isAllowed = address =>
  process.env.ALLOW_PRIVATE === '1' || !blocked.check(address, net.isIPv6(address) ? 'ipv6' : 'ipv4')

/** Resolve a host name for a connection; any address that is not public is an error. */
function lookupPublic(host, options, callback) {
  dns.lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error)
    if (!addresses.every(({ address }) => isAllowed(address))) return callback(new Error('blocked_address'))
    return options.all ? callback(null, addresses) : callback(null, addresses[0].address, addresses[0].family)
  })
}

const agent = new Agent({
  connections: 10,
  connect: { lookup: lookupPublic, timeout: 5_000 },
  headersTimeout: TIMEOUT_MS,
  bodyTimeout: TIMEOUT_MS
})

function signedHeaders(delivery, number) {
  const timestamp = Math.floor(Date.now() / 1000)
  const hex = crypto.createHmac('sha256', delivery.secret).update(`${timestamp}.${delivery.body}`).digest('hex')
  const key = Buffer.from(delivery.secret.slice('whsec_'.length), 'base64')
  const message = `${delivery.event_id}.${timestamp}.${delivery.body}`
  return {
    'Content-Type': 'application/json',
    'User-Agent': 'WatchTraderHub-Webhooks/1.0 (+http://localhost:8080/docs/webhooks)',
    'WTH-Event-Id': delivery.event_id,
    'WTH-Event-Type': delivery.event_type,
    'WTH-Delivery-Id': delivery.id,
    'WTH-Delivery-Attempt': String(number),
    'WTH-Signature': `t=${timestamp},v1=${hex}`,
    'webhook-id': delivery.event_id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${crypto.createHmac('sha256', key).update(message).digest('base64')}`
  }
}

const logAttempt = db.transaction((delivery, number, startedAt, headers, response) => {
  const finishedAt = Date.now()
  const isSuccess = response.status >= 200 && response.status < 300
  insertAttempt.run(
    delivery.id, number, startedAt, finishedAt, response.status, response.error, delivery.url,
    JSON.stringify(headers), JSON.stringify(response.headers), response.preview
  )
  const [state, completedAt] = isSuccess ? ['succeeded', finishedAt] : ['pending', null]
  updateDelivery.run(state, number, number, response.status, response.error, completedAt, delivery.id)
  return isSuccess
}).immediate

/** Make one attempt. Throws if the receiver did not respond with 2xx, so that the queue retries it. */
async function attempt(deliveryId) {
  const delivery = loadDelivery.get(deliveryId)
  if (!delivery) return
  const number = delivery.attempts + 1
  const headers = signedHeaders(delivery, number)
  const startedAt = Date.now()
  const response = await send(delivery.url, delivery.body, headers)
  if (!logAttempt(delivery, number, startedAt, headers, response)) throw new Error(response.error ?? 'http_status')
}

async function send(url, body, headers) {
  const host = new URL(url).hostname
  try {
    if (net.isIP(host) && !isAllowed(host)) throw new Error('blocked_address') // Node resolves names only
    const response = await request(url, { method: 'POST', body, headers, dispatcher: agent })
    const text = await response.body.text()
    return {
      status: response.statusCode,
      error: null,
      headers: response.headers,
      preview: text.slice(0, PREVIEW_CHARACTERS)
    }
  } catch (error) {
    return { status: null, error: error.message, headers: {}, preview: null }
  }
}

module.exports = { attempt }
