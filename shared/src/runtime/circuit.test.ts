import { expect, test } from 'vitest'
import { Circuit } from './circuit.ts'

/** A circuit whose clock stands where it is put, without jitter unless one is given. */
function circuitAt(random = 1) {
  const clock = { nowMs: 0 }
  return { clock, circuit: new Circuit({ nowMs: () => clock.nowMs, random: () => random }) }
}
const hold = { code: 'target-unreachable', message: 'nobody there' } as const
const call = {}
const probe = {}

test('closed: nobody need ask', () => {
  const { circuit } = circuitAt()
  expect([circuit.hold, circuit.mayProbe]).toEqual([undefined, false])
})

test.each(['unreached', 'unanswered'] as const)(
  'open: one may ask after a second; each whose question is %s doubles the wait, up to 30 s',
  end => {
    const { circuit, clock } = circuitAt()
    circuit.unreached(call, hold)
    const waits: number[] = []
    for (let n = 0; n < 7; n++) {
      const openedMs = clock.nowMs
      while (!circuit.mayProbe && clock.nowMs < openedMs + 60_000) clock.nowMs += 100
      waits.push(clock.nowMs - openedMs)
      circuit.probing(probe)
      expect(circuit.mayProbe).toBe(false)
      circuit[end](probe, hold)
      expect(circuit.hold).toBe(hold)
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  },
)

test('the wait is cut by up to a half, so that processes do not ask together', () => {
  const { circuit, clock } = circuitAt(0)
  circuit.unreached(call, hold)
  clock.nowMs = 499
  expect(circuit.mayProbe).toBe(false)
  clock.nowMs = 500
  expect(circuit.mayProbe).toBe(true)
})

test('a hundred calls that were under way when the target went prolong nothing', () => {
  const { circuit, clock } = circuitAt()
  for (let n = 0; n < 100; n++) circuit.unreached({}, hold)
  clock.nowMs = 1_000
  expect(circuit.mayProbe).toBe(true)
})

test('whoever reaches the target closes it, and the next outage begins with the shortest wait', () => {
  const { circuit, clock } = circuitAt()
  circuit.unreached(call, hold)
  circuit.probing(probe)
  circuit.unreached(probe, hold)
  circuit.reached()
  expect([circuit.hold, circuit.mayProbe]).toEqual([undefined, false])
  circuit.unreached(call, hold)
  clock.nowMs = 1_000
  expect(circuit.mayProbe).toBe(true)
})

test('a probe that begins when somebody has reached the target leaves nothing behind: the next outage has its own', () => {
  const { circuit, clock } = circuitAt()
  circuit.unreached(call, hold)
  circuit.reached()
  circuit.probing(probe)
  expect(circuit.hold).toBeUndefined()
  circuit.reached()
  circuit.unreached(call, hold)
  clock.nowMs = 1_000
  expect(circuit.mayProbe).toBe(true)
})

test('a probe that runs out of time when somebody has reached the target opens nothing', () => {
  const { circuit } = circuitAt()
  circuit.unreached(call, hold)
  circuit.probing(probe)
  circuit.reached()
  circuit.unanswered(probe)
  expect(circuit.hold).toBeUndefined()
})

test('the probe of an earlier outage does not end the question of this one', () => {
  const { circuit, clock } = circuitAt()
  circuit.unreached(call, hold)
  circuit.probing(probe)
  circuit.reached()
  circuit.unreached(call, hold)
  clock.nowMs = 1_000
  circuit.probing({})
  circuit.unanswered(probe)
  circuit.unreached(probe, hold)
  clock.nowMs = 100_000
  expect(circuit.mayProbe).toBe(false)
})
