// JSON schemas: Fastify validates requests and serializes responses with them.
const nullable = type => ({ type: [type, 'null'] })
const [string, number, boolean, integer] = ['string', 'number', 'boolean', 'integer'].map(nullable)

const photo = { type: 'object', properties: { url: string, position: integer } }
const listing = {
  type: 'object',
  properties: {
    id: string,
    object: string,
    is_test: boolean,
    published: boolean,
    status: string,
    brand: string,
    model: string,
    reference: string,
    title: string,
    description: string,
    condition: string,
    year: integer,
    case_material: string,
    case_diameter_mm: number,
    bracelet_material: string,
    dial_color: string,
    movement: string,
    caliber: string,
    power_reserve_h: integer,
    water_resistance_m: integer,
    complications: { type: 'array', items: { type: 'string' } },
    has_box: boolean,
    has_papers: boolean,
    asking_price_eur: number,
    vat_regime: string,
    location_country: string,
    photos: { type: 'array', items: photo },
    created_at: string,
    updated_at: string,
    published_at: string,
    sold_at: string
  }
}

const listListings = {
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      limit: { type: 'integer', minimum: 1, maximum: 100, default: 25 },
      after: { type: 'string', maxLength: 500 }
    }
  },
  response: {
    200: {
      type: 'object',
      properties: {
        object: { type: 'string' },
        data: { type: 'array', items: listing },
        has_more: { type: 'boolean' },
        next_cursor: string
      }
    }
  }
}

const createOrder = {
  headers: {
    type: 'object',
    required: ['idempotency-key'],
    properties: { 'idempotency-key': { type: 'string', minLength: 1, maxLength: 255 } }
  },
  body: {
    type: 'object',
    required: ['items', 'customer'],
    additionalProperties: false,
    properties: {
      items: {
        type: 'array',
        minItems: 1,
        maxItems: 20,
        items: {
          type: 'object',
          required: ['listing_id'],
          additionalProperties: false,
          properties: { listing_id: { type: 'string', maxLength: 255 } }
        }
      },
      customer: {
        type: 'object',
        required: ['email'],
        additionalProperties: false,
        properties: { email: { type: 'string', maxLength: 254, pattern: '^[^@\\s]+@[^@\\s]+$' } }
      },
      note: { type: ['string', 'null'], maxLength: 5000 }
    }
  }
}

module.exports = { listListings, createOrder }
