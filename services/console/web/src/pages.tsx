import { Redirect, Route, Switch } from 'wouter'
import { ActsPage } from './acts/acts-page.tsx'
import { ChoreographyPage } from './choreography/choreography-page.tsx'
import { NotFound } from './frame/not-found.tsx'
import { HealthPage } from './health/health-page.tsx'
import { LetterPage } from './letters/letter-page.tsx'
import { LettersPage } from './letters/letters-page.tsx'
import { PlanPage } from './plans/plan-page.tsx'
import { PlansPage } from './plans/plans-page.tsx'
import { SagaPage } from './saga/saga-page.tsx'
import { SagasPage } from './sagas/sagas-page.tsx'

/** Each page and its URL; what a page's filters and selection are is in the query of its URL. */
export const Pages = () => (
  <Switch>
    <Route path="/">
      <Redirect to="/sagas" replace />
    </Route>
    <Route path="/sagas" component={SagasPage} />
    <Route path="/sagas/:sagaId">{({ sagaId }) => <SagaPage key={sagaId} sagaId={sagaId} />}</Route>
    <Route path="/choreography" component={ChoreographyPage} />
    <Route path="/letters" component={LettersPage} />
    <Route path="/letter" component={LetterPage} />
    <Route path="/plans" component={PlansPage} />
    <Route path="/plans/:planId">{({ planId }) => <PlanPage key={planId} planId={planId} />}</Route>
    <Route path="/acts" component={ActsPage} />
    <Route path="/health" component={HealthPage} />
    <Route component={NotFound} />
  </Switch>
)
