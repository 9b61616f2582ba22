"""The JavaScript of the collection. `body` is the parsed answer in the scripts that follow a request."""

GIVE_KEY = """
// Every write gets a new key, so that each send is a new write. To repeat a write on purpose, send the same key.
const isWrite = !['GET', 'HEAD'].includes(pm.request.method);
if (isWrite) pm.variables.set('idempotencyKey', pm.variables.replaceIn('{{$guid}}'));
"""

TELL_REFUSALS = """
// The console names what was refused; quote the request id to support.
const isJson = (pm.response.headers.get('Content-Type') || '').includes('json');
const refused = isJson && pm.response.code >= 400 ? pm.response.json().error : undefined;
if (refused) console.info(`${refused.code}: ${refused.message} (${refused.request_id})`);
"""

CHECKS = """
const statuses = %(statuses)s;
pm.test('status is ' + statuses.join(' or '), () => pm.expect(pm.response.code).to.be.oneOf(statuses));
const headers = %(headers)s;
for (const [name, pattern] of Object.entries(headers)) {
  pm.test(`header ${name} is as documented`, () => {
    pm.expect(pm.response.headers.get(name)).to.be.a('string').that.matches(new RegExp(pattern));
  });
}
"""

FITS = """
const body = pm.response.json();
const schema = %(schema)s;
pm.test('body fits the schema %(name)s', () => pm.response.to.have.jsonSchema(schema));
"""

HAND_ON = """
// The requests that follow work with what this one returned.
const first = body.object === 'list' ? body.data[0] : body;
if (first && pm.collectionVariables.has(`${first.object}_id`)) {
  pm.collectionVariables.set(`${first.object}_id`, first.id);
}
"""

HAS_CODE = """
pm.test('the code is %(code)s', () => pm.expect(body.error.code).to.equal('%(code)s'));
pm.test('the request id is that of the header', () => {
  pm.expect(body.error.request_id).to.equal(pm.response.headers.get('X-Request-Id'));
});
"""

IS_OPENAPI = """
pm.test('it is an OpenAPI 3.1 document', () => pm.expect(body.openapi).to.match(/^3\\.1\\./));
"""

NEEDS_TEST_KEY = """
pm.test('the key is a test key', () => pm.expect(body.mode).to.equal('test'));
// With a live key the run ends here: it would sell a real watch.
if (body.mode !== 'test') pm.execution.setNextRequest(null);
"""

PICKS_A_WATCH = """
pm.test('at least one watch is for sale', () => pm.expect(body.data).to.be.an('array').that.is.not.empty);
pm.test('all of them are in stock and published', () => {
  body.data.forEach((row) => pm.expect([row.status, row.published]).to.eql(['in_stock', true]));
});
"""

IS_THE_WATCH = """
pm.test('it is the watch of the list', () => pm.expect(body.id).to.equal(pm.variables.get('listing_id')));
pm.collectionVariables.set('etag', pm.response.headers.get('ETag'));
"""

IS_EMPTY = """
pm.test('there is no body', () => pm.expect(pm.response.text()).to.equal(''));
"""

IS_THE_BUYER = """
pm.test('it is the buyer', () => pm.expect(body.email).to.equal('clara.weiss@example.com'));
"""

FINDS_THE_BUYER = """
pm.test('the buyer is among them', () => {
  pm.expect(body.data.map((row) => row.id)).to.include(pm.variables.get('customer_id'));
});
"""

ONE_ROW_FAILED = """
pm.test('the bad row failed alone', () => {
  pm.expect(body.results.map((row) => row.status === 'failed')).to.eql([false, false, true]);
});
"""

NEW_ORDER = """
pm.collectionVariables.set('orderExternalId', 'postman-' + pm.variables.replaceIn('{{$guid}}'));
pm.collectionVariables.set('orderKey', pm.variables.get('idempotencyKey'));
"""

IS_RECEIVED = """
pm.test('the order is received', () => pm.expect(body.status).to.equal('received'));
pm.test('it holds the watch', () => {
  pm.expect(body.items.map((item) => item.listing_id)).to.eql([pm.variables.get('listing_id')]);
});
"""

SAME_KEY = """
pm.variables.set('idempotencyKey', pm.collectionVariables.get('orderKey'));
"""

IS_A_REPLAY = """
pm.test('it is the stored answer', () => pm.expect(pm.response.headers.get('Idempotent-Replay')).to.equal('true'));
pm.test('it is the same order', () => pm.expect(body.external_id).to.equal(pm.variables.get('orderExternalId')));
"""

BLAMES_THE_ITEM = """
pm.test('param points at the watch', () => pm.expect(body.error.param).to.equal('$.items[0].listing_id'));
"""

IS_THE_ORDER = """
pm.test('it is the order', () => pm.expect(body.id).to.equal(pm.variables.get('order_id')));
"""

FINDS_ONE = """
pm.test('there is exactly one', () => pm.expect(body.data.length).to.equal(1));
"""

IS_CANCELLED = """
pm.test('the order is cancelled', () => pm.expect(body.status).to.equal('cancelled'));
"""

TELLS_THE_STORY = """
pm.test('the order was received, then cancelled', () => {
  pm.expect(body.data.map((event) => event.event)).to.eql(['order.received', 'order.cancelled']);
});
"""

HAS_DELIVERIES = """
pm.test('it tells its deliveries', () => pm.expect(body.deliveries).to.be.an('array'));
"""

IS_A_PING = """
pm.test('it is a test event', () => {
  pm.expect([body.event, body.livemode]).to.eql(['integration.test_event', false]);
});
"""

SIGN = """
// Signs the body as the hub signs its deliveries; without a secret there is nothing to sign with.
if (!pm.variables.get('webhookSecret')) {
  console.log('Set webhookSecret to the secret of your endpoint, and this event is played to receiverUrl.');
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

IS_TAKEN = """
pm.test('the receiver answered 2xx', () => pm.response.to.be.success);
"""
