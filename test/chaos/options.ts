import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Control, sabotage } from './sabotage.ts'

export const ROOT = resolve(import.meta.dirname, '../..')

export interface Options {
  readonly json: boolean
  readonly short: boolean
  /** A guard that is taken away first, to show that the checker sees it. */
  readonly control: Control | undefined
  /** Parts of faults' names, with commas between. */
  readonly only: string
  readonly runs: number | undefined
  readonly seed: number
  readonly children: number
  /** Where histories go. */
  readonly folder: string
  /** Write the docs' page. */
  readonly table: boolean
  /** Folders of earlier runs that the page is made of as well; with them alone nothing is run. */
  readonly from: readonly string[]
}

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      short: { type: 'boolean', default: false },
      control: { type: 'string' },
      only: { type: 'string', default: '' },
      runs: { type: 'string' },
      seed: { type: 'string', default: '1' },
      children: { type: 'string', default: '60' },
      out: { type: 'string' },
      table: { type: 'boolean', default: false },
      from: { type: 'string', multiple: true, default: [] },
    },
  })
  const usual = resolve(ROOT, '.umbel', 'chaos', new Date().toISOString().replaceAll(/[:.]/g, '-'))
  return {
    ...values,
    control: values.control === undefined ? undefined : controlNamed(values.control),
    runs: values.runs === undefined ? undefined : countOf('--runs', values.runs),
    seed: Number(values.seed),
    children: countOf('--children', values.children),
    folder: values.out === undefined ? usual : resolve(values.out),
  }
}

function controlNamed(name: string): Control {
  if (name in sabotage) return name as Control
  throw new Error(`no control ${name}: ${Object.keys(sabotage).join(', ')}`)
}

/** No run proves nothing, and neither does a number that is none. */
function countOf(option: string, word: string): number {
  if (/^[1-9]\d*$/.test(word)) return Number(word)
  throw new Error(`${option} takes a whole number from 1, not ${word}`)
}
