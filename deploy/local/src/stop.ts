import { setTimeout as pause } from 'node:timers/promises'
import { livingPid } from './pid-file.ts'
import { readSettings } from './settings.ts'

const DEADLINE_MS = 60_000

const { pidFile } = readSettings()
const pid = livingPid(pidFile)
if (pid === undefined) {
  process.stdout.write('Umbel is not running.\n')
} else {
  process.kill(pid, 'SIGTERM')
  const deadline = Date.now() + DEADLINE_MS
  while (livingPid(pidFile) !== undefined && Date.now() < deadline) await pause(100)
  const stopped = livingPid(pidFile) === undefined
  process.stdout.write(stopped ? 'Umbel has stopped.\n' : `Umbel did not stop within 60 s: end process ${pid}.\n`)
  process.exitCode = stopped ? 0 : 1
}
