/** What the tests start a whole product with: the same servers and processes as `npm start`. */

export type { Child, Server } from './infra/index.ts'
export { startIssuer } from './infra/index.ts'
export type { Infra } from './infra-all.ts'
export { type ServiceProcess, serviceProcesses } from './processes.ts'
export { migrateAll, startProcess, untilServing } from './services.ts'
export { freeSettings, type Settings } from './settings.ts'
