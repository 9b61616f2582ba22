"""JavaScript of the collection.

In the scripts that follow a request, `body` is the parsed response.
"""

SET_IDEMPOTENCY_KEY = """
// Every write gets a new key, so that each send is a new write. To repeat a write on purpose, send the same key.
const isWrite = !['GET', 'HEAD'].includes(pm.request.method);
if (isWrite) pm.variables.set('idempotencyKey', pm.variables.replaceIn('{{$guid}}'));
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

CHECK_LISTINGS = """
pm.test('at least one watch is for sale', () => pm.expect(body.data).to.be.an('array').that.is.not.empty);
pm.test('all are in stock and published', () => {
  body.data.forEach((row) => pm.expect([row.status, row.published]).to.eql(['in_stock', true]));
});
"""

CHECK_LISTING = """
pm.test('listing is the one from the list', () => pm.expect(body.id).to.equal(pm.variables.get('listing_id')));
pm.collectionVariables.set('etag', pm.response.headers.get('ETag'));
"""

CHECK_EMPTY_BODY = """
pm.test('body is empty', () => pm.expect(pm.response.text()).to.equal(''));
"""

CHECK_BUYER = """
pm.test('customer is the buyer', () => pm.expect(body.email).to.equal('clara.weiss@example.com'));
"""

CHECK_BUYER_FOUND = """
pm.test('list includes the buyer', () => {
  pm.expect(body.data.map((row) => row.id)).to.include(pm.variables.get('customer_id'));
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
  pm.expect(body.items.map((item) => item.listing_id)).to.eql([pm.variables.get('listing_id')]);
});
"""

REUSE_IDEMPOTENCY_KEY = """
pm.variables.set('idempotencyKey', pm.collectionVariables.get('orderKey'));
"""

CHECK_REPLAY = """
pm.test('response is a replay', () => pm.expect(pm.response.headers.get('Idempotent-Replay')).to.equal('true'));
pm.test('order is the same', () => pm.expect(body.external_id).to.equal(pm.variables.get('orderExternalId')));
"""

CHECK_ERROR_PARAM = """
pm.test('error.param points to the watch', () => pm.expect(body.error.param).to.equal('$.items[0].listing_id'));
"""

CHECK_ORDER = """
pm.test('order is the one just placed', () => pm.expect(body.id).to.equal(pm.variables.get('order_id')));
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
if (!pm.variables.get('webhookSecret')) {
  console.log('Skipped: set webhookSecret to the secret of your endpoint to send this event to receiverUrl.');
  pm.execution.skipRequest();
}
const crypto = require('crypto-js');
const body = pm.variables.replaceIn(pm.request.body.raw);
const event = JSON.parse(body);
const secret = pm.variables.get('webhookSecret');
const t = Math.floor(Date.now() / 1000);
const v1 = crypto.HmacSHA256(`${t}.${body}`, secret).toString(crypto.enc.Hex);
const key = crypto.enc.Base64.parse(secret.replace(/^whsec_/, ''));
const standard = crypto.HmacSHA256(`${event.id}.${t}.${body}`, key).toString(crypto.enc.Base64);
pm.variables.set('sentAt', String(t));
pm.variables.set('wthSignature', `t=${t},v1=${v1}`);
pm.variables.set('webhookSignature', `v1,${standard}`);
"""

CHECK_RECEIVER = """
pm.test('receiver responded with 2xx', () => pm.response.to.be.success);
"""
