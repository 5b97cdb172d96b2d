/** What a figure should be, may be, and must not be (`reliability.md` §8), in the figure's own unit. */
export interface Target {
  readonly target: number
  readonly accept: number
  readonly reject: number
}

type Figure =
  | 'closedS'
  | 'settledS'
  | 'mailedS'
  | 'webhookS'
  | 'interactiveP99Ms'
  | 'interactiveErrors'
  | 'pauseAckP99Ms'
  | 'historyEvents'

const everywhere = {
  interactiveP99Ms: { target: 25, accept: 50, reject: 100 },
  interactiveErrors: { target: 0, accept: 0, reject: 1 },
  pauseAckP99Ms: { target: 60, accept: 100, reject: 1_000 },
  historyEvents: { target: 200, accept: 1_000, reject: 4_096 },
} satisfies Partial<Record<Figure, Target>>

const bySize: Readonly<Record<number, Partial<Record<Figure, Target>>>> = {
  200: { mailedS: { target: 0.105, accept: 0.25, reject: 1 } },
  10000: {
    closedS: { target: 2, accept: 3, reject: 6 },
    settledS: { target: 2.2, accept: 3.5, reject: 7 },
    mailedS: { target: 4, accept: 7, reject: 14 },
    webhookS: { target: 3.5, accept: 6, reject: 12 },
  },
  100000: { settledS: { target: 18, accept: 30, reject: 60 } },
}

export const targetOf = (children: number, figure: string): Target | undefined => {
  const named: Readonly<Record<string, Target>> = { ...everywhere, ...bySize[children] }
  return named[figure]
}
