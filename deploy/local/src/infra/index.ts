export { startKafka, type KafkaOptions } from './kafka.ts'
export { startPostgres, type PostgresOptions } from './postgres.ts'
export { startTemporal, type TemporalOptions, type TemporalServer } from './temporal.ts'
export type { Folders, Server } from './server.ts'
