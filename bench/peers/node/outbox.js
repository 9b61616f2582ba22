// Transactional outbox: events, and their deliveries to the subscribed endpoints.
const { db, newId, prepareInsert } = require('./database')
const { formatTime } = require('./representations')

const nextSequence = db.prepare(
  'UPDATE dealer SET test_sequence = test_sequence + ? WHERE id = ? RETURNING test_sequence'
)
const findEndpoints = db.prepare("SELECT * FROM endpoint WHERE dealer_id = ? AND is_enabled AND mode IN ('test', 'both')")
const findPredecessor = db.prepare(
  'SELECT id FROM delivery WHERE endpoint_id = ? AND resource_id = ? AND completed_at IS NULL AND NOT is_passed LIMIT 1'
)
const insertEvent = prepareInsert('event', [
  'id', 'dealer_id', 'is_test', 'sequence', 'type', 'resource_id', 'origin', 'body', 'created_at'
])
const insertDelivery = prepareInsert('delivery', [
  'id', 'dealer_id', 'endpoint_id', 'event_id', 'event_type', 'resource_id', 'is_test', 'sequence', 'state', 'due_at',
  'generation', 'trigger', 'step', 'attempts', 'is_passed', 'signs_newest_only', 'created_at'
])

const isSubscribed = (endpoint, type) =>
  JSON.parse(endpoint.events).some(
    pattern => pattern === '*' || pattern === type || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1)))
  )

/** Record [type, subject] pairs as events of a test-mode caller. Call it in the transaction of the change. */
function recordEvents(caller, changes, at, requestId) {
  const endpoints = findEndpoints.all(caller.dealer_id)
  let sequence = nextSequence.get(changes.length, caller.dealer_id).test_sequence - changes.length
  for (const [type, subject] of changes) {
    const id = newId('evt')
    sequence += 1
    const body = {
      id,
      object: 'event',
      event: type,
      sequence,
      api_version: caller.api_version,
      created_at: formatTime(at),
      livemode: !caller.is_test,
      origin: 'api',
      request_id: requestId,
      data: subject
    }
    insertEvent.run(
      id, caller.dealer_id, caller.is_test, sequence, type, subject.id, 'api', JSON.stringify(body), at
    )
    for (const endpoint of endpoints) {
      if (isSubscribed(endpoint, type)) enqueue(caller, endpoint, { id, type, sequence, resourceId: subject.id }, at)
    }
  }
}

function enqueue(caller, endpoint, event, at) {
  const state = findPredecessor.get(endpoint.id, event.resourceId) ? 'queued' : 'pending'
  insertDelivery.run(
    newId('dlv'), caller.dealer_id, endpoint.id, event.id, event.type, event.resourceId, caller.is_test,
    event.sequence, state, Date.now(), 0, 'automatic', 0, 0, 0, 0, at
  )
}

module.exports = { recordEvents }
