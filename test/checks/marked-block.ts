/** The page with this in the code block behind `<!-- marker -->`. @throws Error for a page without that marker */
export function withBlock(text: string, marker: string, language: string, code: string): string {
  const escaped = marker.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const block = new RegExp(`(<!-- ${escaped} -->\\n)(?:\`\`\`${language}\\n[\\s\\S]*?\\n\`\`\`\\n)?`)
  if (!block.test(text)) throw new Error(`the page has no <!-- ${marker} -->`)
  return text.replace(block, (_, found: string) => `${found}\`\`\`${language}\n${code}\n\`\`\`\n`)
}
