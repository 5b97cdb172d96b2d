import { readdirSync, readFileSync } from 'node:fs'

/** Kernel ticks per second; Linux has used 100 in its user interface for ever (man 5 proc). */
const TICKS_PER_S = 100

interface Process {
  readonly pid: number
  readonly parent: number
  /** CPU of the process and of its children that have ended, in ms. */
  readonly ms: number
  readonly rssMb: number
}

/** CPU milliseconds and resident memory by stage: our processes by name, the servers by what they run. */
export type Usage = ReadonlyMap<string, { readonly cpuMs: number; readonly rssMb: number }>

/** What every process below this one has used so far. `names` says which is which; Backends of Postgres count apart, by service. */
export function usage(names: ReadonlyMap<number, string>): Usage {
  const processes = readProcesses()
  const sum = new Map<string, { cpuMs: number; rssMb: number }>()
  for (const found of processes.values()) {
    const stage = stageOf(found, processes, names)
    if (stage === undefined) continue
    const { cpuMs, rssMb } = sum.get(stage) ?? { cpuMs: 0, rssMb: 0 }
    sum.set(stage, { cpuMs: cpuMs + found.ms, rssMb: rssMb + found.rssMb })
  }
  return sum
}

/** What was used in between, per child, rounded to a microsecond. */
export function perChild(before: Usage, after: Usage, children: number): Record<string, number> {
  const used = [...after].map(([stage, { cpuMs }]) => {
    const ms = (cpuMs - (before.get(stage)?.cpuMs ?? 0)) / children
    return [stage, Math.round(ms * 1000) / 1000] as const
  })
  // below zero: backends that ended meanwhile, whose time is Postgres' own by now
  return Object.fromEntries(used.filter(([, ms]) => ms !== 0).sort(([a], [b]) => a.localeCompare(b)))
}

export const rss = (now: Usage): Record<string, number> =>
  Object.fromEntries([...now].map(([stage, { rssMb }]) => [stage, Math.round(rssMb)]))

function stageOf(
  found: Process,
  all: ReadonlyMap<number, Process>,
  names: ReadonlyMap<number, string>,
): string | undefined {
  for (let at: Process | undefined = found; at !== undefined; at = all.get(at.parent)) {
    const named = names.get(at.pid) ?? serverName(at.pid)
    if (named !== undefined) return isOurs(at, all) ? named : undefined
  }
  return found.pid === process.pid ? 'bench itself: load' : undefined
}

function isOurs(found: Process, all: ReadonlyMap<number, Process>): boolean {
  for (let at: Process | undefined = found; at !== undefined; at = all.get(at.parent))
    if (at.pid === process.pid) return true
  return false
}

const servers = [
  [/\/postgres\0-D/, 'postgres'],
  [/kafka\.Kafka/, 'kafka'],
  [/temporal\0server/, 'temporal'],
] as const

/** A backend shows whose it is in its title: `postgres: ticket_app …`. */
const BACKEND = /^postgres: ([a-z]+)_(?:app|relay|claimer|owner) /

function serverName(pid: number): string | undefined {
  const command = read(`/proc/${pid}/cmdline`) ?? ''
  const service = BACKEND.exec(command)?.[1]
  if (service !== undefined) return `postgres for ${service}`
  return servers.find(([pattern]) => pattern.test(command))?.[1]
}

function readProcesses(): Map<number, Process> {
  const found = new Map<number, Process>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const stat = read(`/proc/${entry}/stat`)
    if (stat !== undefined) found.set(Number(entry), toProcess(Number(entry), stat))
  }
  return found
}

/** Fields of man 5 proc, counted after the command's closing bracket: 4 ppid, 14 to 17 times, 24 resident pages. */
function toProcess(pid: number, stat: string): Process {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const field = (number: number) => Number(fields[number - 3])
  const ticks = [14, 15, 16, 17].reduce((sum, number) => sum + field(number), 0)
  return { pid, parent: field(4), ms: (ticks * 1000) / TICKS_PER_S, rssMb: (field(24) * 4096) / 1e6 }
}

/** A process may end while its files are read. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
