// BullMQ worker: one job per delivery, with retries and exponential backoff.
// DATABASE=copy.db SYNCHRONOUS=NORMAL REDIS_PORT=6390 node worker.js
const { Worker } = require('bullmq')
const { attempt } = require('./attempts')

const connection = { host: '127.0.0.1', port: Number(process.env.REDIS_PORT), maxRetriesPerRequest: null }
const worker = new Worker('deliveries', job => attempt(job.data.id), { connection, concurrency: 32 })
process.on('SIGTERM', () => worker.close().then(() => process.exit(0)))
