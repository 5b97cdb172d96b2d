import { writeFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

const TRIES = 20
/** Linux takes one change in a tenth of a second from all who are not root (`man 7 sched`). */
const AGAIN_MS = 110

/**
 * Lowers the scheduling group of a process that leads a session of its own. Where Linux groups tasks by session it
 * weighs groups first, and a process's niceness counts within its group only (`man 7 sched`, autogroup). Where there
 * are no such groups, niceness alone does.
 */
export async function lowerGroup(pid: number, nice: number): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await writeFile(`/proc/${pid}/autogroup`, String(nice), { flag: 'r+' })
      return
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code === 'ENOENT' || code === 'ESRCH') return
      if (code !== 'EAGAIN' || tries === TRIES) throw error
      await pause(AGAIN_MS)
    }
  }
}
