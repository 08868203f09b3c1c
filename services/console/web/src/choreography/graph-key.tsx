const lines = [
  { className: 'edge edge-plain', width: 2, text: 'goes on' },
  { className: 'edge edge-back', width: 2, text: 'turns back' },
  { className: 'edge edge-unseen', width: 2, text: 'declared, not seen' },
  { className: 'edge edge-undeclared', width: 4, text: 'seen, not declared' },
  {
    className: 'edge edge-plain edge-is-unobservable',
    width: 2,
    text: 'may go unseen: its step publishes nothing of its own',
  },
]

/** What the lines of the graph mean. Broader: taken more often. The time is that in which half were answered. */
export const GraphKey = () => (
  <ul className="graph-key" aria-label="Kinds of lines">
    {lines.map(({ className, width, text }) => (
      <li key={text}>
        <svg viewBox="0 0 32 10" aria-hidden="true">
          <path className={className} strokeWidth={width} d="M0 5H32" />
        </svg>
        {text}
      </li>
    ))}
    <li className="muted">times: half of the answers took less; told of five or more</li>
  </ul>
)
