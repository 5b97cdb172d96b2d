import { describe, expect, it } from 'vitest'
import { localVariables, readText, services, variablesOf } from './config-variables.ts'

const LINE = /^#? ?([A-Z][A-Z0-9_]+)=/gm
const lines = [...readText('.env.example').matchAll(LINE)].map(([, name = '']) => name)

describe('.env.example', () => {
  it.each(services)('names every variable that %s reads', (service) => {
    const names = variablesOf(service).map(({ name }) => name)
    expect(names.length).toBeGreaterThan(5)
    expect(names.filter((name) => !lines.includes(name))).toEqual([])
  })

  it('names every variable that the local stack reads', () => {
    expect(localVariables().filter((name) => !lines.includes(name))).toEqual([])
  })

  it('names no other, and none twice', () => {
    const read = new Set([...services.flatMap(variablesOf).map(({ name }) => name), ...localVariables()])
    expect(lines.filter((name) => !read.has(name))).toEqual([])
    expect(lines.filter((name, at) => lines.indexOf(name) !== at)).toEqual([])
  })
})
