import { Redirect, Route, Switch } from 'wouter'
import { NotFound } from './frame/not-found.tsx'
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
    <Route component={NotFound} />
  </Switch>
)
