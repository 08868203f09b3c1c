export function App() {
  return <h1>Sagas</h1>
}
