/** `npm run demo`: plays the outage on the running stack, or on one that is started for it and stopped again. */
import { livingPid } from './pid-file.ts'
import { playDemo } from './play-demo.ts'
import { readSettings } from './settings.ts'
import { startStack } from './start-stack.ts'

const settings = readSettings()
const args = process.argv.slice(2)
await using stack = new AsyncDisposableStack()
if (livingPid(settings.pidFile) === undefined)
  await startStack(settings, stack, (line) => process.stderr.write(`${line}\n`))
process.exitCode = await playDemo(settings, args)
