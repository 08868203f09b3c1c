import type { MetricDefinition } from 'saga-kit/parts'

/** What the watch tells Prometheus. `service` and `step` are those that it speaks of, from declarations or, of strangers, from their events. */
export const watchMetricDefinitions = {
  overdue: {
    name: 'saga_overdue',
    type: 'gauge',
    help: 'Sagas that wait past its time for this step’s answer, as their participants say; each is named on the page. Pages.',
    labels: ['service', 'step', 'direction'],
  },
  overdueOldest: {
    name: 'saga_overdue_oldest_seconds',
    type: 'gauge',
    help: 'For how long the oldest of these has been past its time.',
    labels: ['service', 'step', 'direction'],
  },
  looksDue: {
    name: 'saga_overdue_unlooked',
    type: 'gauge',
    help: 'Sagas that seem to be past their time by their events alone, and whose participants are to be asked next.',
    labels: [],
  },
  undeclared: {
    name: 'saga_choreography_undeclared',
    type: 'gauge',
    help: 'How often in the last hour this step answered this message, or published without one, though nobody declares it. At most 20 series.',
    labels: ['service', 'step', 'direction', 'message'],
  },
  unseen: {
    name: 'saga_choreography_unseen',
    type: 'gauge',
    help: 'How often in the last day this event was published without any answer by this step, which declares that it reacts to it.',
    labels: ['service', 'step', 'direction', 'message'],
  },
  behind: {
    name: 'saga_observer_behind_seconds',
    type: 'gauge',
    help: 'Age of the youngest event that the observer has taken, while others wait for it; 0 when none does.',
    labels: [],
  },
  broken: {
    name: 'saga_observed_violations',
    type: 'gauge',
    help: 'Sagas whose events break this invariant; each is named on the page. None before anything was checked. Pages.',
    labels: ['invariant'],
  },
} as const satisfies Record<string, MetricDefinition>
