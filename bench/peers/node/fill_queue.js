// Enqueue a job for every delivery that is not complete.
// DATABASE=copy.db SYNCHRONOUS=NORMAL REDIS_PORT=6390 node fill_queue.js
const { Queue } = require('bullmq')
const { db } = require('./database')

const OPTIONS = {
  attempts: 10,
  backoff: { type: 'exponential', delay: 5_000, jitter: 0.1 },
  removeOnComplete: true,
  removeOnFail: 1_000
}

async function main() {
  const queue = new Queue('deliveries', { connection: { host: '127.0.0.1', port: Number(process.env.REDIS_PORT) } })
  const rows = db.prepare('SELECT id FROM delivery WHERE completed_at IS NULL ORDER BY sequence').all()
  await queue.addBulk(rows.map(row => ({ name: 'deliver', data: { id: row.id }, opts: OPTIONS })))
  await queue.close()
}

main()
