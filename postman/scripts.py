"""JavaScript of the collection.

In the scripts that follow a request, `body` is the parsed response. Postman, Newman and Bruno run the scripts, so they
use only what Bruno's importer translates. There:

- `pm.variables.get` reads variables of the run only. `pm.variables.replaceIn` reads the environment and collection too.
- A script continues after `pm.execution.skipRequest`. The console shows no test results of a skipped request.
- `pm.response.text` returns the body as a JSON string.
"""

SET_IDEMPOTENCY_KEY = """
// Every write gets a new key, so that each send is a new write. To repeat a write on purpose, send the same key.
const isWrite = !['GET', 'HEAD'].includes(pm.request.method);
if (isWrite) pm.variables.set('idempotencyKey', pm.variables.replaceIn('{{$guid}}'));
"""

SKIP_WITHOUT = """
// The requests before this one store %(variable)s. It is empty if there is none.
if (!pm.collectionVariables.get('%(variable)s')) {
  const reason = 'Skipped: %(reason)s';
  pm.test(reason, () => {});
  console.log(reason);
  pm.execution.skipRequest();
}
"""

LOG_ERROR = """
// Log errors to the console. Quote the request id when you contact support.
const isJson = (pm.response.headers.get('Content-Type') || '').includes('json');
const error = isJson && pm.response.code >= 400 ? pm.response.json().error : undefined;
if (error) console.info(`${error.code}: ${error.message} (${error.request_id})`);
"""

CHECK_STATUS_AND_HEADERS = """
const statuses = %(statuses)s;
pm.test('status is ' + statuses.join(' or '), () => pm.expect(pm.response.code).to.be.oneOf(statuses));
const headers = %(headers)s;
for (const [name, pattern] of Object.entries(headers)) {
  pm.test(`header ${name} is as documented`, () => {
    pm.expect(pm.response.headers.get(name)).to.be.a('string').that.matches(new RegExp(pattern));
  });
}
"""

CHECK_SCHEMA = """
const body = pm.response.json();
const schema = %(schema)s;
pm.test('body matches the schema %(name)s', () => pm.response.to.have.jsonSchema(schema));
"""

STORE_IDS = """
// Later requests use the id of this object.
const first = body.object === 'list' ? body.data[0] : body;
if (first && pm.collectionVariables.has(`${first.object}_id`)) {
  pm.collectionVariables.set(`${first.object}_id`, first.id);
}
"""

CHECK_ERROR = """
pm.test('error code is %(code)s', () => pm.expect(body.error.code).to.equal('%(code)s'));
pm.test('request id matches the header', () => {
  pm.expect(body.error.request_id).to.equal(pm.response.headers.get('X-Request-Id'));
});
"""

CHECK_OPENAPI = """
pm.test('body is an OpenAPI 3.1 document', () => pm.expect(body.openapi).to.match(/^3\\.1\\./));
"""

REQUIRE_TEST_KEY = """
pm.test('API key is a test key', () => pm.expect(body.mode).to.equal('test'));
// With a live key the run stops here, because it would sell a real watch.
if (body.mode !== 'test') pm.execution.setNextRequest(null);
"""

STORE_ENDPOINT = """
const isEnabled = body.webhook && body.webhook.is_enabled;
pm.collectionVariables.set('webhookUrl', isEnabled ? body.webhook.url : '');
"""

CHECK_LISTINGS = """
if (!body.data.length) pm.collectionVariables.set('listing_id', '');
pm.test('all are in stock and published', () => {
  body.data.forEach((row) => pm.expect([row.status, row.published]).to.eql(['in_stock', true]));
});
"""

FORGET_ORDER = """
pm.collectionVariables.set('order_id', '');
"""

CHECK_LISTING = """
pm.test('listing is the one from the list', () => {
  pm.expect(body.id).to.equal(pm.collectionVariables.get('listing_id'));
});
pm.collectionVariables.set('etag', pm.response.headers.get('ETag'));
"""

CHECK_EMPTY_BODY = """
pm.test('body is empty', () => pm.expect(pm.response.responseSize).to.equal(0));
"""

CHECK_BUYER = """
pm.test('customer is the buyer', () => pm.expect(body.email).to.equal('clara.weiss@example.com'));
"""

CHECK_BUYER_FOUND = """
pm.test('list includes the buyer', () => {
  pm.expect(body.data.map((row) => row.id)).to.include(pm.collectionVariables.get('customer_id'));
});
"""

CHECK_ONE_ROW_FAILED = """
pm.test('only the invalid row failed', () => {
  pm.expect(body.results.map((row) => row.status === 'failed')).to.eql([false, false, true]);
});
"""

PREPARE_ORDER = """
pm.collectionVariables.set('orderExternalId', 'postman-' + pm.variables.replaceIn('{{$guid}}'));
pm.collectionVariables.set('orderKey', pm.variables.get('idempotencyKey'));
"""

CHECK_ORDER_RECEIVED = """
pm.test('order is received', () => pm.expect(body.status).to.equal('received'));
pm.test('order contains the watch', () => {
  pm.expect(body.items.map((item) => item.listing_id)).to.eql([pm.collectionVariables.get('listing_id')]);
});
"""

REUSE_IDEMPOTENCY_KEY = """
pm.variables.set('idempotencyKey', pm.collectionVariables.get('orderKey'));
"""

CHECK_REPLAY = """
pm.test('response is a replay', () => pm.expect(pm.response.headers.get('Idempotent-Replay')).to.equal('true'));
pm.test('order is the same', () => {
  pm.expect(body.external_id).to.equal(pm.collectionVariables.get('orderExternalId'));
});
"""

CHECK_ERROR_PARAM = """
pm.test('error.param points to the watch', () => pm.expect(body.error.param).to.equal('$.items[0].listing_id'));
"""

CHECK_ORDER = """
pm.test('order is the one just placed', () => {
  pm.expect(body.id).to.equal(pm.collectionVariables.get('order_id'));
});
"""

CHECK_ONE_RESULT = """
pm.test('list has exactly one order', () => pm.expect(body.data.length).to.equal(1));
"""

CHECK_ORDER_CANCELLED = """
pm.test('order is cancelled', () => pm.expect(body.status).to.equal('cancelled'));
"""

CHECK_ORDER_EVENTS = """
pm.test('events are received, then cancelled', () => {
  pm.expect(body.data.map((event) => event.event)).to.eql(['order.received', 'order.cancelled']);
});
"""

CHECK_EVENTS = """
// Test events are about no object: their data has no id.
const aboutObject = body.data.find((event) => event.data.id);
pm.collectionVariables.set('event_id', body.data.length ? body.data[0].id : '');
pm.collectionVariables.set('resourceId', aboutObject ? aboutObject.data.id : '');
pm.test('events are sorted by sequence', () => {
  const sequences = body.data.map((event) => event.sequence);
  pm.expect(sequences).to.eql([...sequences].sort((a, b) => a - b));
});
"""

CHECK_RESOURCE_EVENTS = """
pm.test('events are about the same object', () => {
  const ids = body.data.map((event) => event.data.id);
  pm.expect([...new Set(ids)]).to.eql([pm.collectionVariables.get('resourceId')]);
});
"""

CHECK_DELIVERIES = """
pm.test('event lists its deliveries', () => pm.expect(body.deliveries).to.be.an('array'));
"""

CHECK_PING = """
pm.test('event is a test event', () => {
  pm.expect([body.event, body.livemode]).to.eql(['integration.test_event', false]);
});
"""

SIGN_EVENT = """
// Sign the body as the hub signs deliveries. Without a secret, skip the request.
const secret = pm.variables.replaceIn('{{webhookSecret}}');
if (!secret) {
  const reason = 'Skipped: set webhookSecret to the secret of your endpoint to send this event to receiverUrl.';
  pm.test(reason, () => {});
  console.log(reason);
  pm.execution.skipRequest();
} else {
  const crypto = require('crypto-js');
  // Bruno has an object req, and the text of the body there.
  const text = typeof req === 'undefined' ? pm.request.body.raw : req.getBody({ raw: true });
  const body = pm.variables.replaceIn(text);
  const event = JSON.parse(body);
  const t = Math.floor(Date.now() / 1000);
  const v1 = crypto.HmacSHA256(`${t}.${body}`, secret).toString(crypto.enc.Hex);
  const key = crypto.enc.Base64.parse(secret.replace(/^whsec_/, ''));
  const standard = crypto.HmacSHA256(`${event.id}.${t}.${body}`, key).toString(crypto.enc.Base64);
  pm.variables.set('sentAt', String(t));
  pm.variables.set('wthSignature', `t=${t},v1=${v1}`);
  pm.variables.set('webhookSignature', `v1,${standard}`);
}
"""

CHECK_RECEIVER = """
pm.test('receiver responded with 2xx', () => pm.expect(pm.response.code).to.be.within(200, 299));
"""
