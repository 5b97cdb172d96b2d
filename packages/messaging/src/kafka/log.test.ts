import { logLevel } from 'kafkajs'
import { expect, it } from 'vitest'
import { logCreator } from './log.ts'

function lines(level: logLevel, message: string, error?: string): string[] {
  const heard: string[] = []
  const write = logCreator({
    warn: (_, text) => void heard.push(`warn ${text}`),
    debug: (_, text) => void heard.push(`debug ${text}`),
  })()
  write({ namespace: 'Consumer', level, label: '', log: { timestamp: '', message, error } })
  return heard
}

it('lowers what happens whenever a broker starts or a group changes', () => {
  expect(lines(logLevel.ERROR, 'Response', "The coordinator is loading and hence can't process requests")).toEqual([
    'debug Response',
  ])
  expect(lines(logLevel.WARN, 'The group is rebalancing, re-joining')).toEqual([
    'debug The group is rebalancing, re-joining',
  ])
  expect(lines(logLevel.ERROR, 'Restarting the consumer in 300ms')).toEqual(['debug Restarting the consumer in 300ms'])
})

it('keeps other warnings and errors', () => {
  expect(lines(logLevel.ERROR, 'Connection error')).toEqual(['warn Connection error'])
  expect(lines(logLevel.INFO, 'Starting')).toEqual(['debug Starting'])
})
