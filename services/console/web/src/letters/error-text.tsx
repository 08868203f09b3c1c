/** What an error says, as far as there is room; all of it on hover, and on the letter's page. */
export const ErrorText = ({ text }: { text: string }) => (
  <div className="letters-error muted" title={text}>
    {text}
  </div>
)
