export { runCli, type World } from './cli.ts'
export { type ExitCode, exitCodes } from './exit.ts'
export type { Sink } from './output.ts'
