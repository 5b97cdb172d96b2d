import { join } from 'node:path'
import { until } from '@umbel/test-kit'
import { ended } from '../support/operate.ts'
import { settled } from '../support/tap.ts'
import { check, type Verdict } from './check/check.ts'
import { RUN_ENDS } from './check/finding.ts'
import { oneHookEach } from './check/hooks.ts'
import type { Desk } from './desk.ts'
import type { Fault } from './fault.ts'
import { processNames } from './faults-processes.ts'
import { type Recorder, startRecorder } from './history.ts'
import { randomFrom } from './random.ts'
import { readBack } from './read-back.ts'
import { type Scenario, scenarios, workOn } from './scenarios.ts'
import { type Stage, setStage } from './stage.ts'

export interface RunOptions {
  readonly run: number
  readonly seed: number
  readonly children: number
  /** Where the history goes. */
  readonly folder: string
}

export interface RunResult {
  readonly run: number
  readonly fault: string
  readonly scenario: string
  readonly seed: number
  /** The history's file name. */
  readonly history: string
  /** False where the harm was never done: such a run proves nothing. */
  readonly struck: boolean
  /** From the harm until the last operation had ended, in seconds. */
  readonly recoveredS: number
  readonly verdict: Verdict
}

const PATIENT_MS = 120_000
const HOOKS_MS = 75_000

/** One run: a workspace, one fault, one story; then the end is read back and held against the history. */
export async function runOnce(desk: Desk, fault: Fault, options: RunOptions): Promise<RunResult> {
  const { run, seed, folder } = options
  const history = `run-${String(run).padStart(3, '0')}.jsonl`
  const recorder = startRecorder(join(folder, history))
  desk.mailbox().reset()
  desk.listen(recorder.record)
  const told = { run, fault: fault.name, scenario: fault.during, seed, history }
  try {
    const struck = await story(desk, fault, recorder, options)
    return { ...told, struck, recoveredS: recovery(recorder), verdict: check(recorder.lines) }
  } catch (error) {
    await heal(desk)
    return { ...told, struck: false, recoveredS: 0, verdict: brokenOff(error) }
  } finally {
    await recorder.end()
  }
}

async function story(
  desk: Desk,
  fault: Fault,
  recorder: Recorder,
  { run, seed, children }: RunOptions,
): Promise<boolean> {
  const slug = `chaos-${run}`
  const stage = await setStage(desk, recorder, { slug, children, random: randomFrom(seed) })
  const { masterId } = stage
  recorder.record({ type: 'run', run, fault: fault.name, scenario: fault.during, seed, masterId })
  await fault.arm?.(stage)
  const { operations, struck } = await play(stage, fault, scenarios[fault.during])
  await heal(desk)
  await quiet(stage, operations)
  await readBack(stage, operations)
  await hooksCame(stage)
  return struck
}

/** A history that breaks off tells nothing of the end: that it broke off is what was found. */
const brokenOff = (error: unknown): Verdict => {
  const finding = { counter: 'lost', rule: RUN_ENDS, what: `the run broke off: ${String(error)}`, lines: [] } as const
  return { ...check([]), lost: 1, findings: [finding] }
}

/** People and the fault side by side, until both are done. */
async function play(stage: Stage, fault: Fault, scenario: Scenario) {
  const begun = Promise.withResolvers<string>()
  const over = new AbortController()
  const striking = fault.strike({ stage, begun: begun.promise, over: over.signal })
  const working = workOn(stage, over.signal)
  striking.catch(() => undefined) // awaited below, and not before people are done
  working.catch(() => undefined)
  try {
    const operations = await scenario(stage, begun.resolve)
    for (const id of operations) await endedOrTold(stage, id)
    over.abort()
    return { operations, struck: await striking }
  } finally {
    over.abort()
    await Promise.allSettled([striking, working])
  }
}

/** An operation that never ends is read back as it is: the checker says what it lost. */
async function endedOrTold({ workspace, recorder }: Stage, id: string): Promise<void> {
  try {
    await ended(workspace.agent, id, PATIENT_MS)
    recorder.record({ type: 'fault', what: `operation ${id} has ended` })
  } catch (error) {
    recorder.record({ type: 'fault', what: `operation ${id} did not end: ${String(error)}` })
  }
}

async function heal({ world: { processes } }: Desk): Promise<void> {
  for (const name of processNames) if (processes.ended(name)) await processes.start(name)
}

async function quiet(stage: Stage, operations: readonly string[]): Promise<void> {
  stage.desk.endpoint.refuse(false)
  await settled(stage.desk.world)
  for (const id of operations) await endedOrTold(stage, id)
}

/** An endpoint is told later than people are; a call that never comes is the checker's to tell. */
async function hooksCame({ recorder }: Stage): Promise<void> {
  const missing = () => oneHookEach(recorder.lines).some(({ counter }) => counter === 'lost')
  const patience = { deadlineMs: HOOKS_MS, what: 'every webhook call' }
  await until(() => !missing(), patience).catch((error: unknown) =>
    recorder.record({ type: 'fault', what: String(error) }),
  )
}

function recovery({ lines }: Recorder): number {
  const faults = lines.filter((line) => line.type === 'fault')
  const end = faults.find(({ what }) => what.endsWith('has ended'))
  const [first] = faults
  return first === undefined || end === undefined ? 0 : Math.max(0, end.at - first.at) / 1_000
}
