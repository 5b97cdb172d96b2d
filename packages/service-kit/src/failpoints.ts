import { setTimeout as pause } from 'node:timers/promises'
import { unavailable } from '@umbel/kernel'
import { armFailpoints, type FailpointName, failpointNames } from '@umbel/kernel/failpoint'
import { SettingError } from './env.ts'

/** What a failpoint does on its nth visit: `times` is 1 for the first. */
export interface Armed {
  readonly name: FailpointName
  readonly action: 'kill' | 'delay' | 'error'
  readonly at: number
  readonly ms: number
}

const FORM = /^([\w.-]+)=(?:(kill|error)(?:@([1-9]\d*))?|delay:(\d+))$/

/** Reads `name=kill@3,other=delay:50,third=error`; throws for what is no failpoint. */
export function parseFailpoints(text: string): Armed[] {
  return text.split(',').map((part) => {
    const [, name, action, at, ms] = FORM.exec(part.trim()) ?? []
    const known = failpointNames.find((each) => each === name)
    if (known === undefined)
      throw new SettingError(`UMBEL_FAILPOINTS is ${JSON.stringify(text)}: ${part} is no failpoint of the catalogue`)
    return { name: known, action: (action ?? 'delay') as Armed['action'], at: Number(at ?? 1), ms: Number(ms ?? 0) }
  })
}

/** Arms what `UMBEL_FAILPOINTS` asks for; refused unless `UMBEL_TEST_BUILD=1` says that this is no real desk. */
export function armFromSettings({
  failpoints,
  testBuild,
}: {
  readonly failpoints: string
  readonly testBuild: boolean
}): void {
  if (failpoints === '') return
  if (!testBuild) throw new SettingError('UMBEL_FAILPOINTS is set, and UMBEL_TEST_BUILD=1 is not: never on a real desk')
  const armed = parseFailpoints(failpoints)
  const visits = new Map<FailpointName, number>()
  armFailpoints((name) => {
    const found = armed.find((each) => each.name === name)
    if (found === undefined) return undefined
    const visit = (visits.get(name) ?? 0) + 1
    visits.set(name, visit)
    if (found.action === 'delay') return pause(found.ms)
    return visit === found.at ? strike(found) : undefined
  })
}

async function strike({ name, action }: Armed): Promise<void> {
  if (action === 'error') throw unavailable('failpoint', `asked to fail at ${name}`)
  process.stderr.write(`${JSON.stringify({ failpoint: name })}\n`)
  process.kill(process.pid, 'SIGKILL')
  await new Promise(() => {}) // nothing more happens here, however late the signal comes
}
